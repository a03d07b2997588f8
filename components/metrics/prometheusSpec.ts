/** What a Prometheus object of the platform says. Pure; the component in prometheus.ts places it. */
import type { IPrometheus } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/Prometheus";
import type { Input } from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../config";
import { toBytes, toCores, toSeconds } from "../../config/quantities";
import { imageRef, images } from "../../versions";
import { externalLabels, objectLabels, ports, tenantLabel } from "../names";
import { objectStoreConfigFile, objectStoreMount } from "../storage/objectStore";
import { podSecurity } from "../workload/pod";
import type { Container, Probe, Resources } from "../workload/workload";
import type { Leaves } from "./leaves";
import { limitFields, type ScrapeLimits } from "./limits";

type Spec = IPrometheus["spec"];
type ClaimTemplate = NonNullable<NonNullable<Spec["storage"]>["volumeClaimTemplate"]>;

/** `spec` of a Prometheus. The generated type wants a kind and a version of the claim template; the API asks for neither. */
export type PrometheusSpec = Omit<Spec, "storage"> & {
  storage?: { volumeClaimTemplate: Omit<ClaimTemplate, "apiVersion" | "kind"> };
};

export interface PrometheusSettings {
  /** Service that gives the pods their names, and account under which they find targets. */
  readonly service: string;
  readonly account: string;
  /** Labels of the pods that select them. */
  readonly podSelector: Readonly<Record<string, string>>;
  /** Whose monitors and rules it takes: those of tenants' namespaces, or of the platform's own. */
  readonly scrapes: "tenant" | "platform";
  /** Namespace of the platform. */
  readonly namespace: string;
  readonly replicas: number;
  readonly clusterName: string;
  readonly metrics: EnvironmentConfig["metrics"];
  readonly limits: ScrapeLimits;
  readonly storageClass: string | undefined;
  readonly objectStoreSecret: Input<string>;
  readonly resources: { readonly prometheus: Resources; readonly sidecar: Resources };
  /** The store guard beside the sidecar. Default: none. */
  readonly guard?: Container | undefined;
}

/** The whole object's `spec`. Fields whose absence matters: no ScrapeConfig selectors, no additional*Configs, no excluded objects. */
export const prometheusSpec = (settings: PrometheusSettings): Leaves<PrometheusSpec> => ({
  ...isolation(settings),
  ...scraping(settings.metrics),
  ...storage(settings),
  ...pods(settings),
  ...sidecar(settings),
  query: queryBounds(settings.resources.prometheus),
});

/**
 * Rules are queries too, and those of all tenants take turns at these places, in the order in which they come. Prometheus's defaults, 20
 * queries of 50 million samples of 16 bytes, are 15 GiB: one tenant's rules ended the server that all share. Together they may have a
 * quarter of its memory; the rest is series, scrapes and garbage. Two for each core that it asks for leave time to the queries of others.
 * A query that needs more fails, by itself, and so does a rule, which shows at /rules and in an alert.
 */
export const queryBounds = ({
  cpu,
  memoryLimit,
}: Pick<Resources, "cpu" | "memoryLimit">): { maxConcurrency: number; maxSamples: number } => {
  const maxConcurrency = Math.max(2, Math.floor(2 * toCores(cpu)));
  const samples = toBytes(memoryLimit) / 4 / sampleBytes / maxConcurrency;
  return { maxConcurrency, maxSamples: Math.min(prometheusMaxSamples, Math.floor(samples)) };
};

/** A time and a value, in Prometheus's promql.FPoint. */
const sampleBytes = 16;
/** Default of `--query.max-samples`, and the most that rule Q8b lets through. */
const prometheusMaxSamples = 50_000_000;

/** What keeps tenants apart, whatever their monitors and rules say. */
export const isolation = ({
  scrapes,
  namespace,
  limits,
  clusterName,
}: PrometheusSettings): PrometheusSpec => {
  const namespaces = {
    matchLabels:
      scrapes === "tenant" ? { [objectLabels.role]: "tenant" } : { "kubernetes.io/metadata.name": namespace },
  };
  return {
    // Set last on every series, and put into every selector of every rule: the namespace that a monitor or rule stands in.
    enforcedNamespaceLabel: tenantLabel,
    // A target's own `namespace` label becomes `exported_namespace`, its own timestamps are ignored.
    overrideHonorLabels: true,
    overrideHonorTimestamps: true,
    // A monitor finds targets in its own namespace only.
    ignoreNamespaceSelectors: true,
    // No token, certificate or target file of the Prometheus pod in a monitor.
    arbitraryFSAccessThroughSMs: { deny: true },
    ...limitFields(limits),
    serviceMonitorSelector: {},
    serviceMonitorNamespaceSelector: namespaces,
    podMonitorSelector: {},
    podMonitorNamespaceSelector: namespaces,
    probeSelector: {},
    probeNamespaceSelector: namespaces,
    ruleSelector: {},
    ruleNamespaceSelector: namespaces,
    // Who scraped it. Tenants cannot change these: Prometheus sets them on the way out.
    externalLabels: { [externalLabels.cluster]: clusterName },
    replicaExternalLabelName: externalLabels.replica,
    prometheusExternalLabelName: externalLabels.prometheus,
    enableAdminAPI: false,
    // The reloader needs the lifecycle API (reload, quit); it wants POST, which no scrape does, and the walls let nobody else near.
    // By signal instead, a reload within a second of the start blocks the reloader for three minutes: it compares whole seconds.
    reloadStrategy: "HTTP",
  };
};

