/**
 * Who may talk to whom inside the platform: every allowed flow, once. The walls are made from this table, both ends of each line;
 * what is not here is dropped.
 */
import type { EnvironmentConfig } from "../../config";
import { type ProgramName, ports, programs } from "../names";
import { bucketClients } from "../storage/objectStore";

export interface Flow {
  readonly from: Peer;
  readonly to: Peer;
  readonly ports: readonly number[];
}

/**
 * A program of the platform, or one of the parties outside it:
 * `tenants`: pods of tenants; `world`: anyone, as for the edge; `kubernetesApi`: the API server; `dns`: the cluster's DNS;
 * `objectStore`: the bucket's endpoint when it is not in the cluster, and who lets programs in there;
 * `podIdentityAgent`: the agent on each node of an EKS cluster, which hands out the role of a pod's service account.
 */
export type Peer =
  | ProgramName
  | "tenants"
  | "world"
  | "kubernetesApi"
  | "dns"
  | "objectStore"
  | "podIdentityAgent";

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

const flow = (from: Peer | readonly Peer[], to: Peer, ...numbers: number[]): Flow[] =>
  [from].flat().map((f) => ({ from: f, to, ports: numbers }));

type ObjectStore = EnvironmentConfig["objectStore"];

/** Flows of the platform; where its blocks go depends on the object store. */
export const flows = (objectStore: ObjectStore): readonly Flow[] => [
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
  ...bucketFlows(objectStore),
  // Names.
  ...flow([operator, ...prometheuses, query, queryFrontend, store, compact, readGateway, edge], "dns", 53),
];

function bucketFlows(objectStore: ObjectStore): Flow[] {
  const clients = bucketClients.metrics;
  switch (objectStore.kind) {
    case "inCluster":
      return flow(clients, s3, ports.s3);
    case "s3":
      return flow(clients, "objectStore", portOf(objectStore.endpoint));
    case "aws":
      return [
        ...flow(clients, "objectStore", 443),
        ...(objectStore.identity.type === "podIdentity" ? flow(clients, "podIdentityAgent", 80) : []),
      ];
    case "swift": {
      const { endpoint, access } = objectStore;
      // Keystone gives the token, and beside it the address of Swift.
      const hosts = access.api === "native" ? [endpoint, new URL(access.authUrl).host] : [endpoint];
      return flow(clients, "objectStore", ...new Set(hosts.map(portOf)));
    }
  }
}

/** The service port and the port behind it: policies see the latter on most networks, the former on some. */
function apiPorts(): number[] {
  return [443, 6443];
}

/** Port of an endpoint such as `s3.example.org:9000`; that of HTTPS when it names none. */
function portOf(endpoint: string): number {
  const [, port = "443"] = endpoint.split(":");
  return Number(port);
}

/** Targets of tenants listen where they like. */
function allPorts(): number[] {
  return [];
}
