/** The programs of the node with their flags. */
import { join } from "node:path";
import { program } from "../paths";
import { inNode } from "./network";
import type { Program } from "./processes";
import { folders, network, nodeName, run, storageClass } from "./settings";

const pki = (file: string): string => join(folders.pki, file);
const etc = (file: string): string => join(folders.etc, file);

const flags = (values: Readonly<Record<string, string | number | boolean>>): string[] =>
  Object.entries(values).map(([name, value]) => `--${name}=${value}`);

/** A program that runs in the node's network. */
const node = (name: string, command: string, args: readonly string[]): Program => {
  const [enter, rest] = inNode(command, args);
  return { name, command: enter, args: rest };
};

/** A program of the toolchain. */
const own = (name: string, values: Readonly<Record<string, string | number | boolean>>): Program =>
  node(name, program(name), flags(values));

/** A program whose flags stand in a file. */
const configured = (name: string, file: string, values: Readonly<Record<string, string>> = {}): Program => ({
  ...own(name, { config: etc(file), ...values }),
  reads: [etc(file)],
});

export const containerd = (): Program => node("containerd", "containerd", ["-c", etc("containerd.toml")]);

/** Data survives the end of any process; only a power cut may lose the last moments, which suits a development cluster. */
export const etcd = (): Program =>
  own("etcd", {
    name: nodeName,
    "data-dir": folders.etcd,
    "listen-client-urls": "https://127.0.0.1:2379",
    "advertise-client-urls": "https://127.0.0.1:2379",
    "listen-peer-urls": "https://127.0.0.1:2380",
    "initial-advertise-peer-urls": "https://127.0.0.1:2380",
    "initial-cluster": `${nodeName}=https://127.0.0.1:2380`,
    "cert-file": pki("etcd/server.crt"),
    "key-file": pki("etcd/server.key"),
    "client-cert-auth": true,
    "trusted-ca-file": pki("etcd/ca.crt"),
    "peer-cert-file": pki("etcd/peer.crt"),
    "peer-key-file": pki("etcd/peer.key"),
    "peer-client-cert-auth": true,
    "peer-trusted-ca-file": pki("etcd/ca.crt"),
    "unsafe-no-fsync": true,
    "log-level": "warn",
  });

export const apiServer = (): Program =>
  own("kube-apiserver", {
    "advertise-address": network.node,
    "secure-port": 6443,
    "allow-privileged": true,
    "authorization-mode": "Node,RBAC",
    "enable-admission-plugins": "NodeRestriction",
    "service-cluster-ip-range": network.services,
    "encryption-provider-config": etc("encryption.json"),
    "etcd-servers": "https://127.0.0.1:2379",
    "etcd-cafile": pki("etcd/ca.crt"),
    "etcd-certfile": pki("apiserver-etcd-client.crt"),
    "etcd-keyfile": pki("apiserver-etcd-client.key"),
    "client-ca-file": pki("ca.crt"),
    "tls-cert-file": pki("apiserver.crt"),
    "tls-private-key-file": pki("apiserver.key"),
    "kubelet-client-certificate": pki("apiserver-kubelet-client.crt"),
    "kubelet-client-key": pki("apiserver-kubelet-client.key"),
    "kubelet-preferred-address-types": "InternalIP",
    "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
    "service-account-key-file": pki("sa.pub"),
    "service-account-signing-key-file": pki("sa.key"),
    "proxy-client-cert-file": pki("front-proxy-client.crt"),
    "proxy-client-key-file": pki("front-proxy-client.key"),
    "requestheader-client-ca-file": pki("front-proxy-ca.crt"),
    "requestheader-allowed-names": "front-proxy-client",
    "requestheader-extra-headers-prefix": "X-Remote-Extra-",
    "requestheader-group-headers": "X-Remote-Group",
    "requestheader-username-headers": "X-Remote-User",
    profiling: false,
  });

/** What needs the API server: each of them tries again until it answers. */
export const clients = (): Program[] => [
  own("kube-controller-manager", {
    ...kubeconfigs("controller-manager.conf"),
    "bind-address": "127.0.0.1",
    "leader-elect": false,
    "use-service-account-credentials": true,
    "client-ca-file": pki("ca.crt"),
    "root-ca-file": pki("ca.crt"),
    "requestheader-client-ca-file": pki("front-proxy-ca.crt"),
    "cluster-signing-cert-file": pki("ca.crt"),
    "cluster-signing-key-file": pki("ca.key"),
    "service-account-private-key-file": pki("sa.key"),
    // A quota on a kind that is defined later counts only from the next look at all quotas; by default that is 5 minutes.
    "resource-quota-sync-period": "10s",
    profiling: false,
  }),
  own("kube-scheduler", {
    ...kubeconfigs("scheduler.conf"),
    "bind-address": "127.0.0.1",
    "leader-elect": false,
    profiling: false,
  }),
  own("netpol", { kubeconfig: etc("netpol.conf"), "pod-cidr": network.pods, socket: run.netpolSocket }),
  own("volumes", {
    kubeconfig: etc("volumes.conf"),
    provisioner: storageClass.provisioner,
    node: nodeName,
    dir: folders.volumes,
  }),
  configured("kube-proxy", "kube-proxy.json"),
  configured("kubelet", "kubelet.json", {
    kubeconfig: etc("kubelet.conf"),
    "root-dir": folders.kubelet,
    "hostname-override": nodeName,
    "node-ip": network.node,
  }),
];

const kubeconfigs = (file: string): Record<string, string> => ({
  kubeconfig: etc(file),
  "authentication-kubeconfig": etc(file),
  "authorization-kubeconfig": etc(file),
});

/** Users besides kubeadm's own that get a kubeconfig: user name and file. */
export const extraUsers = [
  ["system:kube-proxy", "kube-proxy.conf"],
  ["moat:netpol", "netpol.conf"],
  ["moat:volumes", "volumes.conf"],
] as const;

/** The order in which programs are stopped: first those that start others. */
export const stopOrder = [
  "forward",
  "kubelet",
  "kube-proxy",
  "volumes",
  "netpol",
  "kube-scheduler",
  "kube-controller-manager",
  "kube-apiserver",
  "etcd",
  "containerd",
] as const;
