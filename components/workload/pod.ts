/** The pod of a plain description, as locked down as Kubernetes' "restricted" standard asks for and a little more. */
import { createHash } from "node:crypto";
import type * as kubernetes from "@pulumi/kubernetes";
import { output } from "@pulumi/pulumi";
import { imageRef } from "../../versions";
import { programLabels, selectorLabels } from "../names";
import type { Container, Mount, Probe, ProjectedFiles, Volume, Workload } from "./workload";

type PodTemplateSpec = kubernetes.types.input.core.v1.PodTemplateSpec;

/** Annotation that changes with the text that a program reads only at its start. */
export const checksumAnnotation = "moat.dev/checksum";

/** User and group `nobody`. */
const nobody = 65_534;

/** Seconds between a pod's removal from its Service and the signal to end: until every client's view has followed. */
const drainSeconds = 5;

export function podTemplate(workload: Workload): PodTemplateSpec {
  const { name, kind, restartOn, identity, user = nobody, gracePeriod = 30, replicas } = workload;
  const drains = kind === "stateless" || replicas > 1;
  return {
    metadata: {
      labels: programLabels(name),
      ...(restartOn !== undefined && {
        annotations: { [checksumAnnotation]: output(restartOn).apply(sha256) },
      }),
    },
    spec: {
      serviceAccountName: identity?.account ?? name,
      automountServiceAccountToken: identity?.mountToken ?? false,
      // The variables would leak the names of all services in the namespace into every program, and slow its start.
      enableServiceLinks: false,
      terminationGracePeriodSeconds: gracePeriod + (drains ? drainSeconds : 0),
      securityContext: podSecurity(user),
      ...(replicas > 1 && spread(name)),
      ...(workload.initContainers && {
        initContainers: workload.initContainers.map((c) => containerOf(c, false)),
      }),
      containers: workload.containers.map((c) => containerOf(c, drains)),
      volumes: (workload.volumes ?? []).flatMap(volumeOf),
    },
  };
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Copies keep off each other's nodes and zones where there are several. On one node they share it. */
const spread = (
  name: string,
): Pick<kubernetes.types.input.core.v1.PodSpec, "affinity" | "topologySpreadConstraints"> => {
  const labelSelector = { matchLabels: selectorLabels(name) };
  return {
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 100, podAffinityTerm: { topologyKey: "kubernetes.io/hostname", labelSelector } },
        ],
      },
    },
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "topology.kubernetes.io/zone",
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector,
      },
    ],
  };
};

function containerOf(container: Container, drains: boolean): kubernetes.types.input.core.v1.Container {
  const {
    name,
    image,
    command,
    args,
    env = {},
    ports,
    mounts = [],
    resources,
    readiness,
    liveness,
  } = container;
  return {
    name,
    image: imageRef(image),
    ...(command && { command: [...command] }),
    args: [...args],
    env: Object.entries(env).map(([variable, value]) => variableOf(variable, value)),
    ports: ports.map((p) => ({ name: p.name, containerPort: p.number, protocol: "TCP" })),
    volumeMounts: mounts.map(mountOf),
    // No limit of CPU: throttling delays scrapes and queries, and requests already share the node fairly.
    resources: {
      requests: { cpu: resources.cpu, memory: resources.memory },
      limits: { memory: resources.memoryLimit },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
    },
    ...(readiness && {
      readinessProbe: { ...probeOf(readiness), periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 3 },
    }),
    ...(liveness && {
      // Liveness counts from the end of a start, which may take five minutes: a log is replayed, a bucket is listed.
      startupProbe: { ...probeOf(liveness), periodSeconds: 2, timeoutSeconds: 5, failureThreshold: 150 },
      livenessProbe: { ...probeOf(liveness), periodSeconds: 15, timeoutSeconds: 10, failureThreshold: 4 },
    }),
    ...(drains && { lifecycle: { preStop: { sleep: { seconds: drainSeconds } } } }),
  };
}

const probeOf = ({ path, port, scheme = "http" }: Probe) => ({
  httpGet: { path, port, scheme: scheme === "https" ? "HTTPS" : "HTTP" },
});

type EnvVar = kubernetes.types.input.core.v1.EnvVar;

function variableOf(name: string, value: NonNullable<Container["env"]>[string]): EnvVar {
  if (typeof value === "object" && "secret" in value) {
    return { name, valueFrom: { secretKeyRef: { name: value.secret, key: value.key } } };
  }
  return { name, value };
}

const mountOf = ({ volume, path, readOnly = true, subPath }: Mount) => ({
  name: volume,
  mountPath: path,
  readOnly,
  ...(subPath !== undefined && { subPath }),
});

/** Readable by the owner and the pod's group only. */
const secretMode = 0o440;

function volumeOf(volume: Volume): kubernetes.types.input.core.v1.Volume[] {
  const { name } = volume;
  switch (volume.type) {
    case "secret":
      return [{ name, secret: { secretName: volume.secret, defaultMode: secretMode } }];
    case "configMap":
      return [{ name, configMap: { name: volume.configMap } }];
    case "projected":
      return [{ name, projected: { defaultMode: secretMode, sources: volume.sources.map(projectionOf) } }];
    case "scratch":
      return [{ name, emptyDir: { ...(volume.sizeLimit !== undefined && { sizeLimit: volume.sizeLimit }) } }];
    case "data":
      // The StatefulSet makes a claim for each replica and adds it to the pod.
      return [];
  }
}

function projectionOf(source: ProjectedFiles): kubernetes.types.input.core.v1.VolumeProjection {
  const projection = {
    items: Object.entries(source.files).map(([key, path]) => ({ key, path })),
    ...(source.optional === true && { optional: true }),
  };
  return "secret" in source
    ? { secret: { ...projection, name: source.secret } }
    : { configMap: { ...projection, name: source.configMap } };
}

/** What every pod of the platform runs as: one unprivileged user, which also owns its volumes. */
export const podSecurity = (user: number) => ({
  runAsNonRoot: true,
  runAsUser: user,
  runAsGroup: user,
  fsGroup: user,
  // Large volumes are not walked through at every start.
  fsGroupChangePolicy: "OnRootMismatch" as const,
  seccompProfile: { type: "RuntimeDefault" as const },
});
