/** The embedded one-node Kubernetes: brings it up from whatever an earlier run left, and takes it down for sure. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ToolError } from "../errors";
import { program, root } from "../paths";
import { must, run as shell, waitFor } from "../shell";
import { cleanUp } from "./cleanup";
import * as configs from "./configs";
import { bootstrapManifest } from "./manifests";
import { makeCgroups, makeNetwork, networkIsWhole } from "./network";
import { readOwner, takeOwnership } from "./owner";
import { Processes } from "./processes";
import { apiServer, clients, containerd, etcd, extraUsers } from "./programs";
import { adminKubeconfig, folders, nodeName, run } from "./settings";

export const processes = new Processes(run.processes, folders.logs);

const kubectl = (...args: string[]) =>
  shell(program("kubectl"), [`--kubeconfig=${adminKubeconfig}`, ...args]);

/** A question that is asked again must not wait for an answer that never comes. */
const brief = "--request-timeout=5s";

/** Starts the container runtime; images can be imported when this returns. */
export async function startRuntime(): Promise<void> {
  await claimMachine();
  await makeNetwork();
  makeCgroups();
  await writeConfigs();
  const fresh = await processes.start(containerd());
  await waitFor("answer of containerd", 30, async () => {
    processes.mustRun("containerd");
    return (await shell("ctr", ["-a", run.containerdSocket, "version"])).code === 0;
  });
  // Containers of an earlier containerd are only entries by now; new ones are made for every pod.
  if (fresh && !existsSync(folders.etcd)) await forgetContainers();
}

/** Starts Kubernetes; the node is ready when this returns. The pause image must be there. */
export async function startKubernetes(): Promise<void> {
  await processes.start(etcd());
  await processes.start(apiServer());
  await waitFor(
    "ready API server",
    120,
    async () => {
      processes.mustRun("etcd");
      processes.mustRun("kube-apiserver");
      return (await kubectl("get", "--raw", "/readyz", brief)).code === 0;
    },
    `look into ${processes.logOf("kube-apiserver")}`,
  );
  await must(
    program("kubectl"),
    [`--kubeconfig=${adminKubeconfig}`, "apply", "--server-side", "--force-conflicts", "-f", "-"],
    {
      input: bootstrapManifest(),
    },
  );
  for (const client of clients()) await processes.start(client);
  await waitFor(
    "ready node",
    90,
    async () => {
      for (const { name } of clients()) processes.mustRun(name);
      return (
        (await kubectl("wait", "--for=condition=Ready", `node/${nodeName}`, "--timeout=1s", brief)).code === 0
      );
    },
    `look into ${processes.logOf("kubelet")}`,
  );
}

export async function waitForNames(): Promise<void> {
  const answer = await kubectl(
    "-n",
    "kube-system",
    "rollout",
    "status",
    "deployment/coredns",
    "--timeout=90s",
  );
  if (answer.code !== 0)
    throw new ToolError("CoreDNS is not ready", `make status; its pods are in kube-system\n${answer.stderr}`);
}

/** True when every program of the node runs. */
export const isRunning = (): boolean =>
  ["containerd", "etcd", "kube-apiserver", ...clients().map((c) => c.name)].every((name) =>
    processes.alive(name),
  );

/** There is one embedded cluster on a machine. Leftovers without life are cleared; another checkout's cluster is not. */
async function claimMachine(): Promise<void> {
  const owner = readOwner();
  const foreign = owner !== undefined && owner.checkout !== root;
  if (foreign && processes.alive("kube-apiserver") && existsSync(owner.checkout)) {
    throw new ToolError(
      `the embedded cluster of this machine belongs to ${owner.checkout}`,
      "run `make down` there first, or use a cluster of your own: make up KUBECONFIG=…",
    );
  }
  // Programs that are left without the others, their records or their network are of no use to a new node.
  const sound =
    owner !== undefined &&
    ["containerd", "kubelet"].every((name) => processes.alive(name)) &&
    (await networkIsWhole());
  if (foreign || !sound) await cleanUp({ data: foreign });
  takeOwnership();
}

async function writeConfigs(): Promise<void> {
  for (const folder of [
    folders.etc,
    folders.logs,
    folders.volumes,
    folders.cniPlugins,
    join(folders.etc, "cni"),
  ]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
  const files: Record<string, string> = {
    "kubeadm.yaml": configs.kubeadmConfig(),
    "containerd.toml": configs.containerdConfig(),
    "cni/10-moat.conflist": configs.cniConfig(),
    "kubelet.json": configs.kubeletConfig(),
    "kube-proxy.json": configs.proxyConfig(),
    "resolv.conf": "# Pods resolve names of the cluster only.\n",
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folders.etc, name), content);
  const encryption = join(folders.etc, "encryption.json");
  if (!existsSync(encryption)) {
    writeFileSync(encryption, configs.encryptionConfig(randomBytes(32).toString("base64")), { mode: 0o600 });
  }
  for (const plugin of ["ptp", "host-local", "loopback"]) link(`/usr/lib/cni/${plugin}`, plugin);
  link(program("netgate"), "netgate");
  if (!certificatesAreWhole()) await makeCertificates();
}

function link(target: string, name: string): void {
  const path = join(folders.cniPlugins, name);
  rmSync(path, { force: true });
  symlinkSync(target, path);
}

const certificatesDone = join(folders.etc, "certificates-done");

const certificatesAreWhole = (): boolean => existsSync(certificatesDone) && existsSync(adminKubeconfig);

async function makeCertificates(): Promise<void> {
  // Half a set is of no use, and data of a cluster with other certificates neither.
  rmSync(folders.pki, { recursive: true, force: true });
  rmSync(folders.etcd, { recursive: true, force: true });
  const config = join(folders.etc, "kubeadm.yaml");
  const kubeadm = program("kubeadm");
  await must(kubeadm, ["init", "phase", "certs", "all", "--config", config]);
  const users = extraUsers.map(async ([user, file]) => {
    const content = await must(kubeadm, ["kubeconfig", "user", "--config", config, "--client-name", user]);
    writeFileSync(join(folders.etc, file), content, { mode: 0o600 });
  });
  await Promise.all([
    must(kubeadm, [
      "init",
      "phase",
      "kubeconfig",
      "all",
      "--config",
      config,
      "--kubeconfig-dir",
      folders.etc,
    ]),
    ...users,
  ]);
  writeFileSync(certificatesDone, "");
}

async function forgetContainers(): Promise<void> {
  const ctr = (...args: string[]) => shell("ctr", ["-a", run.containerdSocket, "-n", "k8s.io", ...args]);
  const ids = (await ctr("containers", "ls", "-q")).stdout.split("\n").filter((id) => id !== "");
  if (ids.length === 0) return;
  await ctr("tasks", "rm", "-f", ...ids);
  await ctr("containers", "rm", ...ids);
}

export const readAdminKubeconfig = (): string => readFileSync(adminKubeconfig, "utf8");
