/** What the operator may do. Upstream's role is cluster-wide; here it writes in the platform's namespace only. */

const crud = ["get", "list", "watch", "create", "update", "patch", "delete"];
const look = ["get", "list", "watch"];

/** In the platform's namespace: the Prometheus objects, and what it makes of them. */
export const namespaceRules = [
  { apiGroups: ["monitoring.coreos.com"], resources: ["prometheuses"], verbs: look },
  {
    apiGroups: ["monitoring.coreos.com"],
    resources: ["prometheuses/status", "prometheuses/finalizers"],
    verbs: ["update", "patch"],
  },
  { apiGroups: ["apps"], resources: ["statefulsets"], verbs: crud },
  { apiGroups: [""], resources: ["configmaps", "secrets"], verbs: crud },
  // It checks that the named Service selects the pods, and reports which pods are up.
  { apiGroups: [""], resources: ["services"], verbs: ["get"] },
  { apiGroups: [""], resources: ["pods"], verbs: ["list"] },
];

/** Everywhere: what tenants ask to be scraped and evaluated, and where. */
export const clusterRules = [
  {
    apiGroups: ["monitoring.coreos.com"],
    resources: ["servicemonitors", "podmonitors", "probes", "prometheusrules"],
    verbs: look,
  },
  { apiGroups: [""], resources: ["namespaces"], verbs: look },
  { apiGroups: ["storage.k8s.io"], resources: ["storageclasses"], verbs: ["get"] },
  // Tells the owner of a monitor, in the monitor's namespace, why it was refused.
  { apiGroups: ["events.k8s.io"], resources: ["events"], verbs: ["create", "patch"] },
];

/** Where it is bound: the passwords, tokens and authorities that monitors of that namespace refer to. */
export const referenceRules = [{ apiGroups: [""], resources: ["configmaps", "secrets"], verbs: ["get"] }];
