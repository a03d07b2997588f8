/** Zones and records, which no name server ever hears of. */
import { inside, network, ports } from "../settings";
import { address, type CloudService, config, configFile, database, program } from "./service";

export const poolsFile = "designate-pools.json";

/** JSON is YAML, which Designate reads. */
export const pools = JSON.stringify([
  {
    name: "default",
    description: "No name server",
    attributes: {},
    ns_records: [{ hostname: "ns.example.org.", priority: 1 }],
    nameservers: [],
    targets: [
      { type: "fake", description: "Nowhere", masters: [{ host: "127.0.0.1", port: 5354 }], options: {} },
    ],
  },
]);

export const designate = (tree: string, password: string): CloudService => {
  const name = "designate";
  const file = ["--config-file", configFile(name)] as const;
  return {
    name,
    type: "dns",
    url: address(ports.open.designate),
    answers: address(ports.open.designate),
    databases: ["designate"],
    config: config(name, password, {
      "service:api": {
        listen: `${network.services}:${ports.open.designate}`,
        workers: 1,
        threads: 50,
        auth_strategy: "keystone",
        enable_api_v2: true,
        enable_host_header: true,
        api_paste_config: "/usr/share/designate-common/api-paste.ini",
      },
      "service:central": { workers: 1 },
      "service:worker": { workers: 1 },
      "service:producer": { workers: 1 },
      "storage:sqlalchemy": { connection: database("designate") },
    }),
    prepare: [["/usr/bin/designate-manage", ...file, "database", "sync"]],
    programs: ["api", "central", "worker", "producer"].map((part) =>
      program(tree, name, `designate-${part}`, [`/usr/bin/designate-${part}`, ...file]),
    ),
  };
};

/** Needs Designate to run: it tells Designate's central. */
export const updatePools = [
  "/usr/bin/designate-manage",
  "--config-file",
  configFile("designate"),
  "pool",
  "update",
  "--file",
  `${inside}/${poolsFile}`,
] as const;
