/** Servers that are ACTIVE and do nothing, on hosts that are not there: nova's own fake driver, one host for each zone. */
import { inside, network, ports } from "../settings";
import { address, asUser, type CloudService, config, configFile, database, program } from "./service";

/** Hosts, each in an availability zone of its own. */
export const zones: Readonly<Record<string, string>> = { "host-1": "az1", "host-2": "az2", "host-3": "az3" };

/** What /usr/bin/nova-compute does. Its package would bring a hypervisor along. */
const compute = ["/usr/bin/python3", "-c", "from nova.cmd.compute import main; main()"] as const;

export const nova = (tree: string, password: string): CloudService => {
  const name = "nova";
  const file = ["--config-file", configFile(name)] as const;
  const part = (which: string): ReturnType<typeof program> =>
    program(tree, name, `nova-${which}`, [`/usr/bin/nova-${which}`, ...file]);
  return {
    name,
    type: "compute",
    url: `${address(ports.open.nova)}/v2.1`,
    answers: address(ports.open.nova),
    databases: ["nova_api", "nova_cell0", "nova"],
    config: config(name, password, {
      DEFAULT: {
        my_ip: network.services,
        osapi_compute_listen: network.services,
        osapi_compute_listen_port: ports.open.nova,
        osapi_compute_workers: 1,
        enabled_apis: "osapi_compute",
        compute_driver: "fake.FakeDriver",
        vif_plugging_is_fatal: false,
        vif_plugging_timeout: 0,
        instances_path: `${inside}/nova/instances`,
        // How often a real hypervisor would be asked, while a test waits for none.
        sync_power_state_interval: -1,
      },
      api: { auth_strategy: "keystone" },
      wsgi: { api_paste_config: "/usr/share/nova-common/api-paste.ini" },
      api_database: { connection: database("nova_api") },
      database: { connection: database("nova") },
      conductor: { workers: 1 },
      scheduler: { workers: 1, discover_hosts_in_cells_interval: 3 },
      vnc: { enabled: false },
      filter_scheduler: { track_instance_changes: false },
      glance: { api_servers: address(ports.open.glance) },
      neutron: asUser("neutron", password),
      placement: asUser("placement", password),
      cinder: { ...asUser("cinder", password), catalog_info: "volumev3::publicURL" },
      service_user: { ...asUser("nova", password), send_service_user_token: true },
    }),
    prepare: [
      ["/usr/bin/nova-manage", ...file, "api_db", "sync"],
      [
        "/usr/bin/nova-manage",
        ...file,
        "cell_v2",
        "map_cell0",
        "--database_connection",
        database("nova_cell0"),
      ],
      ["/usr/bin/nova-manage", ...file, "cell_v2", "create_cell", "--name", "cell1"],
      // Of the cell, and of that for servers that never came to one.
      ["/usr/bin/nova-manage", ...file, "db", "sync"],
    ],
    programs: [
      part("api"),
      part("conductor"),
      part("scheduler"),
      ...Object.keys(zones).map((host) =>
        program(tree, name, `nova-compute-${host}`, [
          ...compute,
          ...file,
          "--config-file",
          `${inside}/${host}.conf`,
        ]),
      ),
    ],
  };
};
