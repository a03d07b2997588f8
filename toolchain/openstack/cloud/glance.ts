/** Images, in a folder. */
import { inside, network, ports } from "../settings";
import { address, type CloudService, config, configFile, database, program } from "./service";

export const glance = (tree: string, password: string): CloudService => {
  const name = "glance";
  const folder = (part: string): string => `${inside}/glance/${part}`;
  const file = ["--config-file", configFile(name)] as const;
  return {
    name,
    type: "image",
    url: address(ports.open.glance),
    answers: `${address(ports.open.glance)}/versions`,
    databases: ["glance"],
    config: config(name, password, {
      DEFAULT: {
        bind_host: network.services,
        bind_port: ports.open.glance,
        workers: 0,
        enabled_backends: "file:file",
      },
      database: { connection: database("glance") },
      glance_store: { default_backend: "file" },
      file: { filesystem_store_datadir: folder("images") },
      os_glance_tasks_store: { filesystem_store_datadir: folder("tasks") },
      os_glance_staging_store: { filesystem_store_datadir: folder("staging") },
      paste_deploy: { flavor: "keystone", config_file: "/usr/share/glance-common/glance-api-paste.ini" },
    }),
    prepare: [["/usr/bin/glance-manage", ...file, "db_sync"]],
    programs: [program(tree, name, "glance-api", ["/usr/bin/glance-api", ...file])],
  };
};
