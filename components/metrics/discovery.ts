/** What a Prometheus may look at in a namespace to find its targets: where pods are, nothing of what they hold. */
export const discoveryRules = [
  { apiGroups: [""], resources: ["pods", "services"], verbs: ["get", "list", "watch"] },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["get", "list", "watch"] },
];
