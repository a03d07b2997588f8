import { parse } from "yaml";
import { clusterPackages, missingPackages } from "../debianPackages";
import { decide, type Situation } from "./choice";
import { mountsBelow } from "./cleanup";
import { cniConfig, encryptionConfig, kubeadmConfig, kubeletConfig } from "./configs";
import { kindConfig } from "./kind";
import { bootstrapManifest } from "./manifests";
import { cgroupFolders, handDown } from "./network";
import { digestOf, startedFrom } from "./processes";
import { clients, stopOrder } from "./programs";

describe("which cluster", () => {
  const none: Situation = { kubeconfig: undefined, earlier: undefined, internet: false, docker: false };

  test.each<[string, Partial<Situation>, string]>([
    ["the user's word comes first", { kubeconfig: "/k", internet: true, docker: true }, "existing"],
    ["what was chosen stays", { earlier: { kind: "embedded" }, internet: true, docker: true }, "embedded"],
    ["kind with Docker and internet", { internet: true, docker: true }, "kind"],
    ["not without an engine", { internet: true }, "embedded"],
    ["not without internet", { docker: true }, "embedded"],
  ])("%s", (_, change, kind) => {
    expect(decide({ ...none, ...change }).kind).toBe(kind);
  });

  test("two clusters for one environment are refused", () => {
    const situation: Situation = { ...none, kubeconfig: "/k", earlier: { kind: "embedded" } };
    expect(() => decide(situation)).toThrow(/up on another cluster[\s\S]*make down/);
    expect(decide({ ...situation, earlier: { kind: "existing", kubeconfig: "/k" } }).kind).toBe("existing");
  });
});

describe("processes", () => {
  test("the start time is the 22nd field, also with brackets in the name", () => {
    const fields = Array.from({ length: 50 }, (_, i) => String(i + 3));
    expect(startedFrom(`17 (a) (b c)) ${fields.join(" ")}`)).toBe("22");
  });

  test("another argument is another program", () => {
    const digest = (arg: string): string => digestOf({ name: "p", command: "c", args: [arg] });
    expect(digest("a")).toBe(digest("a"));
    expect(digest("a")).not.toBe(digest("b"));
  });

  test("every program is stopped", () => {
    expect(stopOrder).toEqual(expect.arrayContaining(clients().map((c) => c.name)));
  });
});

describe("leftovers", () => {
  test("mounts below our folders, the deepest first", () => {
    const mounts = `proc /proc proc rw
tmpfs /cache/x/a tmpfs rw
tmpfs /cache/x/a/b tmpfs rw
tmpfs /cache/xy tmpfs rw
tmpfs /cache/x/with\\040space tmpfs rw`;
    expect(mountsBelow(mounts, ["/cache/x"])).toEqual(["/cache/x/with space", "/cache/x/a/b", "/cache/x/a"]);
  });

  test("cgroups of both versions", () => {
    const first =
      "cgroup /sys/fs/cgroup/cpu cgroup rw\ncgroup2 /sys/fs/cgroup/unified cgroup2 rw\ntmpfs /sys/fs/cgroup tmpfs rw";
    expect(cgroupFolders(first)).toEqual(["/sys/fs/cgroup/cpu/moat", "/sys/fs/cgroup/unified/moat"]);
    expect(cgroupFolders("cgroup2 /sys/fs/cgroup cgroup2 rw")).toEqual(["/sys/fs/cgroup/moat"]);
  });

  test("only controllers that are there are handed down", () => {
    expect(handDown("cpuset cpu io memory hugetlb pids rdma\n")).toBe("+cpuset +cpu +io +memory +pids");
    expect(handDown("\n")).toBe("");
  });
});

describe("files", () => {
  test("kubeadm's are two documents", () => {
    const kinds = kubeadmConfig()
      .split("---")
      .map((document) => parse(document).kind);
    expect(kinds).toEqual(["InitConfiguration", "ClusterConfiguration"]);
  });

  test("secrets are encrypted, and what was not is still read", () => {
    const [resource] = JSON.parse(encryptionConfig("key")).resources;
    expect(resource.resources).toEqual(["secrets"]);
    expect(resource.providers.map((p: object) => Object.keys(p)[0])).toEqual(["secretbox", "identity"]);
  });

  test("pods wait at the gate last", () => {
    expect(JSON.parse(cniConfig()).plugins.map((p: { type: string }) => p.type)).toEqual(["ptp", "netgate"]);
  });

  test("the kubelet takes no anonymous requests", () => {
    expect(JSON.parse(kubeletConfig()).authentication.anonymous.enabled).toBe(false);
  });

  test("the first objects hold one default storage class and CoreDNS", () => {
    const items: { kind: string; metadata: { name: string } }[] = JSON.parse(bootstrapManifest()).items;
    expect(items.filter((i) => i.kind === "StorageClass")).toHaveLength(1);
    expect(items.find((i) => i.kind === "Deployment")?.metadata.name).toBe("coredns");
  });

  test("kind publishes the edge on loopback only", () => {
    const [node] = JSON.parse(kindConfig([{ local: 8443, node: 30443 }])).nodes;
    expect(node.extraPortMappings).toEqual([
      { containerPort: 30443, hostPort: 8443, listenAddress: "127.0.0.1" },
    ]);
  });
});

test("only Debian packages whose files are missing are installed", () => {
  const missing = (exists: (path: string) => boolean, pip: boolean) =>
    missingPackages(clusterPackages, exists, pip);
  expect(missing(() => false, false)).toEqual(clusterPackages);
  expect(missing((path) => path !== "/usr/lib/cni/ptp", true)).toEqual(["containernetworking-plugins"]);
  expect(missing(() => true, false)).toEqual([]);
});
