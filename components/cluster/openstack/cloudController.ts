/**
 * The OpenStack cloud controller manager, as objects that k3s applies at its start. Pure. It tells Kubernetes of zones and lost
 * machines, and makes load balancers for Services. Without it no node takes pods, so it cannot wait for Pulumi.
 * After manifests/controller-manager of https://github.com/kubernetes/cloud-provider-openstack
 */
import { imageRef, openstackImages as images } from "../../../versions";
import { administrators } from "./authority";
import { cloudConfig } from "./bootstrap";
import { account, boundRole, mayLead, rule, system } from "./systemObjects";

const name = "openstack-cloud-controller-manager";
const labels = { "k8s-app": name };

export const cloudController = (cluster: string): object[] => [
  account(name),
  ...boundRole(name, [
    rule("", "nodes", "*"),
    rule("", "nodes/status", "patch"),
    rule("", "events", "create", "patch", "update"),
    rule("", "services", "list", "patch", "update", "watch"),
    rule("", "services/status", "patch"),
    rule("", "serviceaccounts", "create", "get"),
    rule("", "serviceaccounts/token", "create"),
    rule("", "persistentvolumes", "*"),
    rule("", "endpoints", "create", "get", "list", "watch", "update"),
    rule("", "configmaps", "get", "list", "watch"),
    rule("", "secrets", "list", "get", "watch"),
    mayLead,
  ]),
  {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { ...system(name), labels },
    spec: {
      selector: { matchLabels: labels },
      updateStrategy: { type: "RollingUpdate" },
      template: { metadata: { labels }, spec: pod(cluster) },
    },
  },
  // Whoever holds the kubeconfig of the environment administers the cluster, as long as this stands.
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: administrators },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: administrators }],
  },
];

const pod = (cluster: string) => ({
  serviceAccountName: name,
  // It is what makes nodes ready, so it runs before there is a network of pods.
  hostNetwork: true,
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: "node-role.kubernetes.io/control-plane", operator: "Exists" }] },
        ],
      },
    },
  },
  tolerations: [
    { key: "node.cloudprovider.kubernetes.io/uninitialized", value: "true", effect: "NoSchedule" },
    { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" },
    { key: "node.kubernetes.io/not-ready", effect: "NoSchedule" },
  ],
  priorityClassName: "system-cluster-critical",
  securityContext: { runAsUser: 1001, runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
  containers: [
    {
      name,
      image: imageRef(images.cloudControllerManager),
      args: [
        `/bin/${name}`,
        "--v=1",
        `--cluster-name=${cluster}`,
        `--cloud-config=${cloudConfig.folder}/${cloudConfig.key}`,
        "--cloud-provider=openstack",
        "--bind-address=127.0.0.1",
      ],
      resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { memory: "256Mi" } },
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      },
      volumeMounts: [
        { name: "cloud-config", mountPath: cloudConfig.folder, readOnly: true },
        { name: "certificates", mountPath: "/etc/ssl/certs", readOnly: true },
      ],
    },
  ],
  volumes: [
    { name: "cloud-config", secret: { secretName: cloudConfig.secret } },
    { name: "certificates", hostPath: { path: "/etc/ssl/certs", type: "Directory" } },
  ],
});
