/** Networks as objects: everything is kept and checked as in a real cloud, and nothing carries packets. */
import { network, ports } from "../settings";
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

/** Binds every port on every host, where a real driver would plug it. */
const driver = `from neutron_lib.api.definitions import portbindings
from neutron_lib.plugins.ml2 import api


class Binding(api.MechanismDriver):
    def initialize(self):
        pass

    def bind_port(self, context):
        for segment in context.segments_to_bind:
            context.set_binding(segment[api.ID], portbindings.VIF_TYPE_OTHER, {}, status="ACTIVE")
            return
`;

/** As a package would bring it: Neutron finds drivers by their entry points. */
export const bindingDriver: Readonly<Record<string, string>> = {
  "moat_binding.py": driver,
  "moat_binding-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: moat-binding\nVersion: 1\n",
  "moat_binding-1.dist-info/entry_points.txt":
    "[neutron.ml2.mechanism_drivers]\nany = moat_binding:Binding\n",
};

export const neutron = (tree: string, password: string): CloudService => {
  const name = "neutron";
  const file = ["--config-file", configFile(name)] as const;
  return {
    name,
    type: "network",
    url: address(ports.open.neutron),
    answers: address(ports.open.neutron),
    databases: ["neutron"],
    config: config(name, password, {
      DEFAULT: {
        bind_host: network.services,
        bind_port: ports.open.neutron,
        core_plugin: "ml2",
        service_plugins: "router",
        api_workers: 1,
        rpc_workers: 1,
        rpc_state_report_workers: 0,
        api_paste_config: "/usr/share/neutron-common/api-paste.ini",
        notify_nova_on_port_status_changes: false,
        notify_nova_on_port_data_changes: false,
        dhcp_agent_notification: false,
      },
      database: { connection: database("neutron") },
      nova: asUser("nova", password),
      placement: asUser("placement", password),
      ml2: {
        type_drivers: "local,flat",
        tenant_network_types: "local",
        mechanism_drivers: "any",
        extension_drivers: "port_security",
      },
      ml2_type_flat: { flat_networks: "*" },
      securitygroup: { enable_security_group: true },
    }),
    prepare: [["/usr/bin/neutron-db-manage", ...file, "upgrade", "heads"]],
    programs: [program(tree, name, "neutron-server", ["/usr/bin/neutron-server", ...file], pythonPath)],
  };
};
