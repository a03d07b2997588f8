/** The shell programs of a machine, run here below a folder, with stand-ins for the tools that touch a real one. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { temporaryFolder } from "../../../support/kubeconfig";

const sources = resolve(__dirname, "../../../../components/cluster/openstack/files");
const folder = temporaryFolder();

/** A machine: its files below a root, and stand-ins for programs, of which each writes down its call. */
class Machine {
  readonly root = mkdtempSync(join(folder, "machine-"));

  constructor(stubs: Readonly<Record<string, string>>) {
    for (const [name, body] of Object.entries(stubs))
      this.program(`/bin/${name}`, `echo "${name} $*" >>"${this.root}/calls"\n${body}`);
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), content);
  }

  program(path: string, body: string): void {
    this.write(path, `#!/bin/sh\n${body}\n`);
    chmodSync(join(this.root, path), 0o755);
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), "utf8");
  }

  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  get calls(): string[] {
    return this.has("calls") ? this.read("calls").trimEnd().split("\n") : [];
  }

  /** Runs one of the machine's own programs, with every absolute path in it moved below the root. */
  run(name: string) {
    const text = readFileSync(join(sources, `${name}.sh`), "utf8");
    const moved = text.replace(/(?<![\w.}])\/(etc|usr\/local|var|dev\/disk)\b/g, `${this.root}/$1`);
    const { status, stderr } = spawnSync("sh", ["-s"], {
      input: moved,
      encoding: "utf8",
      env: { PATH: `${this.root}/bin:${process.env.PATH}`, ROOT: this.root },
    });
    return { status, stderr };
  }
}

describe("join", () => {
  const choice = "/etc/rancher/k3s/config.yaml.d/20-join.yaml";
  const members = "/var/lib/rancher/k3s/server/db/etcd/member/wal";

  /** A node with its peers, of whom some answer. */
  function node(role: string, { founder = false, answering = [] as string[], data = false } = {}): Machine {
    const machine = new Machine({
      curl: `case "$*" in ${answering.map((a) => `*//${a}:6443/ping) echo pong ;;`).join(" ")} *) exit 7 ;; esac`,
      // Whoever waits for ever is stopped here.
      sleep: `[ "$(grep -c ^sleep "$ROOT/calls")" -lt 20 ] || kill -TERM $PPID`,
    });
    machine.write(
      "/etc/moat/node.env",
      `ROLE=${role}\nPEERS="10.0.0.17 10.0.0.18"\nFOUNDER=${founder ? "yes" : "no"}\nFOUND_AFTER=4\n`,
    );
    machine.write("/etc/moat/bootstrap.env", `CA_HASH=hash\nJOIN_AS=${role}\nJOIN_TOKEN=secret\n`);
    machine.write(`${dirname(choice)}/.keep`, "");
    if (data) machine.write(members, "");
    return machine;
  }

  const joins = (peer: string, role = "server") =>
    `server: "https://${peer}:6443"\ntoken: "K10hash::${role}:secret"\n`;
  const founds = 'cluster-init: true\ntoken: "secret"\n';

  test("the first server of a new cluster founds it, after asking the others four times", () => {
    const machine = node("server", { founder: true });
    expect(machine.run("join")).toEqual({ status: 0, stderr: "" });
    expect(machine.read(choice)).toBe(founds);
    expect(machine.calls.filter((c) => c.startsWith("curl"))).toHaveLength(8);
  });

  test("the first server joins where the cluster is there already: it was replaced", () => {
    const machine = node("server", { founder: true, answering: ["10.0.0.18"] });
    expect(machine.run("join").status).toBe(0);
    expect(machine.read(choice)).toBe(joins("10.0.0.18"));
  });

  test("an agent joins as a node, by a token that names the authority", () => {
    const machine = node("agent", { answering: ["10.0.0.17"] });
    expect(machine.run("join").status).toBe(0);
    expect(machine.read(choice)).toBe(joins("10.0.0.17", "agent"));
  });

  test.each(["server", "agent"])("another %s founds nothing, however long nobody answers", (role) => {
    const machine = node(role);
    expect(machine.run("join").status).not.toBe(0);
    expect(machine.has(choice)).toBe(false);
  });

  test("a server with data goes on as it was when all start at once", () => {
    const machine = node("server", { data: true });
    machine.write(choice, joins("10.0.0.17"));
    expect(machine.run("join").status).toBe(0);
    expect(machine.read(choice)).toBe(joins("10.0.0.17"));
    expect(machine.calls.filter((c) => c.startsWith("sleep"))).toEqual([]);
  });

  test("peers are asked over TLS, with the cluster's authority", () => {
    const machine = node("agent", { answering: ["10.0.0.17"] });
    machine.run("join");
    expect(machine.calls[0]).toContain(`--cacert ${machine.root}/etc/moat/server-ca.crt`);
  });
});

