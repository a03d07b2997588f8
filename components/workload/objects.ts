/** The Kubernetes objects of a plain description: pure, so that they are tested by table. */
import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { interpolate } from "@pulumi/pulumi";
import { privateCaConfigMap, programLabels, selectorLabels } from "../names";
import { podTemplate } from "./pod";
import type { Port, Volume, Workload } from "./workload";

type Namespace = pulumi.Input<string>;

/** Arguments of the resources to create; what the program does not need is missing. */
export interface WorkloadObjects {
  readonly deployment?: kubernetes.apps.v1.DeploymentArgs;
  readonly statefulSet?: kubernetes.apps.v1.StatefulSetArgs;
  readonly service?: kubernetes.core.v1.ServiceArgs;
  readonly podDisruptionBudget?: kubernetes.policy.v1.PodDisruptionBudgetArgs;
  readonly serviceAccount?: kubernetes.core.v1.ServiceAccountArgs;
  readonly podMonitor?: kubernetes.apiextensions.CustomResourceArgs;
}

export function objectsOf(workload: Workload, namespace: Namespace): WorkloadObjects {
  check(workload);
  const metadata = metadataOf(workload, namespace);
  const ports = workload.containers.flatMap((c) => c.ports);
  const open = ports.filter((p) => !p.internal);
  const scraped = ports.filter((p) => p.metrics !== undefined);
  return {
    ...(workload.kind === "stateless"
      ? { deployment: deployment(workload, metadata) }
      : { statefulSet: statefulSet(workload, metadata) }),
    ...(open.length > 0 && { service: service(workload, metadata, open) }),
    ...(workload.replicas > 1 && { podDisruptionBudget: disruptionBudget(workload, metadata) }),
    ...(workload.identity === undefined && {
      serviceAccount: { metadata, automountServiceAccountToken: false },
    }),
    ...(scraped.length > 0 && { podMonitor: podMonitor(workload, metadata, scraped, namespace) }),
  };
}

type Metadata = ReturnType<typeof metadataOf>;

const metadataOf = ({ name }: Workload, namespace: Namespace) => ({
  name,
  namespace,
  labels: programLabels(name),
});

const selector = ({ name }: Workload) => ({ matchLabels: selectorLabels(name) });

/** Mistakes in a description that Kubernetes would refuse late or, worse, accept. */
function check({ name, kind, containers, volumes = [] }: Workload): void {
  const fail = (what: string): never => {
    throw new RangeError(`workload "${name}": ${what}`);
  };
  if (kind === "stateless" && volumes.some((v) => v.type === "data")) {
    fail('has a data volume but is stateless; make it "stateful", or the volume "scratch"');
  }
  const ports = containers.flatMap((c) => c.ports);
  const twice = (values: readonly (string | number)[]) => values.find((v, i) => values.indexOf(v) !== i);
  const again = twice(ports.map((p) => p.name)) ?? twice(ports.map((p) => p.number));
  if (again !== undefined)
    fail(`two ports are "${again}"; all containers of a pod share one address, so give each its own`);
  const known = new Set(volumes.map((v) => v.name));
  for (const { volume } of containers.flatMap((c) => c.mounts ?? [])) {
    if (!known.has(volume))
      fail(`mounts the volume "${volume}", which it does not have; add it to \`volumes\``);
  }
}

function deployment(workload: Workload, metadata: Metadata): kubernetes.apps.v1.DeploymentArgs {
  return {
    metadata,
    spec: {
      replicas: workload.replicas,
      revisionHistoryLimit: 3,
      selector: selector(workload),
      // A new pod is ready before an old one ends, so an update never takes capacity away.
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: podTemplate(workload),
    },
  };
}

function statefulSet(workload: Workload, metadata: Metadata): kubernetes.apps.v1.StatefulSetArgs {
  return {
    metadata,
    spec: {
      serviceName: workload.name,
      replicas: workload.replicas,
      revisionHistoryLimit: 3,
      selector: selector(workload),
      // Replicas do not wait for each other at the start; updates still go one by one.
      podManagementPolicy: "Parallel",
      updateStrategy: { type: "RollingUpdate" },
      template: podTemplate(workload),
      volumeClaimTemplates: (workload.volumes ?? []).flatMap((v) =>
        v.type === "data" ? [claim(workload, v)] : [],
      ),
    },
  };
}

const claim = (
  { name }: Workload,
  volume: Extract<Volume, { type: "data" }>,
): kubernetes.types.input.core.v1.PersistentVolumeClaim => ({
  // The API server fills these two in; written out, they are no difference to it.
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name: volume.name, labels: programLabels(name) },
  spec: {
    accessModes: ["ReadWriteOnce"],
    resources: { requests: { storage: volume.size } },
    ...(volume.storageClass !== undefined && { storageClassName: volume.storageClass }),
  },
});

function service(
  workload: Workload,
  metadata: Metadata,
  ports: readonly Port[],
): kubernetes.core.v1.ServiceArgs {
  const shape = workload.service ?? { type: "clusterIP" };
  const nodePorts = shape.type === "nodePort" ? shape.nodePorts : {};
  const spec = {
    selector: selectorLabels(workload.name),
    ports: ports.map(({ name, number, service: port = number }) => {
      const nodePort = nodePorts[name];
      return { name, port, targetPort: name, protocol: "TCP", ...(nodePort !== undefined && { nodePort }) };
    }),
  };
  switch (shape.type) {
    case "clusterIP":
      return { metadata, spec: { ...spec, type: "ClusterIP" } };
    case "headless":
      // Only pods that are ready have an address, so clients never ask one that starts or ends.
      return {
        metadata,
        spec: { ...spec, type: "ClusterIP", clusterIP: "None", publishNotReadyAddresses: false },
      };
    case "nodePort":
      return { metadata, spec: { ...spec, type: "NodePort" } };
    case "loadBalancer":
      return {
        metadata: { ...metadata, annotations: { ...shape.annotations } },
        // Keeps the client's address, by which the edge limits rates.
        spec: { ...spec, type: "LoadBalancer", externalTrafficPolicy: "Local" },
      };
  }
}

const disruptionBudget = (
  workload: Workload,
  metadata: Metadata,
): kubernetes.policy.v1.PodDisruptionBudgetArgs => ({
  metadata,
  spec: {
    maxUnavailable: 1,
    selector: selector(workload),
    // A pod that is not ready helps nobody; it must not keep a node from being drained.
    unhealthyPodEvictionPolicy: "AlwaysAllow",
  },
});

/** The platform's own Prometheus scrapes what its namespace's PodMonitors name. */
const podMonitor = (
  workload: Workload,
  metadata: Metadata,
  ports: readonly Port[],
  namespace: Namespace,
): kubernetes.apiextensions.CustomResourceArgs => ({
  apiVersion: "monitoring.coreos.com/v1",
  kind: "PodMonitor",
  metadata,
  spec: {
    // `job` is the program's name.
    jobLabel: "app.kubernetes.io/name",
    selector: selector(workload),
    podMetricsEndpoints: ports.map(({ name: port, metrics: { path, scheme, job } = {} }) => ({
      port,
      ...(job !== undefined && { relabelings: [{ targetLabel: "job", replacement: job }] }),
      ...(path !== undefined && { path }),
      ...(scheme === "https" && {
        scheme,
        tlsConfig: {
          ca: { configMap: privateCaConfigMap },
          serverName: interpolate`${workload.name}.${namespace}.svc`,
        },
      }),
    })),
  },
});