const scraping = ({ scrapeInterval }: EnvironmentConfig["metrics"]): PrometheusSpec => ({
  scrapeInterval,
  // Prometheus refuses a time-out above the interval. 10 s is its default.
  scrapeTimeout: toSeconds(scrapeInterval) < 10 ? scrapeInterval : "10s",
  evaluationInterval: scrapeInterval,
  serviceDiscoveryRole: "EndpointSlice",
});

const storage = ({ metrics, storageClass }: PrometheusSettings): PrometheusSpec => ({
  retention: metrics.retention,
  retentionSize: retentionSize(metrics.storage),
  storage: {
    volumeClaimTemplate: {
      spec: {
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: metrics.storage } },
        ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
      },
    },
  },
});

/**
 * Data may fill this part of the volume; then the oldest blocks go before their time. The rest is room for a block while it is cut and
 * for growth of the write-ahead log between checks. A full volume would stop scraping altogether.
 */
export const dataShare = 0.8;

export const retentionSize = (volume: string): string =>
  `${Math.floor((toBytes(volume) * dataShare) / 2 ** 20)}MiB`;

const user = 65_534;

/**
 * The next server restarts so long after the one before was ready. Until then Thanos Query may not ask the first again: it looks up names
 * every 5 s, and clusters' DNS keeps an answer for up to 30 s (kubeadm's Corefile). Sooner, both were missing, and queries came back
 * empty. Rules of any tenant can start it: one more ConfigMap of them changes the pods.
 */
const secondsUntilAsked = 40;

/**
 * The operator's own arguments, but that it looks every 15 s instead of every three minutes. It is told of a first change of its file as it
 * happens and of no other, since the kubelet puts a new file in the place of the one that it watches:
 * https://github.com/prometheus-operator/prometheus-operator/pull/7366. The folder above those of the rules is read with all below it, so
 * it does not matter how many there are.
 */
export const reloaderArgs = [
  `--listen-address=:${ports.configReloader}`,
  `--reload-url=http://localhost:${ports.prometheus}/-/reload`,
  "--config-file=/etc/prometheus/config/prometheus.yaml.gz",
  "--config-envsubst-file=/etc/prometheus/config_out/prometheus.env.yaml",
  "--watched-dir=/etc/prometheus/rules",
  "--watch-interval=15s",
];

const pods = (settings: PrometheusSettings): Leaves<PrometheusSpec> => ({
  image: imageRef(images.prometheus),
  version: images.prometheus.tag,
  replicas: settings.replicas,
  minReadySeconds: secondsUntilAsked,
  serviceName: settings.service,
  serviceAccountName: settings.account,
  podMetadata: { labels: { "app.kubernetes.io/part-of": "moat" } },
  enableServiceLinks: false,
  // Containers get a read-only root, no capabilities and no privilege escalation from the operator.
  securityContext: podSecurity(user),
  resources: quantities(settings.resources.prometheus),
  affinity: {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          podAffinityTerm: {
            labelSelector: { matchLabels: { ...settings.podSelector } },
            topologyKey: "kubernetes.io/hostname",
          },
        },
      ],
    },
  },
  // The operator probes Prometheus and, by flag, the reloader; the sidecar's probes are added here. Its startup probes look only every
  // 15 and 10 seconds, by which every start and every update would be longer. The time allowed stays its 15 minutes.
  containers: [
    { name: "prometheus", startupProbe: { periodSeconds: 3, failureThreshold: 300 } },
    {
      name: "config-reloader",
      args: reloaderArgs,
      startupProbe: { periodSeconds: 2, failureThreshold: 30 },
    },
    {
      name: "thanos-sidecar",
      readinessProbe: { httpGet: { path: "/-/ready", port: "http" }, periodSeconds: 5 },
      livenessProbe: {
        httpGet: { path: "/-/healthy", port: "http" },
        periodSeconds: 30,
        failureThreshold: 6,
      },
    },
    ...(settings.guard === undefined ? [] : [beside(settings.guard)]),
  ],
  volumes: [{ name: "object-store", secret: { secretName: settings.objectStoreSecret } }],
});

/** A container of ours in the operator's pods, locked down as the operator's own are. */
const beside = (container: Container) => {
  const { name, image, args, ports, resources, readiness, liveness } = container;
  const httpGet = (probe: Probe) => ({ path: probe.path, port: probe.port });
  return {
    name,
    image: imageRef(image),
    args: [...args],
    ports: ports.map((p) => ({ name: p.name, containerPort: p.number, protocol: "TCP" as const })),
    resources: quantities(resources),
    ...(readiness && { readinessProbe: { httpGet: httpGet(readiness), periodSeconds: 5 } }),
    ...(liveness && {
      livenessProbe: { httpGet: httpGet(liveness), periodSeconds: 30, failureThreshold: 6 },
    }),
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
    },
  };
};

/**
 * The sidecar serves all that Prometheus has (no minimum time): the recent past then never depends on the bucket. Uploading turns
 * Prometheus's own compaction off, so every block has the length `blockDuration`.
 */
const sidecar = ({ metrics, resources }: PrometheusSettings): PrometheusSpec => ({
  thanos: {
    image: imageRef(images.thanos),
    version: images.thanos.tag,
    blockSize: metrics.blockDuration,
    objectStorageConfigFile: objectStoreConfigFile,
    volumeMounts: [{ name: "object-store", mountPath: objectStoreMount }],
    resources: quantities(resources.sidecar),
  },
});

const quantities = ({ cpu, memory, memoryLimit }: Resources) => ({
  requests: { cpu, memory },
  limits: { memory: memoryLimit },
});
