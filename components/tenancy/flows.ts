/**
 * Who may talk to whom inside the platform: every allowed flow, once. The walls are made from this table, both ends of each line;
 * what is not here is dropped.
 */
import { type ProgramName, ports, programs } from "../names";

export interface Flow {
  readonly from: Peer;
  readonly to: Peer;
  readonly ports: readonly number[];
}

/**
 * A program of the platform, or one of the parties outside it:
 * `tenants`: pods of tenants; `world`: anyone, as for the edge; `kubernetesApi`: the API server; `dns`: the cluster's DNS;
 * `objectStore`: the bucket's endpoint when it is not in the cluster.
 */
export type Peer = ProgramName | "tenants" | "world" | "kubernetesApi" | "dns" | "objectStore";

const {
  s3,
  operator,
  tenantPrometheus,
  platformPrometheus,
  query,
  queryFrontend,
  store,
  compact,
  readGateway,
  edge,
} = programs;
const prometheuses = [tenantPrometheus, platformPrometheus];
const bucketClients = [...prometheuses, store, compact];

const flow = (from: Peer | readonly Peer[], to: Peer, ...numbers: number[]): Flow[] =>
  [from].flat().map((f) => ({ from: f, to, ports: numbers }));

/** Flows of the platform; `inCluster` says whether the object store runs inside. */
export const flows = (objectStore: "inCluster" | "s3"): readonly Flow[] => [
  // A tenant's query: edge or pod → gateway → query frontend → query → sidecars and store gateway.
  ...flow("world", edge, ports.edgeHttp, ports.edgeHttps),
  ...flow(["tenants", edge], readGateway, ports.readGateway),
  ...flow([readGateway, edge], queryFrontend, ports.http),
  ...flow(queryFrontend, query, ports.http),
  ...flow(query, tenantPrometheus, ports.grpc),
  ...flow(query, platformPrometheus, ports.grpc),
  ...flow(query, store, ports.grpc),
  ...flow(readGateway, "kubernetesApi", ...apiPorts()),
  // Scrapes.
  ...flow(tenantPrometheus, "tenants", ...allPorts()),
  ...flow(platformPrometheus, operator, ports.operator),
  ...flow(platformPrometheus, tenantPrometheus, ports.prometheus, ports.http, ports.configReloader),
  ...flow(platformPrometheus, platformPrometheus, ports.prometheus, ports.http, ports.configReloader),
  ...[query, queryFrontend, store, compact].flatMap((program) =>
    flow(platformPrometheus, program, ports.http),
  ),
  ...flow(platformPrometheus, readGateway, ports.labelProxyMetrics),
  ...flow(platformPrometheus, edge, ports.edgeMetrics),
  ...flow([...prometheuses, operator], "kubernetesApi", ...apiPorts()),
  // Blocks.
  ...(objectStore === "inCluster"
    ? flow(bucketClients, s3, ports.s3)
    : flow(bucketClients, "objectStore", 443)),
  // Names.
  ...flow([operator, ...prometheuses, query, queryFrontend, store, compact, readGateway, edge], "dns", 53),
];

/** The service port and the port behind it: policies see the latter on most networks, the former on some. */
function apiPorts(): number[] {
  return [443, 6443];
}

/** Targets of tenants listen where they like. */
function allPorts(): number[] {
  return [];
}
