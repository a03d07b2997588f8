/**
 * Who may talk to whom inside the platform: every allowed flow, once. The walls are made from this table, both ends of each line;
 * what is not here is dropped.
 */
import type { EnvironmentConfig } from "../../config";
import { edgeFlows } from "../edge/flows";
import { grafanaFlows } from "../grafana/flows";
import { ports, programs } from "../names";
import { bucketClients } from "../storage/objectStore";
import { apiPorts, type Flow, flow } from "./flow";

const {
  s3,
  operator,
  tenantPrometheus,
  platformPrometheus,
  query,
  operatorQuery,
  queryFrontend,
  store,
  compact,
  readGateway,
  admissionWebhook,
  edge,
} = programs;
const prometheuses = [tenantPrometheus, platformPrometheus];

type ObjectStore = EnvironmentConfig["objectStore"];

/** What the flows depend on: where blocks go, who makes certificates and records for the edge, and whom Grafana asks. */
export type FlowsConfig = Pick<EnvironmentConfig, "objectStore" | "edge" | "dns" | "grafana">;

/** Flows of the platform. */
export const flows = ({ objectStore, edge: { tls }, dns, grafana }: FlowsConfig): readonly Flow[] => [
  // A tenant's query: edge or pod → gateway → query frontend → query → store guards. Rules and exemplars: gateway → store guards.
  ...flow("world", edge, ports.edgeHttp, ports.edgeHttps),
  ...flow(["tenants", edge], readGateway, ports.readGateway),
  ...flow(readGateway, queryFrontend, ports.http),
  ...flow([readGateway, queryFrontend], query, ports.http),
  ...flow([readGateway, query], tenantPrometheus, ports.storeGuard),
  ...flow(query, store, ports.storeGuard),
  ...flow(readGateway, "kubernetesApi", ...apiPorts()),
  // An operator's: edge → their own query → sidecars and store gateway.
  ...flow(edge, operatorQuery, ports.http),
  ...[...prometheuses, store].flatMap((program) => flow(operatorQuery, program, ports.grpc)),
  // What tenants apply: API server → webhook.
  ...flow("apiServerCalls", admissionWebhook, ports.admissionWebhook),
  // Scrapes.
  ...flow(tenantPrometheus, "tenants", ...allPorts()),
  ...flow(platformPrometheus, operator, ports.operator),
  ...flow(platformPrometheus, tenantPrometheus, ports.prometheus, ports.http, ports.configReloader),
  ...flow(platformPrometheus, platformPrometheus, ports.prometheus, ports.http, ports.configReloader),
  ...[query, operatorQuery, queryFrontend, store, compact].flatMap((program) =>
    flow(platformPrometheus, program, ports.http),
  ),
  ...[tenantPrometheus, store].flatMap((program) => flow(platformPrometheus, program, ports.storeGuardHttp)),
  ...flow(platformPrometheus, readGateway, ports.queryGuardMetrics),
  ...flow(platformPrometheus, admissionWebhook, ports.admissionWebhookHttp),
  ...flow(platformPrometheus, edge, ports.edgeMetrics),
  ...flow([...prometheuses, operator], "kubernetesApi", ...apiPorts()),
  // Blocks.
  ...bucketFlows(objectStore),
  // Certificates and records of the edge.
  ...edgeFlows({ tls, dns }),
  // Dashboards.
  ...grafanaFlows(grafana),
  // Names.
  ...flow(
    [operator, ...prometheuses, query, operatorQuery, queryFrontend, store, compact, readGateway, edge],
    "dns",
    53,
  ),
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

/** Port of an endpoint such as `s3.example.org:9000`; that of HTTPS when it names none. */
function portOf(endpoint: string): number {
  const [, port = "443"] = endpoint.split(":");
  return Number(port);
}

/** Targets of tenants listen where they like. */
function allPorts(): number[] {
  return [];
}
