/** Volumes that are available and hold nothing: Cinder's own fake driver, which would still copy images to devices that are not there. */
import { inside, network, ports } from "../settings";
import {
  address,
  asUser,
  type CloudService,
  config,
  configFile,
  database,
  program,
  pythonPath,
} from "./service";

/** Python that the services find: a driver of our own. */
export const volumeDriver = {
  "moat_volumes.py": `from cinder.tests.fake_driver import FakeLoggingVolumeDriver


class Volumes(FakeLoggingVolumeDriver):
    def clone_image(self, context, volume, image_location, image_meta, image_service):
        return {}, True
`,
} as const;

/** What /usr/bin/cinder-volume does. */
const volume = ["/usr/bin/python3", "-c", "from cinder.cmd.volume import main; main()"] as const;

export const cinder = (tree: string, password: string): CloudService => {
  const name = "cinder";
  const file = ["--config-file", configFile(name)] as const;
  return {
    name: "cinder",
    type: "volumev3",
    url: `${address(ports.open.cinder)}/v3/%(project_id)s`,
    answers: address(ports.open.cinder),
    databases: ["cinder"],
    config: config(name, password, {
      DEFAULT: {
        my_ip: network.services,
        host: "host-1",
        osapi_volume_listen: network.services,
        osapi_volume_listen_port: ports.open.cinder,
        osapi_volume_workers: 1,
        auth_strategy: "keystone",
        enabled_backends: "fake",
        api_paste_config: "/usr/share/cinder-common/api-paste.ini",
        glance_api_servers: address(ports.open.glance),
        rootwrap_config: "/etc/cinder/rootwrap.conf",
        image_conversion_dir: `${inside}/cinder/conversion`,
      },
      fake: {
        volume_driver: "moat_volumes.Volumes",
        volume_backend_name: "fake",
      },
      database: { connection: database("cinder") },
      nova: asUser("nova", password),
      service_user: { ...asUser("cinder", password), send_service_user_token: true },
    }),
    prepare: [["/usr/bin/cinder-manage", ...file, "db", "sync"]],
    programs: [
      program(tree, name, "cinder-api", ["/usr/bin/cinder-api", ...file]),
      program(tree, name, "cinder-scheduler", ["/usr/bin/cinder-scheduler", ...file]),
      program(tree, name, "cinder-volume", [...volume, ...file], pythonPath),
    ],
  };
};
