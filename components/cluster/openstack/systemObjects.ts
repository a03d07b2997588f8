/** Pieces of objects in kube-system that several controllers there have in common. Pure. */

const rbac = "rbac.authorization.k8s.io";

export const system = (name: string) => ({ name, namespace: "kube-system" });

export const account = (name: string) => ({
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: system(name),
});

export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

export const rule = (group: string, resource: string, ...verbs: readonly string[]): PolicyRule => ({
  apiGroups: [group],
  resources: [resource],
  verbs,
});

/** One of several copies leads. */
export const mayLead = rule(
  "coordination.k8s.io",
  "leases",
  "get",
  "watch",
  "list",
  "delete",
  "update",
  "create",
);

/** A role for the whole cluster, and an account that has it. */
export const boundRole = (name: string, rules: readonly PolicyRule[]): object[] => [
  { apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata: { name: `system:${name}` }, rules },
  {
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name: `system:${name}` },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: `system:${name}` },
    subjects: [{ kind: "ServiceAccount", ...system(name) }],
  },
];
