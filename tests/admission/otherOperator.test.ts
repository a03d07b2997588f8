/**
 * Two Prometheus Operators on one cluster, both the real program. Each takes every Prometheus object that is not marked as another's, so
 * without its mark an environment's servers would be changed by both in turn.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crdFile, crdFolder, kinds } from "../../components/metrics/crds";
import { operatorArgs, ownedBy } from "../../components/metrics/operator";
import { prepareCrds } from "../../toolchain/crds";
import { endProcess } from "../../toolchain/endProcess";
import { freePort } from "../../toolchain/freePort";
import { program, root } from "../../toolchain/paths";
import { SomebodysCluster } from "../support/existingCluster";
import { until } from "../support/live/progress";

const namespace = "moat-system";
const prometheus = (name: string, annotations: Readonly<Record<string, string>>): object => ({
  apiVersion: "monitoring.coreos.com/v1",
  kind: "Prometheus",
  metadata: { name, namespace, annotations },
  spec: { replicas: 1 },
});

let cluster: SomebodysCluster;
let server: string;
const processes: ChildProcess[] = [];
beforeAll(async () => {
  await prepareCrds();
  cluster = await SomebodysCluster.start();
  cluster.apply(
    ...kinds.map((kind): object => JSON.parse(readFileSync(join(root, crdFolder, crdFile(kind)), "utf8"))),
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
  );
  cluster.kubectl("wait", "--for=condition=Established", "crd", "--all");
  cluster.apply(prometheus("marked", ownedBy(namespace)), prometheus("unmarked", {}));
  server = await proxyTo(cluster.kubeconfig);
});
afterAll(async () => {
  await Promise.all(processes.map((child) => endProcess(child)));
  await cluster?.stop();
});

/** Outside a cluster the operator knows an address only, and no credentials. */
async function proxyTo(kubeconfig: string): Promise<string> {
  const port = await freePort();
  const child = spawn(
    program("kube"),
    ["kubectl", `--kubeconfig=${kubeconfig}`, "proxy", "--address=127.0.0.1", `--port=${port}`],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  processes.push(child);
  await until("the proxy", 30, async () => (child.stdout?.read() ?? undefined) !== undefined, 0.2);
  return `http://127.0.0.1:${port}`;
}

/** Runs an operator until it has decided on both objects. Gives the names of the servers that it made, and of the objects that it left alone. */
async function decisionsOf(flags: readonly string[]): Promise<{ made: string[]; left: string[] }> {
  const listen = `--web.listen-address=127.0.0.1:${await freePort()}`;
  const own = flags.filter((flag) => !flag.startsWith("--web.listen-address="));
  // A kubeconfig in the environment would win over the flag, and this operator would take the objects of a running environment.
  const { KUBECONFIG: _, ...env } = process.env;
  const child = spawn(program("operator"), [`--apiserver=${server}`, "--log-level=debug", listen, ...own], {
    stdio: ["ignore", "pipe", "pipe"],
    env,
  });
  processes.push(child);
  let log = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      log += chunk;
    });
  const left = (): string[] => [
    ...new Set(
      [...log.matchAll(/skipping object not managed by the controller.*? object=\S+?\/(\S+)/g)].map(
        ([, name = ""]) => name,
      ),
    ),
  ];
  const made = (): string[] =>
    cluster
      .kubectl("get", "statefulsets", `--namespace=${namespace}`, "--output=name")
      .split("\n")
      .flatMap((line) => /\/prometheus-(.+)$/.exec(line)?.[1] ?? []);
  try {
    await until("the operator to decide", 90, async () => left().length + made().length >= 2);
    return { made: made(), left: left() };
  } finally {
    await endProcess(child);
    cluster.kubectl("delete", "statefulsets", "--all", `--namespace=${namespace}`);
  }
}

test("somebody's operator takes what is not marked, and leaves an environment's servers alone", async () => {
  expect(await decisionsOf([])).toEqual({ made: ["unmarked"], left: ["marked"] });
});

test("the environment's takes its own, and no other", async () => {
  const reloader = { cpu: "10m", memory: "32Mi", memoryLimit: "64Mi" };
  expect(await decisionsOf(operatorArgs(namespace, reloader))).toEqual({
    made: ["marked"],
    left: ["unmarked"],
  });
});
