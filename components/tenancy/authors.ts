/**
 * What the people may do who write in a tenant's namespace, and what of Kubernetes' own roles they are not given. Pure.
 *
 * A pod may run as any account of its namespace and mount any Secret of it: whoever makes pods has these, whatever else is withheld. So
 * Secrets can be read, and accounts of the namespace should have no right that its authors should not.
 */
import type { Right, RoleRule } from "../cluster/existing/rights";

/** A rule of the authors' role, with its reason. */
export interface AuthorRule extends RoleRule {
  readonly why: string;
}

const look = ["get", "list", "watch"];
/** Not `deletecollection`, which takes all at once: `kubectl delete --all` goes one by one. */
const write = [...look, "create", "update", "patch", "delete"];

/** Exactly this is in the ClusterRole. No label of it is one by which Kubernetes' roles would take it up. */
export const authorRules: readonly AuthorRule[] = [
  {
    apiGroups: ["monitoring.coreos.com"],
    resources: ["servicemonitors", "podmonitors", "probes", "prometheusrules"],
    verbs: write,
    why: "What is scraped, and the rules and alerts on it. The rules of tenants say what may stand in them",
  },
  {
    apiGroups: ["apps"],
    resources: ["deployments", "statefulsets"],
    verbs: write,
    why: "Programs, held by quota, walls and the Pod Security profile `restricted`",
  },
  { apiGroups: ["batch"], resources: ["jobs", "cronjobs"], verbs: write, why: "Programs that end" },
  {
    apiGroups: [""],
    resources: ["pods"],
    verbs: write,
    why: "Pods by hand, and to have one made anew",
  },
  {
    apiGroups: [""],
    resources: ["services", "configmaps", "persistentvolumeclaims"],
    verbs: write,
    why: "What programs answer by, are set by, and keep their files in",
  },
  {
    apiGroups: [""],
    resources: ["secrets"],
    verbs: write,
    why: "Credentials of programs and scrapes. Reading too: a pod may mount any of them, and Helm keeps its releases there",
  },
  {
    apiGroups: ["autoscaling"],
    resources: ["horizontalpodautoscalers"],
    verbs: write,
    why: "As many pods as there is work",
  },
  {
    apiGroups: ["policy"],
    resources: ["poddisruptionbudgets"],
    verbs: write,
    why: "How many pods may be away when a node is emptied",
  },
  {
    apiGroups: ["apps"],
    resources: ["deployments/scale", "statefulsets/scale"],
    verbs: ["get", "update", "patch"],
    why: "`kubectl scale`",
  },
  { apiGroups: [""], resources: ["pods/log"], verbs: ["get"], why: "What programs say" },
  {
    apiGroups: [""],
    resources: ["pods/portforward"],
    // By WebSocket it is a GET, by SPDY a POST.
    verbs: ["get", "create"],
    why: "To see a program's metrics: it goes to the pod itself, not to an address",
  },
  { apiGroups: [""], resources: ["namespaces"], verbs: ["get"], why: "The limits in its annotations" },
  {
    apiGroups: [""],
    resources: ["events", "resourcequotas", "limitranges", "serviceaccounts", "endpoints"],
    verbs: look,
    why: "Why a program does not start, or is not found",
  },
  { apiGroups: ["events.k8s.io"], resources: ["events"], verbs: look, why: "The same, as newer clients ask" },
  {
    apiGroups: ["discovery.k8s.io"],
    resources: ["endpointslices"],
    verbs: look,
    why: "Which pods a Service has, and so a ServiceMonitor",
  },
  {
    apiGroups: ["networking.k8s.io"],
    resources: ["networkpolicies"],
    verbs: look,
    why: "The walls around the namespace",
  },
  {
    apiGroups: ["apps"],
    resources: ["replicasets", "controllerrevisions", "daemonsets"],
    verbs: look,
    why: "`kubectl rollout` and `kubectl get all`",
  },
  { apiGroups: [""], resources: ["replicationcontrollers"], verbs: look, why: "`kubectl get all`" },
];

/** Kubernetes' own roles that are bound to people of a namespace, each with all that those before it have. */
export const kubernetesRoles = ["edit", "admin", "cluster-admin"] as const;

