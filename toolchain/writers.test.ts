import { authorRole, objectLabels } from "../components/names";
import { type Seen, writersTable } from "./writers";

const namespace = (name: string, tenant: string) => ({
  metadata: { name, labels: { [objectLabels.tenant]: tenant } },
});
const person = (name: string) => ({ kind: "User", name });
const bound = (
  role: string,
  place: string | undefined,
  ...subjects: Seen["bindings"][number]["subjects"] & {}
) => ({
  metadata: place === undefined ? {} : { namespace: place },
  roleRef: { kind: "ClusterRole", name: role },
  subjects,
});
const seen: Seen = {
  namespaces: [namespace("alpha", "alpha"), namespace("alpha-jobs", "alpha"), namespace("beta", "beta")],
  roles: [
    {
      metadata: { name: "edit" },
      rules: [
        { apiGroups: [""], resources: ["pods", "pods/exec", "configmaps"], verbs: ["get", "create"] },
        { apiGroups: [""], resources: ["serviceaccounts"], verbs: ["impersonate"] },
      ],
    },
    { metadata: { name: "admin" }, rules: null },
    {
      metadata: { name: "cluster-admin" },
      rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }, { verbs: ["*"] }],
    },
  ],
  bindings: [],
};

const of = (...bindings: Seen["bindings"]) => writersTable({ ...seen, bindings }).split("\n");

test("who writes is told for each tenant, once for all of its namespaces", () => {
  const subjects = [person("amy"), { kind: "Group", name: "devs" }];
  expect(
    of(bound(authorRole.name, "alpha", ...subjects), bound(authorRole.name, "alpha-jobs", ...subjects)),
  ).toEqual(["TENANT  WHO WRITES", "alpha   user amy, group devs", "beta    nobody"]);
});

test("whoever has one of Kubernetes' own roles in a tenant's namespaces is warned of, with what it adds on this cluster", () => {
  const account = { kind: "ServiceAccount", name: "ci", namespace: "alpha" };
  expect(
    of(
      bound("edit", "alpha", person("bob"), account),
      bound("edit", "alpha-jobs", person("bob")),
      bound("cluster-admin", undefined, { kind: "Group", name: "operators" }),
      bound("cluster-admin", "beta", person("eve")),
    ).slice(3),
  ).toEqual([
    "warning: user bob has edit in alpha, alpha-jobs, which adds pods/exec, impersonate serviceaccounts",
    "warning: account alpha/ci has edit in alpha, which adds pods/exec, impersonate serviceaccounts",
    "warning: group operators has cluster-admin in every namespace, which adds everything",
    "warning: user eve has cluster-admin in beta, which adds everything",
  ]);
});

test("a role that gives nothing of what authors lack says so", () => {
  expect(of(bound("admin", "alpha", person("bob"))).slice(3)).toEqual([
    "warning: user bob has admin in alpha, which adds nothing that authors lack on purpose",
  ]);
});

test("other namespaces, roles, the cluster's own programs and bindings of nobody are no matter", () => {
  expect(
    of(
      bound("edit", "elsewhere", person("bob")),
      bound("view", "alpha", person("bob")),
      { ...bound("edit", "alpha", person("bob")), roleRef: { kind: "Role", name: "edit" } },
      bound("cluster-admin", undefined, { kind: "Group", name: "system:masters" }),
      bound("cluster-admin", undefined, { kind: "ServiceAccount", name: "helm", namespace: "kube-system" }),
      { ...bound("edit", "alpha"), subjects: null },
    ).slice(3),
  ).toEqual([]);
});