describe("data-volume", () => {
  const volume = "3f2b8c1e-0d4a-4b57-9c43-1a2b3c4d5e6f";
  const disk = "/dev/disk/by-id/virtio-3f2b8c1e-0d4a-4b57-9";

  function server(blkid: number, attached = true): Machine {
    const machine = new Machine({
      blkid: `exit ${blkid}`,
      "mkfs.ext4": "",
      mount: "",
      mountpoint: "exit 1",
      sleep: "",
    });
    machine.write("/etc/moat/bootstrap.env", `DATA_VOLUME=${volume}\n`);
    machine.write("/etc/fstab", "");
    machine.write("/dev/disk/by-id/virtio-another", "");
    if (attached) symlinkSync("virtio-another", join(machine.root, disk));
    return machine;
  }

  test("formats an empty volume, once, and mounts it", () => {
    const machine = server(2);
    expect(machine.run("data-volume")).toEqual({ status: 0, stderr: "" });
    machine.run("data-volume");
    expect(machine.calls).toContain(`mkfs.ext4 -q -L moat-data ${machine.root}${disk}`);
    expect(machine.read("/etc/fstab").match(/LABEL=moat-data/g)).toHaveLength(1);
    expect(machine.calls).toContain(`mount ${machine.root}/var/lib/rancher/k3s`);
  });

  test("never formats one that holds something", () => {
    const machine = server(0);
    expect(machine.run("data-volume").status).toBe(0);
    expect(machine.calls.filter((c) => c.startsWith("mkfs"))).toEqual([]);
  });

  test("never formats one that it cannot read", () => {
    const machine = server(4);
    expect(machine.run("data-volume")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("blkid ended with 4"),
    });
    expect(machine.calls.filter((c) => c.startsWith("mkfs"))).toEqual([]);
  });

  test("takes no other disk for it", () => {
    const machine = server(2, false);
    expect(machine.run("data-volume")).toMatchObject({ status: 1, stderr: expect.stringContaining(volume) });
    expect(machine.calls.filter((c) => c.startsWith("mkfs"))).toEqual([]);
  });
});

describe("install-k3s", () => {
  const binary = "#!/bin/sh\necho k3s version v1.34.4+k3s1 \\(abc\\)\n";
  const sum = createHash("sha256").update(binary).digest("hex");

  function machine(sums: string): Machine {
    const made = new Machine({
      uname: "echo x86_64",
      curl: 'for last; do :; done; while [ "$1" != -o ]; do shift; done; cp "$ROOT/release/$(basename "$last")" "$2"',
    });
    made.write(
      "/etc/moat/node.env",
      "K3S_VERSION=v1.34.4+k3s1\nK3S_RELEASES=https://mirror.example.org/k3s\n",
    );
    made.write("/usr/local/bin/.keep", "");
    made.write("/release/k3s", binary);
    made.write("/release/sha256sum-amd64.txt", `0000  k3s-airgap-images-amd64.tar\n${sums}  k3s\n`);
    return made;
  }

  test("takes the binary that its release tells the sum of, and not twice", () => {
    const made = machine(sum);
    expect(made.run("install-k3s")).toEqual({ status: 0, stderr: "" });
    expect(made.read("/usr/local/bin/k3s")).toBe(binary);
    expect(made.calls.filter((c) => c.startsWith("curl"))[0]).toMatch(
      /https:\/\/mirror\.example\.org\/k3s\/v1\.34\.4%2Bk3s1\/k3s$/,
    );
    const before = made.calls.length;
    expect(made.run("install-k3s").status).toBe(0);
    expect(made.calls.slice(before)).toEqual(["uname -m"]);
  });

  test("takes no other", () => {
    const made = machine("1".repeat(64));
    expect(made.run("install-k3s")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("is not what sha256sum-amd64.txt"),
    });
    expect(made.has("/usr/local/bin/k3s")).toBe(false);
  });
});

describe("first-boot", () => {
  function machine(role: string): Machine {
    const made = new Machine({ sysctl: "", systemctl: "", "cloud-init": "echo machine-id" });
    made.write("/etc/moat/node.env", `ROLE=${role}\n`);
    if (role === "server") made.write("/etc/moat/tls/server-ca.key", "key\n");
    made.write("/etc/moat/manifests/cinder-csi.yaml", "new");
    for (const program of ["data-volume", "install-k3s"])
      made.program(`/usr/local/lib/moat/${program}`, `echo ${program} >>"$ROOT/calls"`);
    return made;
  }

  test("makes a server: data volume, keys and manifests in their places, k3s, units", () => {
    const made = machine("server");
    expect(made.run("first-boot")).toEqual({ status: 0, stderr: "" });
    expect(made.has("/etc/moat/tls")).toBe(false);
    expect(made.read("/var/lib/rancher/k3s/server/tls/server-ca.key")).toBe("key\n");
    expect(made.read("/var/lib/rancher/k3s/server/manifests/cinder-csi.yaml")).toBe("new");
    expect(made.read("/etc/rancher/k3s/config.yaml.d/40-instance.yaml")).toBe(
      'kubelet-arg+: ["provider-id=openstack:///machine-id"]\n',
    );
    const order = [
      "data-volume",
      "install-k3s",
      "systemctl enable --quiet k3s.service",
      "systemctl start --no-block moat-rejoin.path",
    ];
    expect(made.calls.filter((c) => order.includes(c))).toEqual(order);
  });

  test("keeps the keys of a volume that has some", () => {
    const made = machine("server");
    made.write("/var/lib/rancher/k3s/server/tls/server-ca.key", "older");
    made.write("/var/lib/rancher/k3s/server/manifests/cinder-csi.yaml", "older");
    expect(made.run("first-boot").status).toBe(0);
    expect(made.read("/var/lib/rancher/k3s/server/tls/server-ca.key")).toBe("older");
    expect(made.read("/var/lib/rancher/k3s/server/manifests/cinder-csi.yaml")).toBe("new");
  });

  test("may be run again", () => {
    const made = machine("server");
    made.run("first-boot");
    expect(made.run("first-boot")).toEqual({ status: 0, stderr: "" });
    expect(made.read("/var/lib/rancher/k3s/server/tls/server-ca.key")).toBe("key\n");
  });

  test("makes an agent, which has neither", () => {
    const made = machine("agent");
    expect(made.run("first-boot")).toEqual({ status: 0, stderr: "" });
    expect(made.calls).not.toContain("data-volume");
    expect(made.calls).toContain("systemctl start --no-block k3s.service");
    expect(made.has("/var/lib/rancher")).toBe(false);
  });
});
