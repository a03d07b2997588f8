/** Kubernetes kinds that rules look at, as `<apiVersion>/<kind>`, with the name of their resource in the API. */
export const resources = {
  "v1/Namespace": "namespaces",
  "v1/Pod": "pods",
  // What a connection through the API server is asked for with. The API serves them as subresources of their own.
  "v1/PodAttachOptions": "pods/attach",
  "v1/PodExecOptions": "pods/exec",
  "v1/PodPortForwardOptions": "pods/portforward",
  "v1/PodProxyOptions": "pods/proxy",
  "v1/ServiceProxyOptions": "services/proxy",
  "v1/ReplicationController": "replicationcontrollers",
  "v1/Service": "services",
  "v1/Endpoints": "endpoints",
  "v1/ConfigMap": "configmaps",
  "v1/Secret": "secrets",
  "v1/ServiceAccount": "serviceaccounts",
  "v1/ResourceQuota": "resourcequotas",
  "v1/LimitRange": "limitranges",
  "apps/v1/Deployment": "deployments",
  "apps/v1/ReplicaSet": "replicasets",
  "apps/v1/StatefulSet": "statefulsets",
  "apps/v1/DaemonSet": "daemonsets",
  "batch/v1/Job": "jobs",
  "batch/v1/CronJob": "cronjobs",
  "discovery.k8s.io/v1/EndpointSlice": "endpointslices",
  "networking.k8s.io/v1/Ingress": "ingresses",
  "networking.k8s.io/v1/NetworkPolicy": "networkpolicies",
  "rbac.authorization.k8s.io/v1/Role": "roles",
  "rbac.authorization.k8s.io/v1/RoleBinding": "rolebindings",
  "rbac.authorization.k8s.io/v1/ClusterRole": "clusterroles",
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": "clusterrolebindings",
  "monitoring.coreos.com/v1/Alertmanager": "alertmanagers",
  "monitoring.coreos.com/v1/PodMonitor": "podmonitors",
  "monitoring.coreos.com/v1/Probe": "probes",
  "monitoring.coreos.com/v1/Prometheus": "prometheuses",
  "monitoring.coreos.com/v1/PrometheusRule": "prometheusrules",
  "monitoring.coreos.com/v1/ServiceMonitor": "servicemonitors",
  "monitoring.coreos.com/v1/ThanosRuler": "thanosrulers",
  "monitoring.coreos.com/v1alpha1/AlertmanagerConfig": "alertmanagerconfigs",
  "monitoring.coreos.com/v1beta1/AlertmanagerConfig": "alertmanagerconfigs",
  "monitoring.coreos.com/v1alpha1/PrometheusAgent": "prometheusagents",
  "monitoring.coreos.com/v1alpha1/ScrapeConfig": "scrapeconfigs",
} as const;

/** A kind of the table. */
export type Kind = keyof typeof resources;

/**
 * Subresources by which an object's labels and annotations, or more of it, are changed as by the resource itself. Those of custom
 * resources change the status alone.
 */
export const subresources: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  "v1/Namespace": ["status", "finalize"],
  "v1/Pod": ["status", "ephemeralcontainers", "resize"],
  "v1/Service": ["status"],
  "v1/ResourceQuota": ["status"],
  "networking.k8s.io/v1/Ingress": ["status"],
};

/** Its three parts: `apps/v1/Deployment` is group `apps`, version `v1`; the core group has no name. */
export function partsOf(kind: string): { group: string; version: string; kind: string } {
  const parts = kind.split("/");
  const [last = "", version = "", group = ""] = parts.toReversed();
  return { group, version, kind: last };
}

/** The token of its Pulumi resources: `kubernetes:apps/v1:Deployment`, `kubernetes:core/v1:Pod`. */
export function tokenOf(name: string): string {
  const { group, version, kind } = partsOf(name);
  return `kubernetes:${group || "core"}/${version}:${kind}`;
}

/** Kinds of the operator that scrape. */
export const prometheusKinds = [
  "monitoring.coreos.com/v1/Prometheus",
  "monitoring.coreos.com/v1alpha1/PrometheusAgent",
] as const satisfies readonly Kind[];

/** Kinds by which a tenant says what is scraped. */
export const monitorKinds = [
  "monitoring.coreos.com/v1/ServiceMonitor",
  "monitoring.coreos.com/v1/PodMonitor",
  "monitoring.coreos.com/v1/Probe",
] as const satisfies readonly Kind[];

/** Kinds that run pods by a template in `spec.template.spec`. */
export const workloadKinds = [
  "apps/v1/Deployment",
  "apps/v1/StatefulSet",
  "apps/v1/DaemonSet",
  "apps/v1/ReplicaSet",
  "batch/v1/Job",
] as const satisfies readonly Kind[];