export interface Withheld {
  readonly rights: readonly Right[];
  /** The first of Kubernetes' roles that gives them, as a new cluster has it. */
  readonly givenBy: (typeof kubernetesRoles)[number];
  readonly why: string;
}

const right = (group: string, resource: string, verb = "create"): Right => ({ group, resource, verb });
const operatorKinds = ["prometheuses", "prometheusagents", "alertmanagers", "thanosrulers"];

/** What authors do not get on purpose, and who binds something else to them should know of. */
export const withheld: readonly Withheld[] = [
  {
    rights: [right("", "pods/proxy"), right("", "services/proxy")],
    givenBy: "edit",
    why: "asks an address from inside the control plane, past every wall (T13a refuses it)",
  },
  {
    rights: [right("", "pods/exec"), right("", "pods/attach")],
    givenBy: "edit",
    why: "acts inside pods that run, where no rule judges what is done and no object shows it",
  },
  {
    rights: [right("", "serviceaccounts/token"), right("", "serviceaccounts", "impersonate")],
    givenBy: "edit",
    why: "speaks as an account of the namespace from anywhere, without a pod that shows",
  },
  {
    rights: [right("", "serviceaccounts")],
    givenBy: "edit",
    why: "makes the accounts to which others have bound something by name, and removes that of the data source",
  },
  {
    rights: [right("networking.k8s.io", "networkpolicies")],
    givenBy: "edit",
    why: "opens pods of the namespace to others (T12a and T12c keep the platform's walls)",
  },
  {
    rights: [right("networking.k8s.io", "ingresses")],
    givenBy: "edit",
    why: "takes hosts. T15a protects the platform's, nothing those of other tenants",
  },
  {
    rights: [right("apps", "daemonsets")],
    givenBy: "edit",
    why: "runs on every node, so it grows with the cluster and not with the work",
  },
  {
    rights: [right("rbac.authorization.k8s.io", "roles"), right("rbac.authorization.k8s.io", "rolebindings")],
    givenBy: "admin",
    why: "decides who else writes (T11 bounds what can be given)",
  },
  {
    rights: [right("", "endpoints"), right("discovery.k8s.io", "endpointslices")],
    // Clusters that were made before Kubernetes 1.22 have them in `edit`.
    givenBy: "cluster-admin",
    why: "leads the own Service to other tenants' pods (T10b refuses it); `edit` has it in clusters older than Kubernetes 1.22",
  },
  {
    rights: [right("", "pods/status", "update"), right("", "pods/ephemeralcontainers", "update")],
    givenBy: "cluster-admin",
    why: "says which address a pod has (T13b refuses it), and adds containers to pods that run",
  },
  {
    rights: ["resourcequotas", "limitranges", "namespaces"].map((kind) => right("", kind, "update")),
    givenBy: "cluster-admin",
    why: "lifts the bounds of the namespace (T12c and T12d refuse it)",
  },
  {
    rights: [
      ...operatorKinds.map((kind) => right("monitoring.coreos.com", kind)),
      right("monitoring.coreos.com", "scrapeconfigs"),
      right("monitoring.coreos.com", "alertmanagerconfigs"),
    ],
    givenBy: "cluster-admin",
    why: "has an operator that watches the namespace run servers, scrape any address (T6) or send alerts anywhere (T9); some charts of the operator add it to `edit`",
  },
];

/** What counts of a rule of a role as the API server has it. Rules on single names or on paths grant nothing here. */
export interface GrantingRule {
  readonly apiGroups?: readonly string[] | undefined;
  readonly resources?: readonly string[] | undefined;
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[] | undefined;
}

/** Whether a role with these rules grants the right. */
export const grants = (rules: readonly GrantingRule[], { group, resource, verb }: Right): boolean =>
  rules.some(({ apiGroups = [], resources = [], verbs, resourceNames = [] }) => {
    const [, part] = resource.split("/");
    const names = ["*", resource, ...(part === undefined ? [] : [`*/${part}`])];
    return (
      resourceNames.length === 0 &&
      [group, "*"].some((g) => apiGroups.includes(g)) &&
      names.some((name) => resources.includes(name)) &&
      [verb, "*"].some((v) => verbs.includes(v))
    );
  });
