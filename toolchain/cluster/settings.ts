/** Facts of the embedded cluster: one node in a network namespace of its own. */
import { join } from "node:path";
import { cache } from "../paths";

export const network = {
  namespace: "moat",
  /** The pair of links between host and node, a network of two addresses. */
  hostLink: "moat0",
  host: "10.200.0.1",
  node: "10.200.0.2",
  prefix: 30,
  pods: "10.244.0.0/24",
  services: "10.96.0.0/16",
  dns: "10.96.0.10",
} as const;

export const nodeName = "moat";
export const storageClass = { name: "local", provisioner: "moat.dev/local" } as const;
export const pauseImage = "moat.local/pause:1";

const inCluster = (path: string): string => join(cache.cluster, path);

/** What is kept on disk. Images outlive `make down`, everything else does not. */
export const folders = {
  containerd: inCluster("containerd"),
  etcd: inCluster("etcd"),
  pki: inCluster("pki"),
  etc: inCluster("etc"),
  cniPlugins: inCluster("cni"),
  kubelet: inCluster("kubelet"),
  volumes: inCluster("volumes"),
  logs: inCluster("logs"),
} as const;

/** What ends with the machine: sockets, process records. */
const runRoot = "/run/moat";

export const run = {
  root: runRoot,
  owner: join(runRoot, "owner.json"),
  processes: join(runRoot, "processes"),
  containerd: join(runRoot, "containerd"),
  containerdSocket: join(runRoot, "containerd.sock"),
  netpolSocket: join(runRoot, "netpol.sock"),
  addresses: join(runRoot, "addresses"),
  netns: `/run/netns/${network.namespace}`,
} as const;

/** Which images are in containerd, and of which build. It lies beside them and goes with them. */
export const importedImages = join(folders.containerd, "moat-images.json");

export const adminKubeconfig = join(folders.etc, "super-admin.conf");
/** All pods' cgroups are below this one, so that they are told from those of another kubelet. */
export const cgroup = "moat";
