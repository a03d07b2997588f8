/** What runs on the cluster, whether it is ready, and where it is; and who writes in the namespaces of tenants. */
import { z } from "zod";
import { programs } from "../../components/names";
import { readChoice } from "../cluster/choice";
import { processes } from "../cluster/embedded";
import { haveKubeconfig, kubectl, tryKubectl } from "../cluster/kubectl";
import { stopOrder } from "../cluster/programs";
import { type Outputs, readOutputs } from "../outputs";
import { table } from "../progress";
import { seeWriters, writersTable } from "../writers";

const workloads = z.object({
  items: z.array(
    z.object({
      kind: z.string(),
      metadata: z.object({
        name: z.string(),
        namespace: z.string(),
        labels: z.record(z.string(), z.string()).default({}),
      }),
      spec: z.object({ replicas: z.number().optional() }),
      status: z
        .object({
          readyReplicas: z.number().optional(),
          numberReady: z.number().optional(),
          desiredNumberScheduled: z.number().optional(),
        })
        .prefault({}),
    }),
  ),
});

export type Workload = z.infer<typeof workloads>["items"][number];

export async function status(): Promise<void> {
  const choice = readChoice();
  if (choice === undefined || !haveKubeconfig()) {
    process.stdout.write("nothing is up; make up\n");
    return;
  }
  if (choice.kind === "embedded") {
    const down = stopOrder.filter((name) => !processes.alive(name));
    process.stdout.write(
      `cluster: embedded, ${down.length === 0 ? "all programs run" : `not running: ${down.join(", ")}`}\n`,
    );
  } else process.stdout.write(`cluster: ${choice.kind}\n`);
  if ((await tryKubectl("get", "--raw", "/readyz", "--request-timeout=5s")).code !== 0) {
    process.stdout.write("the API server does not answer; make up mends the embedded cluster\n");
    process.exitCode = 1;
    return;
  }
  const listed = workloads.parse(
    JSON.parse(await kubectl("get", "deployments,statefulsets,daemonsets", "-A", "-o", "json")),
  );
  const outputs = await readOutputs().catch(() => undefined);
  const urls: Record<string, string> = outputs === undefined ? {} : urlsOf(outputs);
  const rows = listed.items.map((item) => rowOf(item, urls));
  process.stdout.write(`${table([["NAMESPACE", "COMPONENT", "READY", "URL"], ...rows])}\n`);
  process.stdout.write(`\n${writersTable(await seeWriters())}\n`);
  if (listed.items.some((item) => !isReady(item))) process.exitCode = 1;
}

const urlsOf = ({ readGatewayUrl, queryUrl }: Outputs): Record<string, string> => ({
  [programs.readGateway]: readGatewayUrl,
  [programs.operatorQuery]: queryUrl,
});

const wanted = (item: Workload): number => item.spec.replicas ?? item.status.desiredNumberScheduled ?? 0;
const ready = (item: Workload): number => item.status.readyReplicas ?? item.status.numberReady ?? 0;

export const isReady = (item: Workload): boolean => ready(item) >= wanted(item);

export function rowOf(item: Workload, urls: Readonly<Record<string, string>>): string[] {
  const program = item.metadata.labels["app.kubernetes.io/name"] ?? item.metadata.name;
  return [
    item.metadata.namespace,
    item.metadata.name,
    `${ready(item)}/${wanted(item)}${isReady(item) ? "" : " not ready"}`,
    urls[program] ?? "",
  ];
}
