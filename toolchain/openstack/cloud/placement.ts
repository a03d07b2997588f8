/** What hosts have to give. */
import { uwsgiFlags } from "../keystone";
import { inside, network, ports } from "../settings";
import { address, type CloudService, config, configFile, database, program } from "./service";

export const placement = (tree: string, password: string): CloudService => {
  const name = "placement";
  return {
    name,
    type: "placement",
    url: address(ports.open.placement),
    answers: address(ports.open.placement),
    databases: ["placement"],
    config: config(name, password, {
      api: { auth_strategy: "keystone" },
      placement_database: { connection: database("placement") },
    }),
    prepare: [["/usr/bin/placement-manage", "--config-file", configFile(name), "db", "sync"]],
    programs: [
      program(
        tree,
        name,
        "placement-api",
        [
          "/usr/bin/uwsgi-core",
          ...uwsgiFlags(tree),
          "--http-socket",
          `${network.services}:${ports.open.placement}`,
          "--processes",
          "1",
          "--threads",
          "4",
          "--wsgi-file",
          "/usr/bin/placement-api",
        ],
        { OS_PLACEMENT_CONFIG_DIR: inside },
      ),
    ],
  };
};
