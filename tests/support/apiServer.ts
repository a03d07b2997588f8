/** A real Kubernetes API server for tests: etcd, kube-apiserver and some controllers on loopback, without nodes. */
import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { endProcess } from "../../toolchain/endProcess";
import { freePort } from "../../toolchain/freePort";
import { program } from "../../toolchain/paths";

export interface ApiServer {
  /** Path of a kubeconfig of a cluster administrator. */
  readonly kubeconfig: string;
  stop(): Promise<void>;
}

/** Controllers that tests need: without them nothing is collected, and no workload gets pods. */
const controllers = [
  "namespace-controller",
  "garbage-collector-controller",
  "deployment-controller",
  "replicaset-controller",
  "statefulset-controller",
  "job-controller",
  "serviceaccount-controller",
  // Fills Kubernetes' own roles: edit, admin, view.
  "clusterrole-aggregation-controller",
  "persistentvolumeclaim-protection-controller",
  // Checks the types of admission policies.
  "validatingadmissionpolicy-status-controller",
];

/** In milliseconds. A cold start takes about 20 s, on a very busy machine minutes. */
const startTimeout = 300_000;

/** Names the kubeconfig of a server that is shared: the one of ./sharedApiServer.ts, or any cluster that is given by hand. */
export const sharedVariable = "MOAT_TEST_KUBECONFIG";

/** The server that is shared, for tests that keep to namespaces and names of their own; without one it is a server of its own. */
export async function startApiServer(): Promise<ApiServer> {
  const given = process.env[sharedVariable];
  return given ? { kubeconfig: given, stop: async () => {} } : startOwnApiServer();
}

/** A server that nobody else uses, for tests that make a whole environment or change what holds in the whole cluster. */
export async function startOwnApiServer(): Promise<ApiServer> {
  const dir = mkdtempSync(join(tmpdir(), "moat-apiserver-"));
  const processes: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(processes.toReversed().map((child) => endProcess(child)));
    rmSync(dir, { recursive: true, force: true });
  };
  const start = (name: string, flags: string[]): ChildProcess => {
    const log = openSync(join(dir, `${name}.log`), "w");
    const child = spawn(program("kube"), [name, ...flags], { stdio: ["ignore", log, log] });
    processes.push(child);
    return child;
  };
  try {
    const [client, peer, secure] = await Promise.all([freePort(), freePort(), freePort()]);
    const kubeconfig = join(dir, "kubeconfig");
    start("etcd", etcdFlags(dir, client, peer));
    const token = randomBytes(16).toString("hex");
    const server = start("kube-apiserver", apiServerFlags(dir, client, secure, token));
    const certificate = await certificateOf(server, dir);
    writeFileSync(kubeconfig, kubeconfigFor(secure, certificate, token), { mode: 0o600 });
    await ready(server, dir, secure, certificate, token);
    start("kube-controller-manager", [
      `--kubeconfig=${kubeconfig}`,
      `--controllers=${controllers.join(",")}`,
      `--service-account-private-key-file=${join(dir, "sa.key")}`,
      "--leader-elect=false",
      "--secure-port=0",
    ]);
    return { kubeconfig, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const etcdFlags = (dir: string, client: number, peer: number): string[] => [
  `--data-dir=${join(dir, "etcd")}`,
  `--listen-client-urls=http://127.0.0.1:${client}`,
  `--advertise-client-urls=http://127.0.0.1:${client}`,
  `--listen-peer-urls=http://127.0.0.1:${peer}`,
  `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
  `--initial-cluster=default=http://127.0.0.1:${peer}`,
  "--unsafe-no-fsync",
];

function apiServerFlags(dir: string, etcd: number, port: number, token: string): string[] {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  mkdirSync(join(dir, "pki"));
  writeFileSync(join(dir, "sa.key"), privateKey.export({ type: "pkcs1", format: "pem" }), { mode: 0o600 });
  writeFileSync(join(dir, "sa.pub"), publicKey.export({ type: "spki", format: "pem" }));
  writeFileSync(join(dir, "tokens.csv"), `${token},admin,admin,system:masters\n`, { mode: 0o600 });
  return [
    `--etcd-servers=http://127.0.0.1:${etcd}`,
    `--secure-port=${port}`,
    "--bind-address=127.0.0.1",
    `--cert-dir=${join(dir, "pki")}`,
    `--token-auth-file=${join(dir, "tokens.csv")}`,
    "--authorization-mode=RBAC",
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${join(dir, "sa.pub")}`,
    `--service-account-signing-key-file=${join(dir, "sa.key")}`,
    "--service-cluster-ip-range=10.96.0.0/16",
    // As on clusters that people have; without it the server refuses what rules should.
    "--allow-privileged",
  ];
}

/** The server makes its own certificate at the start; being self-signed, it is its own authority. */
async function certificateOf(server: ChildProcess, dir: string): Promise<string> {
  return until(server, dir, async () => {
    const text = readFileSync(join(dir, "pki/apiserver.crt"), "utf8");
    return text.includes("END CERTIFICATE") ? text : undefined;
  });
}

async function ready(
  server: ChildProcess,
  dir: string,
  port: number,
  ca: string,
  token: string,
): Promise<void> {
  const { get } = await import("node:https");
  const status = (): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const options = { ca, headers: { authorization: `Bearer ${token}` } };
      get(`https://127.0.0.1:${port}/readyz`, options, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on("error", reject);
    });
  await until(server, dir, async () => ((await status()) === 200 ? true : undefined));
}

/** Asks until there is an answer; a server that has ended never gives one. */
async function until<T>(server: ChildProcess, dir: string, ask: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + startTimeout; Date.now() < end; await delay(100)) {
    if (server.exitCode !== null) {
      break;
    }
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined) {
      return answer;
    }
  }
  const log = readFileSync(join(dir, "kube-apiserver.log"), "utf8");
  throw new Error(`the API server for the tests did not start:\n${log.slice(-2000)}`);
}

const kubeconfigFor = (port: number, certificate: string, token: string): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "test",
    clusters: [
      {
        name: "test",
        cluster: {
          server: `https://127.0.0.1:${port}`,
          "certificate-authority-data": Buffer.from(certificate).toString("base64"),
        },
      },
    ],
    users: [{ name: "admin", user: { token } }],
    contexts: [{ name: "test", context: { cluster: "test", user: "admin" } }],
  });
