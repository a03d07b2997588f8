/** Names that several parts must agree on. Each fact stands here once. */

/** The label that marks whose series it is: set by the operator on every scrape, enforced by the read gateway on every query. */
export const tenantLabel = "namespace";

/**
 * The one place from which the read gateway takes the namespace that a request is for. A request may carry the header several times, once for
 * each namespace.
 */
export const namespaceHeader = "X-Moat-Namespace";

/** Tokens for the read gateway carry this audience, so that a leaked one opens nothing else. */
export const gatewayAudience = "moat-read-gateway";

/** RBAC permission that lets a subject read a namespace's metrics. It names no API object (hence the singular); the gateway asks for it. */
export const metricsPermission = { apiGroup: "", resource: "namespace", subresource: "metrics" } as const;

/** RBAC permission by which admission knows who runs the platform: such subjects alone make tenants' namespaces. It names no API object. */
export const platformPermission = { apiGroup: "moat.dev", resource: "isolation", verb: "bypass" } as const;

/** ClusterRole of the people who write in a tenant's namespaces, and the name of its binding in each of them. */
export const authorRole = { name: "moat-tenant-author", binding: "authors" } as const;

/** Labels of Kubernetes objects. */
export const objectLabels = {
  /** On namespaces: the tenant that owns it. Tenants cannot set it, as they may not touch namespaces. */
  tenant: "moat.dev/tenant",
  /** On namespaces: "tenant" or "platform". Walls and selectors go by it. */
  role: "moat.dev/role",
} as const;

/** Name of the quota, the limits and the wall that the platform puts into every namespace of a tenant. */
export const tenantObjects = "tenant";

/** Annotations on the namespaces of tenants: what admission policies hold them to. A missing one means the strictest case, or the usual DNS. */
export const tenantAnnotations = {
  /** All namespaces of the tenant, separated by commas. */
  namespaces: "moat.dev/namespaces",
  /** Hosts that probes may ask, separated by commas; `*.example.org` means every host below example.org. */
  probeTargets: "moat.dev/probe-targets",
  /** Hosts to which alerts may be sent, written in the same way. */
  receiverHosts: "moat.dev/receiver-hosts",
  /** Hosts that the platform serves, separated by commas: no tenant's route or name of DNS may take them. */
  platformHosts: "moat.dev/platform-hosts",
  /** Samples of one scrape; a monitor may ask for as many or fewer. */
  sampleLimit: "moat.dev/sample-limit",
  /** Targets of one scrape job. */
  targetLimit: "moat.dev/target-limit",
  /** The cluster's DNS, as `dnsParameter` writes it. */
  dns: "moat.dev/dns",
} as const;

/** External labels of every series that leaves a Prometheus. */
export const externalLabels = {
  cluster: "cluster",
  replica: "prometheus_replica",
  prometheus: "prometheus",
} as const;

/** Programs of the platform by the name that their pods carry in `app.kubernetes.io/name`. */
export const programs = {
  s3: "s3",
  operator: "prometheus-operator",
  tenantPrometheus: "prometheus-tenants",
  platformPrometheus: "prometheus-platform",
  /** The tenants' Thanos Query: it reaches stores through their guards alone. */
  query: "thanos-query",
  /** The operators' own, which sees everything. */
  operatorQuery: "thanos-query-operators",
  queryFrontend: "thanos-query-frontend",
  store: "thanos-store",
  compact: "thanos-compact",
  readGateway: "read-gateway",
  /** Judges tenants' rules, and completes their monitors, for the API server. */
  admissionWebhook: "admission-webhook",
  edge: "edge",
  grafana: "grafana",
} as const;

/** Programs that make certificates and records for the edge, where the configuration asks for them. */
export const edgePrograms = {
  certManager: "cert-manager",
  acmeSolver: "acme-solver",
  designateSolver: "designate-solver",
  externalDns: "external-dns",
} as const;

/** A program's name, as it stands in `programs` or `edgePrograms`. */
export type ProgramName =
  | (typeof programs)[keyof typeof programs]
  | (typeof edgePrograms)[keyof typeof edgePrograms];

/** Ports on which the programs listen in their pods; each is the upstream's default where it has one. */
export const ports = {
  s3: 7070,
  operator: 8080,
  prometheus: 9090,
  configReloader: 8080,
  /** Thanos StoreAPI. */
  grpc: 10901,
  /** HTTP of every Thanos program: queries of the two query programs, metrics of all. */
  http: 10902,
  readGateway: 8443,
  /** Metrics and health of the same program, the query guard. */
  queryGuardMetrics: 8081,
  /** The guard beside each store: StoreAPI confined to a tenant; metrics and health. */
  storeGuard: 10911,
  storeGuardHttp: 10912,
  /** On which control planes elsewhere may reach pods, as it is the kubelet's on nodes: some firewalls let them reach no other. */
  admissionWebhook: 10_250,
  admissionWebhookHttp: 8081,
  edgeHttp: 8000,
  edgeHttps: 8443,
  edgeMetrics: 9100,
  grafana: 3000,
  certManagerMetrics: 9402,
  certManagerHealth: 9403,
  /** On which cert-manager's pods for HTTP-01 listen; it cannot be set. */
  acmeSolver: 8089,
  designateSolver: 8443,
  /** Health and metrics of external-dns. */
  externalDns: 7979,
  nodeExporter: 9100,
} as const;

/** Name by which the edge shows the read gateway that it is the edge: no host, and no user. */
export const edgeIdentity = (namespace: string): string => `${programs.edge}.${namespace}.svc`;

/** ConfigMap in the platform's namespace with the private CA's certificate, for clients and scrapes that verify. */
export const privateCaConfigMap = { name: "private-ca", key: "ca.crt" } as const;

/** Standard labels of everything that belongs to the program `name`. */
export const programLabels = (name: string): Record<string, string> => ({
  ...selectorLabels(name),
  "app.kubernetes.io/part-of": "moat",
  "app.kubernetes.io/managed-by": "pulumi",
});

/** The labels that find a program's pods. They never change, since selectors are immutable. */
export const selectorLabels = (name: string): Record<string, string> => ({ "app.kubernetes.io/name": name });
