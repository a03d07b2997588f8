/** User data taken by the real cloud-init, and what it sets up held by the real kernel and systemd, in a machine of Debian's packages. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { addressPlan } from "../../../../components/cluster/openstack/addressPlan";
import { type Files, secretFiles } from "../../../../components/cluster/openstack/bootstrap";
import { bastionCloudInit, cloudInit } from "../../../../components/cluster/openstack/cloudInit";
import { nodesOf } from "../../../../components/cluster/openstack/nodes";
import { treeOf } from "../../../../toolchain/debianTree";
import { machine } from "../../../../toolchain/testTools";
import { temporaryFolder, writeFile } from "../../../support/kubeconfig";
import { clusterConfig } from "../../../support/openstackCluster";
import { testWith } from "../../../support/tools";

const support = resolve(__dirname, "../../../support/machine");
const shipped = resolve(__dirname, "../../../../components/cluster/openstack/files");
const folder = temporaryFolder();

const id = "3f2b8c1e-0d4a-4b57-9c43-1a2b3c4d5e6f";
const disk = `/dev/disk/by-id/virtio-${id.slice(0, 20)}`;

const pem = (kind: string): string => `-----BEGIN ${kind}-----\nAAAA\n-----END ${kind}-----\n`;
const ofAgent = secretFiles({
  role: "agent",
  name: "prod-agent-0",
  serverCa: pem("CERTIFICATE"),
  joinToken: "a".repeat(64),
});
const ofServer = secretFiles({
  role: "server",
  name: "prod-server-0",
  serverCa: pem("CERTIFICATE"),
  serverCaKey: pem("EC PRIVATE KEY"),
  clientCa: pem("CERTIFICATE"),
  clientCaKey: pem("EC PRIVATE KEY"),
  joinToken: "s".repeat(64),
  agentToken: "a".repeat(64),
  dataVolume: id,
  apiAddresses: ["203.0.113.10"],
  cloudConf: '[Global]\nauth-url="https://keystone.example.org"\n',
});

const config = clusterConfig();
const plan = addressPlan(config.cidr, { servers: 3, agents: 3 });
const userData = new Map(
  nodesOf("prod", config, plan).map((node) => [
    node.name,
    cloudInit({
      cluster: "prod",
      node,
      config,
      plan,
      secrets: node.role === "server" ? ofServer : ofAgent,
    }),
  ]),
);
const textOf = (name: string): string => userData.get(name) ?? "";

const inMachine = testWith("machine");

/** Runs a command in a machine that goes with it, with the files of the folder in /given. */
const runIn = (given: string, command: readonly string[], ...flags: readonly string[]) => {
  const script = [join(support, "run.sh"), treeOf(machine), given, ...command];
  return spawnSync("unshare", ["--mount", ...flags, "sh", ...script], { encoding: "utf8" });
};

inMachine.each([
  ["a server's", textOf("prod-server-0")],
  ["an agent's", textOf("prod-agent-2")],
  ["the bastion's", bastionCloudInit("prod-bastion")],
])("%s user data is valid to cloud-init", (_, text) => {
  const given = join(folder, "schema");
  mkdirSync(given, { recursive: true });
  writeFile(given, "user-data", text);
  const { stdout, stderr } = runIn(given, ["cloud-init", "schema", "--config-file", "/given/user-data"]);
  expect(stdout + stderr).toMatch(/^Valid /);
});

/** Stand-ins for what a machine would start, mount or download. Each writes down its call. */
const stubs: Readonly<Record<string, string>> = {
  systemctl: "",
  sysctl: "",
  mount: "",
  mountpoint: "exit 1",
  curl: `for last; do :; done
while [ "$1" != -o ]; do shift; done
case $last in
  *sha256sum*) for name in k3s k3s-arm64; do printf '%s  %s\\n' "$(printf 'binary\\n' | sha256sum | cut -d' ' -f1)" "$name"; done >"$2" ;;
  *) echo binary >"$2" ;;
esac`,
};

/** Boots a machine; its files are below the folder that is returned. */
function boot(name: string, files: Files = {}) {
  const room = join(folder, name);
  for (const [stub, body] of Object.entries(stubs)) {
    const path = join(room, "stubs", stub);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `#!/bin/sh\necho "${stub} $*" >>/calls\n${body}\n`);
    chmodSync(path, 0o755);
  }
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(room, "stubs.files", path)), { recursive: true });
    writeFileSync(join(room, "stubs.files", path), content, { mode: 0o600 });
  }
  const volume = join(room, "stubs.files", disk);
  if (existsSync(volume)) truncateSync(volume, 32 * 1024 * 1024);
  const data = writeFile(room, "user-data", textOf(name));
  const script = [join(support, "boot.sh"), treeOf(machine), data, join(room, "stubs"), join(room, "out")];
  const flags = ["--mount", "--net", "--uts", "--ipc", "--pid", "--fork"];
  const { status, stderr, stdout } = spawnSync("unshare", [...flags, "sh", ...script], { encoding: "utf8" });
  const read = (path: string): string => readFileSync(join(room, "out", path), "utf8");
  return { said: status === 0 ? "" : stdout + stderr, read, out: join(room, "out") };
}

