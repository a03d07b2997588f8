/** Is every program of the platform there, in as many copies as it should be? */
import type { EnvironmentConfig } from "../../../config";
import { edgePrograms, programs } from "../../names";
import { platformReplicas } from "../replicas";
import type { Alert } from "./alert";

interface Program {
  /** Its job label. */
  readonly job: string;
  /** As it stands in the alerts' names. */
  readonly title: string;
  readonly replicas: number;
  readonly severity: "critical" | "warning";
  /** What does not work without it. */
  readonly loss: string;
}

const watched = ({
  readGateway,
  edge,
  dns,
  thanos,
  metrics,
  grafana,
  size,
}: EnvironmentConfig): Program[] => [
  {
    job: programs.readGateway,
    title: "ReadGateway",
    replicas: readGateway.replicas,
    severity: "critical",
    loss: "No tenant can read metrics. Scrapes and uploads go on.",
  },
  {
    job: programs.admissionWebhook,
    title: "AdmissionWebhook",
    replicas: platformReplicas(size),
    severity: "critical",
    loss: "The API server refuses tenants' new and changed rules, and monitors that do not set followRedirects. What is there already goes on.",
  },
  {
    job: programs.edge,
    title: "Edge",
    replicas: edge.replicas,
    severity: "critical",
    loss: "Nobody outside the cluster can read metrics. Clients inside reach the read gateway directly.",
  },
  {
    job: programs.queryFrontend,
    title: "QueryFrontend",
    replicas: thanos.queryFrontendReplicas,
    severity: "critical",
    loss: "No query is answered. Scrapes and uploads go on.",
  },
  {
    job: programs.query,
    title: "Query",
    replicas: thanos.queryReplicas,
    severity: "critical",
    loss: "No tenant's query is answered: without one, no read gateway is ready. Scrapes and uploads go on.",
  },
  {
    job: programs.operatorQuery,
    title: "OperatorQuery",
    replicas: thanos.queryReplicas,
    severity: "warning",
    loss: "Operators cannot query. Tenants are not affected.",
  },
  {
    job: programs.store,
    title: "Store",
    replicas: thanos.storeReplicas,
    severity: "critical",
    loss: "Queries do not see what is older than Prometheus's own retention; answers carry a warning.",
  },
  {
    job: programs.compact,
    title: "Compactor",
    replicas: 1,
    severity: "warning",
    loss: "Blocks are neither merged nor downsampled nor deleted: queries of long ranges slow down and the bucket grows.",
  },
  {
    job: programs.tenantPrometheus,
    title: "TenantPrometheus",
    replicas: metrics.replicas,
    severity: "critical",
    loss: "Tenants' targets are not scraped and their rules not evaluated: samples of this time are lost.",
  },
  {
    job: programs.operator,
    title: "Operator",
    replicas: 1,
    severity: "warning",
    loss: "New and changed monitors and rules have no effect. What is scraped already goes on.",
  },
  ...(grafana.kind === "none"
    ? []
    : [
        {
          job: programs.grafana,
          title: "Grafana",
          replicas: grafana.database.kind === "postgres" ? grafana.database.replicas : 1,
          severity: "critical" as const,
          loss: "People see no dashboards. Scrapes, alerts and the read gateway go on.",
        },
      ]),
  ...(edge.tls.kind === "acme" && edge.tls.certManager === "installed"
    ? [
        {
          job: edgePrograms.certManager,
          title: "CertManager",
          replicas: 1,
          severity: "warning" as const,
          loss: "The edge's certificate is not renewed. What it shows is good for weeks.",
        },
      ]
    : []),
  ...(dns.kind === "externalDns" && dns.install !== undefined
    ? [
        {
          job: edgePrograms.externalDns,
          title: "ExternalDns",
          replicas: 1,
          severity: "warning" as const,
          loss: "A new address of the edge does not get into DNS. The records that are there stay.",
        },
      ]
    : []),
];

/** For each program: none is up; and, where there are several, some are not. */
export const availabilityAlerts = (config: EnvironmentConfig): Alert[] => [
  ...watched(config).flatMap(({ job, title, replicas, severity, loss }) => [
    {
      name: `${title}Down`,
      expr: `absent(up{job="${job}"} == 1)`,
      for: "2m",
      severity,
      summary: `No ${job} is up`,
      description: loss,
    },
    ...(replicas > 1 ? [replicaDown(job, title, replicas)] : []),
  ]),
  // When none of these is up, nothing evaluates rules; the missing AlwaysFiring tells then.
  ...(platformReplicas(config.size) > 1
    ? [replicaDown(programs.platformPrometheus, "PlatformPrometheus", platformReplicas(config.size))]
    : []),
];

const replicaDown = (job: string, title: string, replicas: number): Alert => ({
  name: `${title}ReplicaDown`,
  expr: `count(up{job="${job}"} == 1) < ${replicas}`,
  // Longer than a planned restart takes.
  for: "5m",
  severity: "warning",
  summary: `{{ $value }} of ${replicas} ${job} are up`,
  description: "The others do its work. One more failure, or maintenance of a node, can make it an outage.",
});
