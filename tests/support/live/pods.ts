/** Throwaway pods that meet the Pod Security profile `restricted` and a tenant's quota. The images have no shell. */
import { type Image, imageRef } from "../../../versions";
import { apply, type KubernetesObject, logs, type Pod, pod, remove } from "./kubectl";
import { until } from "./progress";

export interface ContainerShape {
  readonly name: string;
  readonly image: Image;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly mounts?: readonly {
    readonly name: string;
    readonly mountPath: string;
    readonly subPath?: string;
  }[];
  /** Ports that it declares: a PodMonitor finds no others. */
  readonly ports?: readonly number[];
  /** Default 128Mi. */
  readonly memory?: string;
}

export interface PodShape {
  readonly name: string;
  readonly namespace: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly init?: readonly ContainerShape[];
  readonly containers: readonly ContainerShape[];
  readonly volumes?: readonly Readonly<Record<string, unknown>>[];
  /** Default: it runs once. */
  readonly restart?: "Always";
}

const containerOf = (c: ContainerShape): Record<string, unknown> => ({
  name: c.name,
  image: imageRef(c.image),
  ...(c.command === undefined ? {} : { command: c.command }),
  ...(c.args === undefined ? {} : { args: c.args }),
  ports: (c.ports ?? []).map((containerPort) => ({ containerPort })),
  volumeMounts: c.mounts ?? [],
  resources: { requests: { cpu: "1m", memory: "16Mi" }, limits: { memory: c.memory ?? "128Mi" } },
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  },
});

export const podObject = (shape: PodShape): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: shape.name, namespace: shape.namespace, labels: shape.labels ?? {} },
  spec: {
    restartPolicy: shape.restart ?? "Never",
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 1,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65_534,
      runAsGroup: 65_534,
      seccompProfile: { type: "RuntimeDefault" },
    },
    initContainers: (shape.init ?? []).map(containerOf),
    containers: shape.containers.map(containerOf),
    volumes: shape.volumes ?? [],
  },
});

/** Runs a pod of one container to its end, and gives what it said. Throws when it fails. */
export async function runPod(shape: PodShape, seconds = 90): Promise<string> {
  const object = podObject(shape);
  const [main] = shape.containers;
  if (main === undefined) throw new RangeError(`pod ${shape.name} has no container`);
  await remove(object);
  await apply(object);
  try {
    const ended = await until(`pod ${shape.name} to end`, seconds, async () => {
      const p = await pod(shape.namespace, shape.name);
      return p.status.phase === "Succeeded" || p.status.phase === "Failed" ? p : undefined;
    });
    const said = await logs(shape.namespace, shape.name, main.name);
    if (ended.status.phase === "Failed")
      throw new Error(`pod ${shape.name} failed: ${said.slice(-1500) || initEnd(ended)}`);
    return said;
  } finally {
    await remove(object);
  }
}

const initEnd = (p: Pod): string => JSON.stringify(p.status).slice(0, 1500);