/** The files that are left of them for as long as the machine stands, each for root alone. */
function expectSecrets({ out, read }: ReturnType<typeof boot>, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    expect(read(path)).toBe(content);
    expect(statSync(join(out, path)).mode & 0o777).toBe(0o600);
  }
}

const provider = `kubelet-arg+: ["provider-id=openstack:///${id}"]\n`;

inMachine("an agent boots: its name, its id, k3s and the wall", () => {
  const made = boot("prod-agent-0");
  const { said, read } = made;
  expect(said).toBe("");
  expectSecrets(made, ofAgent);
  expect(read("hostname")).toBe("prod-agent-0\n");
  expect(read("etc/rancher/k3s/config.yaml.d/40-instance.yaml")).toBe(provider);
  expect(read("usr/local/bin/k3s")).toBe("binary\n");
  expect(
    read("calls")
      .split("\n")
      .filter((c) => c.startsWith("systemctl")),
  ).toEqual([
    "systemctl daemon-reload",
    "systemctl enable --quiet moat-metadata-wall.service",
    "systemctl start --no-block moat-metadata-wall.service",
    "systemctl enable --quiet k3s.service",
    "systemctl start --no-block k3s.service",
  ]);
});

inMachine("a server boots: its data volume is formatted, keys and manifests are in their places", () => {
  const made = boot("prod-server-0", { [disk]: "" });
  const { said, read, out } = made;
  expect(said).toBe("");
  // Keys of authorities are moved to the data volume.
  const staying = Object.entries(ofServer).filter(([path]) => !path.startsWith("/etc/moat/tls/"));
  expectSecrets(made, Object.fromEntries(staying));
  expect(read("etc/rancher/k3s/config.yaml.d/40-instance.yaml")).toBe(provider);
  expect(read("etc/fstab")).toContain("LABEL=moat-data /var/lib/rancher/k3s ext4 defaults,noatime 0 2");
  const state = join(out, "var/lib/rancher/k3s/server");
  expect(readdirSync(join(state, "tls")).sort()).toEqual(
    expect.arrayContaining(["client-ca.crt", "client-ca.key", "server-ca.crt", "server-ca.key"]),
  );
  expect(statSync(join(state, "tls/server-ca.key")).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(state, "manifests"))).toEqual(
    expect.arrayContaining(["cinder-csi.yaml", "cloud-controller.yaml"]),
  );
  expect(read("calls")).toContain("systemctl start --no-block moat-rejoin.path");
  expect(existsSync(join(out, "etc/moat/tls"))).toBe(false);
});

describe("the wall before the metadata service", () => {
  const through = (wall: string): string[] => {
    const given = join(folder, "wall");
    mkdirSync(given, { recursive: true });
    cpSync(join(support, "wall.sh"), join(given, "wall.sh"));
    cpSync(join(shipped, "metadata-wall.nft"), join(given, "metadata-wall.nft"));
    const { stdout, stderr } = runIn(given, ["sh", "/given/wall.sh", wall], "--net");
    return (stdout + stderr).trim().split("\n");
  };

  inMachine("keeps pods and the machine's other users off it, and lets root pass", () => {
    expect(through("/given/metadata-wall.nft")).toEqual([
      "pod is kept off",
      "user is kept off",
      "root passes",
    ]);
  });

  inMachine("is what does so: without it all pass", () => {
    expect(through("/dev/null")).toEqual(["pod passes", "user passes", "root passes"]);
  });
});

inMachine("systemd understands every unit", () => {
  const names = readdirSync(shipped).filter((name) => /\.(service|path)$/.test(name));
  const units = names.map((name) => `/given/${name}`);
  const { stderr } = runIn(shipped, ["systemd-analyze", "verify", "--man=no", ...units]);
  // Programs of the machine are not here.
  const found = stderr.split("\n").filter((line) => /^[\w-]+\.(service|path):|^\/.*:\d+:/.test(line));
  expect(found.filter((line) => !/is not executable: No such file/.test(line))).toEqual([]);
});
