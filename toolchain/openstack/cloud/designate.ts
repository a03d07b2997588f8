/** Zones and records, and a name server that serves them. */
import { inside, network, ports } from "../settings";
import { address, type CloudService, config, configFile, database, program } from "./service";

export const poolsFile = "designate-pools.json";

const nameServer = { host: network.services, port: ports.open.dns } as const;

/**
 * JSON is YAML, which Designate reads. The one name server is Designate's own, from which real ones would take their zones: so a record
 * is ACTIVE when it is served.
 */
export const pools = JSON.stringify([
  {
    name: "default",
    description: "Designate's own name server",
    attributes: {},
    ns_records: [{ hostname: "ns.example.org.", priority: 1 }],
    nameservers: [nameServer],
    targets: [{ type: "fake", description: "Nowhere else", masters: [nameServer], options: nameServer }],
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
      "service:mdns": { workers: 1, listen: `${nameServer.host}:${nameServer.port}` },
      "service:worker": { workers: 1, poll_delay: 1, poll_retry_interval: 2 },
      "service:producer": { workers: 1 },
      "storage:sqlalchemy": { connection: database("designate") },
    }),
    prepare: [["/usr/bin/designate-manage", ...file, "database", "sync"]],
    programs: ["api", "central", "mdns", "worker", "producer"].map((part) =>
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
