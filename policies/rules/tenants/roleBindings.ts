import { authorRole } from "../../../components/names";
import { type Fields, quoteAll, type Rule } from "../../rule";
import { sample } from "../../samples";
import { ownNamespaces } from "../../tenants";

/** Kubernetes' own roles for people of a namespace. None reads metrics. */
const usual = ["view", "edit", "admin"];

const group = "rbac.authorization.k8s.io";
const user = { kind: "User", apiGroup: group, name: "alice" };
const account = { kind: "ServiceAccount", name: "default", namespace: "alpha" };
const binding = (fields: Fields) =>
  sample("rbac.authorization.k8s.io/v1/RoleBinding", {
    roleRef: { apiGroup: group, kind: "ClusterRole", name: "view" },
    subjects: [user],
    ...fields,
  });
const clusterRole = (name: string) => binding({ roleRef: { apiGroup: group, kind: "ClusterRole", name } });
const subject = (fields: Fields) => binding({ subjects: [user, fields] });

export const roleBindings: Rule = {
  id: "T11a",
  title: "Tenants bind no role of the platform, and nobody from outside",
  why: "Who binds the reader's role decides who reads the metrics; the author's, who writes; who binds everybody lets other tenants in.",
  severity: "high",
  references: [
    "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding",
  ],
  scope: "tenants",
  platformMay: true,
  on: ["rbac.authorization.k8s.io/v1/RoleBinding"],
  variables: ownNamespaces,
  validations: [
    {
      expression: `object.roleRef.kind == "Role" || object.roleRef.name in ${quoteAll(usual)}`,
      message: `Bind a Role of the namespace, or one of the ClusterRoles ${usual.join(", ")}. The platform's configuration says who reads metrics and who writes.`,
    },
    {
      expression: `object.?subjects.orValue([]).all(s, s.kind == "ServiceAccount"
        ? s.?namespace.orValue("") in variables.namespaces
        : !s.name.startsWith("system:") || variables.namespaces.exists(n, s.name == "system:serviceaccounts:" + n
          || s.name.startsWith("system:serviceaccount:" + n + ":")))`,
      message:
        "Name people, groups, and service accounts of the tenant's namespaces: no account of another namespace, no group of everybody.",
    },
  ],
  samples: {
    good: [
      clusterRole("edit"),
      binding({ roleRef: { apiGroup: group, kind: "Role", name: "deployer" }, subjects: [account] }),
      binding({ subjects: undefined }),
      subject({ kind: "Group", apiGroup: group, name: "system:serviceaccounts:alpha" }),
    ],
    bad: [
      clusterRole("moat-metrics-reader"),
      clusterRole(authorRole.name),
      clusterRole("moat-system-prometheus-operator-references"),
      clusterRole("cluster-admin"),
      subject({ ...account, namespace: "beta" }),
      subject({ ...account, namespace: "moat-system" }),
      subject({ kind: "Group", apiGroup: group, name: "system:authenticated" }),
      subject({ kind: "Group", apiGroup: group, name: "system:serviceaccounts" }),
      subject({ kind: "Group", apiGroup: group, name: "system:serviceaccounts:beta" }),
      subject({ kind: "User", apiGroup: group, name: "system:anonymous" }),
      subject({ kind: "User", apiGroup: group, name: "system:serviceaccount:beta:default" }),
    ],
  },
};
