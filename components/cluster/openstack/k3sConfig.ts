/**
 * How k3s runs: its configuration, what the API server writes down, and what pods may do. Pure.
 * After the hardening guide of k3s: https://docs.k3s.io/security/hardening-guide
 */
import type { OpenStackClusterConfig } from "../../../config/openstackCluster";
import type { AddressPlan } from "./addressPlan";
import type { Node } from "./nodes";
import { apiPort } from "./securityRules";

export const paths = {
  config: "/etc/rancher/k3s/config.yaml",
  audit: "/etc/rancher/k3s/audit.yaml",
  admission: "/etc/rancher/k3s/admission.yaml",
  sysctl: "/etc/sysctl.d/90-kubelet.conf",
  agentToken: "/etc/moat/agent-token",
} as const;

type Config = Pick<OpenStackClusterConfig, "podCidr" | "serviceCidr" | "loadBalancer">;

/** config.yaml of a node. What only the machine itself knows is added beside it at its first boot. */
export function k3sConfig(node: Node, config: Config, plan: AddressPlan): Record<string, unknown> {
  const common = {
    "node-name": node.name,
    "node-ip": node.address,
    "protect-kernel-defaults": true,
    "kubelet-arg": [
      // The cloud's controller says in which zone the node is, and takes it away when its machine is gone.
      "cloud-provider=external",
      "streaming-connection-idle-timeout=5m",
      `tls-cipher-suites=${ciphers}`,
    ],
  };
  return node.role === "agent"
    ? { ...common, ...agentConfig(config) }
    : { ...common, ...serverConfig(node, config, plan) };
}

/** Without Octavia, k3s' own load balancer shows the edge, on these nodes only. */
const agentConfig = ({ loadBalancer }: Config) => ({
  "node-label": loadBalancer ? [] : ["svccontroller.k3s.cattle.io/enablelb=true"],
});

const serverConfig = (node: Node, { podCidr, serviceCidr, loadBalancer }: Config, plan: AddressPlan) => ({
  "advertise-address": node.address,
  "https-listen-port": apiPort,
  "tls-san": [plan.api, ...plan.servers],
  "agent-token-file": paths.agentToken,
  "cluster-cidr": podCidr,
  "service-cidr": serviceCidr,
  // Pods' traffic is encrypted between nodes: the network under it belongs to the cloud.
  "flannel-backend": "wireguard-native",
  // The edge is Traefik of the platform's own, volumes are Cinder's.
  disable: ["traefik", "local-storage", ...(loadBalancer ? ["servicelb"] : [])],
  "disable-cloud-controller": true,
  "disable-helm-controller": true,
  "write-kubeconfig-mode": "0600",
  "node-taint": ["node-role.kubernetes.io/control-plane:NoSchedule"],
  "node-label": ["node.kubernetes.io/exclude-from-external-load-balancers=true"],
  "secrets-encryption": true,
  "etcd-snapshot-schedule-cron": "0 */6 * * *",
  "etcd-snapshot-retention": 12,
  "kube-apiserver-arg": [
    "enable-admission-plugins=NodeRestriction,EventRateLimit",
    `admission-control-config-file=${paths.admission}`,
    `audit-policy-file=${paths.audit}`,
    "audit-log-path=/var/lib/rancher/k3s/server/logs/audit.log",
    "audit-log-maxage=30",
    "audit-log-maxbackup=10",
    "audit-log-maxsize=100",
    "service-account-extend-token-expiration=false",
    "anonymous-auth=false",
    "profiling=false",
    `tls-cipher-suites=${ciphers}`,
  ],
  "kube-controller-manager-arg": ["terminated-pod-gc-threshold=10", "profiling=false"],
  "kube-scheduler-arg": ["profiling=false"],
});

const ciphers = [
  "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305",
  "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305",
].join(",");

/** Who did what, without the content: bodies hold secrets. Reads by the cluster's own parts would drown the rest. */
export const auditPolicy = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  rules: [
    { level: "None", nonResourceURLs: ["/healthz*", "/livez*", "/readyz*", "/version"] },
    {
      level: "None",
      userGroups: ["system:nodes", "system:serviceaccounts:kube-system"],
      verbs: ["get", "list", "watch"],
    },
    { level: "None", resources: [{ group: "coordination.k8s.io", resources: ["leases"] }] },
    { level: "None", resources: [{ group: "", resources: ["events"] }, { group: "events.k8s.io" }] },
    // Rights are no secrets: here the content matters.
    {
      level: "RequestResponse",
      verbs: ["create", "update", "patch", "delete"],
      resources: [{ group: "rbac.authorization.k8s.io" }],
    },
    { level: "Metadata" },
  ],
} as const;

/** Namespaces that say nothing are restricted; only the cluster's own parts are not. */
export const admissionConfiguration = {
  apiVersion: "apiserver.config.k8s.io/v1",
  kind: "AdmissionConfiguration",
  plugins: [
    {
      name: "PodSecurity",
      configuration: {
        apiVersion: "pod-security.admission.config.k8s.io/v1",
        kind: "PodSecurityConfiguration",
        defaults: {
          enforce: "restricted",
          "enforce-version": "latest",
          audit: "restricted",
          "audit-version": "latest",
          warn: "restricted",
          "warn-version": "latest",
        },
        exemptions: { usernames: [], runtimeClasses: [], namespaces: ["kube-system"] },
      },
    },
    {
      name: "EventRateLimit",
      configuration: {
        apiVersion: "eventratelimit.admission.k8s.io/v1alpha1",
        kind: "Configuration",
        limits: [{ type: "Server", qps: 5000, burst: 20_000 }],
      },
    },
  ],
} as const;

/** What protect-kernel-defaults expects of the machine. */
export const sysctl = {
  "vm.panic_on_oom": 0,
  "vm.overcommit_memory": 1,
  "kernel.panic": 10,
  "kernel.panic_on_oops": 1,
  "kernel.keys.root_maxkeys": 1_000_000,
  "kernel.keys.root_maxbytes": 25_000_000,
} as const;
