/** The files that the programs of the node read, from the settings alone. */
import { join } from "node:path";
import { versions } from "../../versions";
import { cgroup, folders, network, nodeName, pauseImage, run } from "./settings";

/** For kubeadm, which makes certificates and kubeconfigs. Elliptic curves: the keys are there at once. */
export const kubeadmConfig = (): string =>
  [
    {
      apiVersion: "kubeadm.k8s.io/v1beta4",
      kind: "InitConfiguration",
      localAPIEndpoint: { advertiseAddress: network.node, bindPort: 6443 },
      nodeRegistration: { name: nodeName, criSocket: `unix://${run.containerdSocket}` },
    },
    {
      apiVersion: "kubeadm.k8s.io/v1beta4",
      kind: "ClusterConfiguration",
      clusterName: "moat",
      kubernetesVersion: `v${versions.kubernetes}`,
      certificatesDir: folders.pki,
      controlPlaneEndpoint: `${network.node}:6443`,
      encryptionAlgorithm: "ECDSA-P256",
      networking: { serviceSubnet: network.services, podSubnet: network.pods, dnsDomain: "cluster.local" },
      apiServer: { certSANs: ["localhost", "127.0.0.1", network.host] },
    },
  ]
    .map((document) => JSON.stringify(document))
    .join("\n---\n");

/** Secrets are encrypted in etcd with a key of this cluster; what is not (from an earlier key) is still read. */
export const encryptionConfig = (key: string): string =>
  JSON.stringify({
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "EncryptionConfiguration",
    resources: [
      {
        resources: ["secrets"],
        providers: [{ secretbox: { keys: [{ name: "first", secret: key }] } }, { identity: {} }],
      },
    ],
  });

const unusedSnapshotters = ["btrfs", "zfs", "aufs", "devmapper"].map(
  (name) => `"io.containerd.snapshotter.v1.${name}"`,
);

/** `restrict_oom_score_adj`: root may lack the right to lower it. */
export const containerdConfig = (): string => `version = 2
root = "${folders.containerd}"
state = "${run.containerd}"
oom_score = 0
disabled_plugins = [${unusedSnapshotters.join(", ")}, "io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing"]
[grpc]
  address = "${run.containerdSocket}"
[plugins."io.containerd.internal.v1.opt"]
  path = "${join(folders.containerd, "opt")}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  disable_apparmor = true
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  enable_unprivileged_ports = true
  enable_unprivileged_icmp = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${folders.cniPlugins}"
    conf_dir = "${join(folders.etc, "cni")}"
`;

/** A link for each pod and an address from the node's range; then netgate waits until the pod's rules are in place. */
export const cniConfig = (): string =>
  JSON.stringify({
    cniVersion: "1.0.0",
    name: "moat",
    plugins: [
      {
        type: "ptp",
        mtu: 1500,
        ipam: {
          type: "host-local",
          dataDir: run.addresses,
          ranges: [[{ subnet: network.pods }]],
          routes: [{ dst: "0.0.0.0/0" }],
        },
      },
      { type: "netgate", socket: run.netpolSocket },
    ],
  });

export const kubeletConfig = (): string =>
  JSON.stringify({
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: join(folders.pki, "ca.crt") },
    },
    authorization: { mode: "Webhook" },
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${cgroup}`,
    failCgroupV1: false,
    failSwapOn: false,
    makeIPTablesUtilChains: false,
    containerRuntimeEndpoint: `unix://${run.containerdSocket}`,
    clusterDNS: [network.dns],
    clusterDomain: "cluster.local",
    resolvConf: join(folders.etc, "resolv.conf"),
    // Images are built here and cannot be pulled again, so none is ever collected.
    imageGCHighThresholdPercent: 100,
    evictionHard: {
      "memory.available": "100Mi",
      "nodefs.available": "1%",
      "imagefs.available": "1%",
      "nodefs.inodesFree": "1%",
    },
    podLogsDir: join(folders.logs, "pods"),
    serializeImagePulls: false,
    // How soon pods see a changed secret, so Prometheus a new monitor. The default of a minute suits nodes with a hundred pods.
    syncFrequency: "10s",
    oomScoreAdj: 0,
  });

/** No limits of its own for connection tracking: those are the host's to set. */
export const proxyConfig = (): string =>
  JSON.stringify({
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "nftables",
    clusterCIDR: network.pods,
    hostnameOverride: nodeName,
    oomScoreAdj: 0,
    clientConnection: { kubeconfig: join(folders.etc, "kube-proxy.conf") },
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
  });
