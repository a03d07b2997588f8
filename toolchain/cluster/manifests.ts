/** What the cluster itself needs before anything else runs on it: rights of its agents, a storage class, names. */
import { versions } from "../../versions";
import { network, storageClass } from "./settings";

const read = ["get", "list", "watch"];

const clusterRole = (name: string, subject: object, rules: readonly object[]): object[] => [
  { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name }, rules },
  bind(name, name, subject),
];

const bind = (name: string, role: string, subject: object): object => ({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRoleBinding",
  metadata: { name },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
  subjects: [subject],
});

const named = (kind: "User" | "Group", name: string): object => ({
  apiGroup: "rbac.authorization.k8s.io",
  kind,
  name,
});

const agents = (): object[] => [
  // The certificates that kubeadm makes for the API server are in this group.
  bind("kubeadm:cluster-admins", "cluster-admin", named("Group", "kubeadm:cluster-admins")),
  ...clusterRole("moat:netpol", named("User", "moat:netpol"), [
    { apiGroups: [""], resources: ["pods", "namespaces"], verbs: read },
    { apiGroups: ["networking.k8s.io"], resources: ["networkpolicies"], verbs: read },
  ]),
  ...clusterRole("moat:volumes", named("User", "moat:volumes"), [
    { apiGroups: [""], resources: ["persistentvolumeclaims"], verbs: read },
    { apiGroups: [""], resources: ["persistentvolumes"], verbs: [...read, "create", "delete"] },
  ]),
];

const storage = (): object => ({
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: {
    name: storageClass.name,
    annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
  },
  provisioner: storageClass.provisioner,
  reclaimPolicy: "Delete",
  volumeBindingMode: "Immediate",
});

export const dnsImage = `registry.k8s.io/coredns/coredns:v${versions.coredns}`;

/** No forwarding: the cluster has no way out, and a name that is not its own does not exist. */
const corefile = `.:53 {
  errors
  health {
    lameduck 5s
  }
  ready
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    pods insecure
  }
  prometheus :9153
  cache 30 {
    disable success cluster.local
    disable denial cluster.local
  }
  loadbalance
}
`;

const dnsLabels = { "k8s-app": "kube-dns" };
const dnsMeta = { name: "coredns", namespace: "kube-system", labels: dnsLabels };

const httpProbe = (path: string, port: number): object => ({ httpGet: { path, port } });

const dns = (): object[] => [
  { apiVersion: "v1", kind: "ServiceAccount", metadata: dnsMeta },
  ...clusterRole(
    "moat:coredns",
    { kind: "ServiceAccount", name: dnsMeta.name, namespace: dnsMeta.namespace },
    [
      {
        apiGroups: [""],
        resources: ["endpoints", "services", "pods", "namespaces"],
        verbs: ["list", "watch"],
      },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
    ],
  ),
  { apiVersion: "v1", kind: "ConfigMap", metadata: dnsMeta, data: { Corefile: corefile } },
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { ...dnsMeta, name: "kube-dns" },
    spec: {
      clusterIP: network.dns,
      selector: dnsLabels,
      ports: [
        { name: "dns", port: 53, protocol: "UDP" },
        { name: "dns-tcp", port: 53, protocol: "TCP" },
        { name: "metrics", port: 9153, protocol: "TCP" },
      ],
    },
  },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: dnsMeta,
    spec: {
      replicas: 1,
      selector: { matchLabels: dnsLabels },
      template: {
        metadata: { labels: dnsLabels },
        spec: {
          priorityClassName: "system-cluster-critical",
          serviceAccountName: dnsMeta.name,
          dnsPolicy: "Default",
          containers: [
            {
              name: "coredns",
              image: dnsImage,
              imagePullPolicy: "IfNotPresent",
              args: ["-conf", "/etc/coredns/Corefile"],
              resources: { requests: { cpu: "20m", memory: "32Mi" }, limits: { memory: "128Mi" } },
              ports: [
                { name: "dns", containerPort: 53, protocol: "UDP" },
                { name: "dns-tcp", containerPort: 53, protocol: "TCP" },
                { name: "metrics", containerPort: 9153, protocol: "TCP" },
              ],
              readinessProbe: { ...httpProbe("/ready", 8181), periodSeconds: 2 },
              livenessProbe: { ...httpProbe("/health", 8080), initialDelaySeconds: 30, timeoutSeconds: 5 },
              securityContext: {
                runAsNonRoot: true,
                runAsUser: 65532,
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
                seccompProfile: { type: "RuntimeDefault" },
              },
              volumeMounts: [{ name: "config", mountPath: "/etc/coredns", readOnly: true }],
            },
          ],
          volumes: [{ name: "config", configMap: { name: dnsMeta.name } }],
        },
      },
    },
  },
];

/** Everything, as `kubectl apply` takes it. */
export const bootstrapManifest = (): string =>
  JSON.stringify({ apiVersion: "v1", kind: "List", items: [...agents(), storage(), ...dns()] });
