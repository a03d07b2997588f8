/** Requests to the API server by which somebody of tenant alpha would get at what is not its own, and the rights that they take. */
import { objectLabels, ports, programs } from "../../../components/names";
import { nodeName } from "../../../toolchain/cluster/settings";
import { platformNamespace } from "../../support/live/settings";
import { readerRole } from "../../support/live/throwaway";

export interface Attempt {
  readonly name: string;
  readonly rule: string;
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Without a query, from which no right follows. */
  readonly path: string;
  readonly query?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: unknown;
  /** Rights that it takes besides the one that its method and path say. */
  readonly more?: readonly PolicyRule[];
}

export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** What RBAC knows a request as. */
export interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

/** `/api/v1/namespaces/beta/pods/p/log`: `get` of the subresource `log` of pod `p` in `beta`. */
export function rightOf({ method, path }: Pick<Attempt, "method" | "path">): Right {
  const [root, ...rest] = path.split("/").filter((part) => part !== "");
  const group = root === "apis" ? (rest.shift() ?? "") : "";
  rest.shift();
  // A namespace that is itself asked for stands in the same place as one that holds what is asked for.
  const inside = rest[0] === "namespaces" && rest.length > 2;
  const [resource = "", name = "", subresource = ""] = inside ? rest.slice(2) : rest;
  const namespace = inside || resource === "namespaces" ? (rest[1] ?? "") : "";
  const verb = { GET: name === "" ? "list" : "get", POST: "create", PATCH: "patch", DELETE: "delete" }[
    method
  ];
  return { verb, group, resource, subresource, namespace, name };
}

/** Namespace of twins of what is changed or taken away. An admission policy's binding, which has no namespace, is called so. */
export const twinPlace = "attack-rights";

/** The same request against a twin: whoever has the right must never be let loose on the environment's own objects. */
export const atTwin = (attempt: Attempt): Attempt =>
  attempt.method === "PATCH" || attempt.method === "DELETE"
    ? { ...attempt, path: attempt.path.replace(/\/namespaces\/[^/]+/, `/namespaces/${twinPlace}`) }
    : attempt;

const rbac = "rbac.authorization.k8s.io";
const admission = "/apis/admissionregistration.k8s.io/v1";
const inPlatform = `/api/v1/namespaces/${platformNamespace}`;
const own = "/api/v1/namespaces/alpha";
const other = "/api/v1/namespaces/beta";

const bindingTo = (role: string, kind: "RoleBinding" | "ClusterRoleBinding") => ({
  apiVersion: `${rbac}/v1`,
  kind,
  metadata: { name: "attack-grab" },
  roleRef: { apiGroup: rbac, kind: "ClusterRole", name: role },
  subjects: [{ kind: "ServiceAccount", name: "metrics-reader", namespace: "alpha" }],
});

/** Whoever binds a role must have the right to give it. */
const give: readonly PolicyRule[] = [
  { apiGroups: [rbac], resources: ["clusterroles"], verbs: ["bind", "escalate"] },
];

const reads = (name: string, rule: string, path: string, query?: string): Attempt => ({
  name,
  rule,
  method: "GET",
  path,
  ...(query === undefined ? {} : { query }),
});

const writes = (
  name: string,
  rule: string,
  method: "POST" | "PATCH" | "DELETE",
  path: string,
  body: unknown = {},
  more: readonly PolicyRule[] = [],
): Attempt => ({
  name,
  rule,
  method,
  path,
  // With a body, a deletion takes its options from there and not from the query.
  body: method === "DELETE" ? { apiVersion: "v1", kind: "DeleteOptions", dryRun: ["All"] } : body,
  more,
  query: "dryRun=All",
});

export const attempts: readonly Attempt[] = [
  reads("reads secrets of its own namespace", "S3", `${own}/secrets`),
  reads("reads the platform's secrets", "S3", `${inPlatform}/secrets`),
  reads("reads everybody's secrets", "S3", "/api/v1/secrets"),
  reads("reads the other tenant's ConfigMaps", "T11", `${other}/configmaps`),
  reads("lists namespaces", "T11", "/api/v1/namespaces"),
  reads("lists the platform's pods", "T11", `${inPlatform}/pods`),
  reads(
    "lists the other tenant's monitors",
    "T11",
    "/apis/monitoring.coreos.com/v1/namespaces/beta/servicemonitors",
  ),
  reads(
    "asks Thanos by the API server's proxy",
    "Q2",
    `${inPlatform}/services/${programs.query}:${ports.http}/proxy/api/v1/query`,
    "query=up",
  ),
  reads("asks the kubelet by the API server's proxy", "Q2", `/api/v1/nodes/${nodeName}/proxy/pods`),
  {
    ...reads("speaks as an administrator", "Q1", "/api/v1/secrets"),
    headers: [
      ["Impersonate-User", "root"],
      ["Impersonate-Group", "system:masters"],
    ],
    more: [{ apiGroups: [""], resources: ["users", "groups"], verbs: ["impersonate"] }],
  },
  writes(
    "takes a token of the other tenant's account",
    "Q1",
    "POST",
    `${other}/serviceaccounts/metrics-reader/token`,
    { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} },
  ),
  writes(
    "lets itself read the other tenant's metrics",
    "T11",
    "POST",
    `/apis/${rbac}/v1/namespaces/beta/rolebindings`,
    bindingTo(readerRole, "RoleBinding"),
    give,
  ),
  writes(
    "lets itself read everybody's metrics",
    "T11",
    "POST",
    `/apis/${rbac}/v1/clusterrolebindings`,
    bindingTo(readerRole, "ClusterRoleBinding"),
    give,
  ),
  writes(
    "makes itself the cluster's administrator",
    "T11",
    "POST",
    `/apis/${rbac}/v1/clusterrolebindings`,
    bindingTo("cluster-admin", "ClusterRoleBinding"),
    give,
  ),
  writes("labels its namespace as the other tenant's", "T12", "PATCH", own, {
    metadata: { labels: { [objectLabels.tenant]: "beta" } },
  }),
  writes(
    "takes the wall around its namespace away",
    "T12",
    "DELETE",
    "/apis/networking.k8s.io/v1/namespaces/alpha/networkpolicies/tenant",
  ),
  writes("takes its quota away", "T7", "DELETE", `${own}/resourcequotas/tenant`),
  writes(
    "loosens the tenants' Prometheus",
    "P1",
    "PATCH",
    `/apis/monitoring.coreos.com/v1/namespaces/${platformNamespace}/prometheuses/tenants`,
    { spec: { enforcedNamespaceLabel: "" } },
  ),
  writes(
    "loosens the gateway's authorisation",
    "Q5",
    "PATCH",
    `${inPlatform}/configmaps/${programs.readGateway}`,
    { data: { "authorization.yaml": "" } },
  ),
  writes(
    "unbinds an admission policy",
    "T11",
    "DELETE",
    `${admission}/validatingadmissionpolicybindings/${twinPlace}`,
  ),
  writes("adds an admission policy", "T11", "POST", `${admission}/validatingadmissionpolicies`, {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicy",
    metadata: { name: "attack-grab" },
    spec: {
      matchConstraints: {
        resourceRules: [
          { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["events"] },
        ],
      },
      validations: [{ expression: "true" }],
    },
  }),
];
