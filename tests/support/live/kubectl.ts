/** The cluster by `kubectl`, as its administrator. What comes back is checked for its shape. */
import { z } from "zod";
import { type ProgramName, ports, programs, selectorLabels } from "../../../components/names";
import { must, run } from "../../../toolchain/shell";
import { platformNamespace } from "./settings";

/** An object to apply; the API server checks the rest. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

const container = z.object({
  name: z.string(),
  args: z.array(z.string()).default([]),
  volumeMounts: z
    .array(z.object({ name: z.string(), mountPath: z.string(), subPath: z.string().optional() }))
    .default([]),
});

const volume = z.object({
  name: z.string(),
  secret: z.object({ secretName: z.string() }).optional(),
  persistentVolumeClaim: z.object({ claimName: z.string() }).optional(),
});

const containerStatus = z.object({
  name: z.string(),
  ready: z.boolean(),
  restartCount: z.number(),
  state: z.object({
    waiting: z.object({ reason: z.string().optional(), message: z.string().optional() }).optional(),
    running: z.object({ startedAt: z.string() }).optional(),
    terminated: z.object({ exitCode: z.number() }).optional(),
  }),
});

const podSchema = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    uid: z.string(),
    deletionTimestamp: z.string().optional(),
    labels: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.object({ containers: z.array(container), volumes: z.array(volume).default([]) }),
  status: z.object({
    phase: z.string().default("Unknown"),
    podIP: z.string().optional(),
    conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
    containerStatuses: z.array(containerStatus).default([]),
  }),
});

export type Pod = z.output<typeof podSchema>;

export const kubectl = (args: readonly string[], input?: string): Promise<string> =>
  must("kubectl", args, input === undefined ? {} : { input });

/** The answer as JSON of the given shape. */
export async function kubectlJson<T>(shape: z.ZodType<T>, args: readonly string[]): Promise<T> {
  return shape.parse(JSON.parse(await kubectl([...args, "-o", "json"])));
}

const listOf = (objects: readonly KubernetesObject[]): string =>
  JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });

export async function apply(...objects: readonly KubernetesObject[]): Promise<void> {
  await kubectl(["apply", "-f", "-"], listOf(objects));
}

/** Applies one object; gives the reason when the API server refuses it. */
export async function tryApply(object: KubernetesObject): Promise<string | undefined> {
  const { code, stderr } = await run("kubectl", ["apply", "-f", "-"], { input: JSON.stringify(object) });
  return code === 0 ? undefined : stderr;
}

/** Removes objects that may be there or not, and waits until they are gone. */
export async function remove(...objects: readonly KubernetesObject[]): Promise<void> {
  await kubectl(["delete", "--ignore-not-found", "--grace-period=1", "-f", "-"], listOf(objects));
}

export const pods = async (namespace: string, labels?: Readonly<Record<string, string>>): Promise<Pod[]> => {
  const selector = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  const args = ["get", "pods", "-n", namespace, ...(selector.length > 0 ? ["-l", selector.join(",")] : [])];
  return (await kubectlJson(z.object({ items: z.array(podSchema) }), args)).items;
};

export const pod = (namespace: string, name: string): Promise<Pod> =>
  kubectlJson(podSchema, ["get", "pod", "-n", namespace, name]);

/** Labels of a program's pods. The operator names those of Prometheus its own way: `prometheus-<object>` without the prefix. */
export const labelsOfPods = (program: ProgramName): Record<string, string> =>
  program === programs.tenantPrometheus || program === programs.platformPrometheus
    ? { "operator.prometheus.io/name": program.slice("prometheus-".length) }
    : selectorLabels(program);

/** Pods of a program of the platform, without those that are ending. */
export const podsOf = async (program: ProgramName): Promise<Pod[]> =>
  (await pods(platformNamespace, labelsOfPods(program))).filter(
    (p) => p.metadata.deletionTimestamp === undefined && p.status.phase !== "Failed",
  );

export const isReady = (p: Pod): boolean =>
  p.metadata.deletionTimestamp === undefined &&
  p.status.conditions.some((c) => c.type === "Ready" && c.status === "True");

/** As a crash would: no time to end, no goodbye. */
export const kill = (p: Pod): Promise<string> =>
  kubectl([
    "delete",
    "pod",
    "-n",
    p.metadata.namespace,
    p.metadata.name,
    "--grace-period=0",
    "--force",
    "--wait=false",
  ]);

export const logs = (namespace: string, name: string, containerName: string): Promise<string> =>
  kubectl(["logs", "-n", namespace, name, "-c", containerName]);

/** GET on a port of a pod by way of the API server, which no wall of the platform stops. */
export const fromPod = (p: Pod, path: string, port: number = ports.http): Promise<string> =>
  kubectl([
    "get",
    "--raw",
    `/api/v1/namespaces/${p.metadata.namespace}/pods/${p.metadata.name}:${port}/proxy${path}`,
  ]);

/** A token of a service account for one audience, as `make token` and Grafana's set-up ask for it. */
export const tokenFor = async (namespace: string, account: string, audience: string): Promise<string> =>
  (
    await kubectl(["create", "token", account, "-n", namespace, "--audience", audience, "--duration", "30m"])
  ).trim();
