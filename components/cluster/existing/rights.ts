/** What the user of a kubeconfig must be allowed to do: as a role, and as questions to the API server. Pure. */
import { z } from "zod";
import { platformPermission } from "../../names";
import type { Answer, Question } from "./ask";

export interface Right {
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
}

/** A rule of a ClusterRole. */
export interface RoleRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Where it does not show from the rule itself. */
  readonly why?: string;
}

/** Everything that an environment makes on a cluster, by API group. A test holds it against what the program makes. */
export const made: Readonly<Record<string, readonly string[]>> = {
  "": ["namespaces", "configmaps", "secrets", "services", "serviceaccounts", "limitranges", "resourcequotas"],
  apps: ["deployments", "statefulsets"],
  policy: ["poddisruptionbudgets"],
  "networking.k8s.io": ["networkpolicies"],
  "rbac.authorization.k8s.io": ["clusterroles", "clusterrolebindings", "roles", "rolebindings"],
  "admissionregistration.k8s.io": [
    "validatingadmissionpolicies",
    "validatingadmissionpolicybindings",
    "validatingwebhookconfigurations",
    "mutatingwebhookconfigurations",
  ],
  "apiextensions.k8s.io": ["customresourcedefinitions"],
  "apiregistration.k8s.io": ["apiservices"],
  "cert-manager.io": ["issuers", "certificates"],
  "monitoring.coreos.com": ["prometheuses", "prometheusrules", "servicemonitors", "podmonitors"],
};

/** What the provider does with each: it makes, changes by server-side apply, waits, removes. */
const verbs = ["get", "list", "watch", "create", "patch", "delete"];
const look = ["get", "list", "watch"];

/** All at once, which an administrator has. */
export const everything: Right = { group: "*", resource: "*", verb: "*" };

const neededRules: readonly RoleRule[] = [
  ...Object.entries(made).map(([group, resources]) => ({ apiGroups: [group], resources, verbs })),
  {
    apiGroups: ["apiextensions.k8s.io"],
    resources: ["customresourcedefinitions"],
    verbs: ["update"],
    why: "Definitions are changed by replacing them.",
  },
  {
    apiGroups: ["rbac.authorization.k8s.io"],
    resources: ["clusterroles", "roles"],
    verbs: ["bind", "escalate"],
    why: "Roles may hand out what their maker does not have.",
  },
  {
    apiGroups: [platformPermission.apiGroup],
    resources: [platformPermission.resource],
    verbs: [platformPermission.verb],
    why: "By this right admission knows who runs the platform. Nobody else makes namespaces of tenants.",
  },
  {
    apiGroups: [""],
    resources: ["pods", "events", "endpoints", "persistentvolumeclaims"],
    verbs: look,
    why: "While the provider waits for programs, it looks at what becomes of them.",
  },
  { apiGroups: ["apps"], resources: ["replicasets"], verbs: look },
];

/** Whoever lacks these is warned: what is not known of the cluster is not checked. */
const checkRules: readonly RoleRule[] = [
  {
    apiGroups: ["storage.k8s.io"],
    resources: ["storageclasses"],
    verbs: ["list"],
    why: "For the checks before anything is made.",
  },
  { apiGroups: ["apps"], resources: ["daemonsets"], verbs: ["list"] },
];

/** Rules of the role `moat-deployer`, which docs/existing-clusters.md offers. */
export const deployerRules: readonly RoleRule[] = [...neededRules, ...checkRules];

/** One by one, for those who are no administrators. */
export const needed: readonly Right[] = neededRules.flatMap(({ apiGroups, resources, verbs: all }) =>
  apiGroups.flatMap((group) =>
    resources.flatMap((resource) => all.map((verb) => ({ group, resource, verb }))),
  ),
);

/** May I? In all namespaces. */
export const mayI = (resourceAttributes: Right): Question => ({
  method: "POST",
  path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
  body: {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    spec: { resourceAttributes },
  },
});

const review = z.object({ status: z.object({ allowed: z.boolean() }) });

/** Undefined where the server did not say. */
export function isAllowed(answer: Answer | undefined): boolean | undefined {
  if (answer === undefined || "failure" in answer || answer.status >= 300) return undefined;
  const parsed = review.safeParse(JSON.parse(answer.body));
  return parsed.success ? parsed.data.status.allowed : undefined;
}

/** `create, patch clusterroles.rbac.authorization.k8s.io`, for each resource of which a right is missing. */
export function inWords(missing: readonly Right[]): string[] {
  const byResource = new Map<string, string[]>();
  for (const { group, resource, verb } of missing) {
    const name = group === "" ? resource : `${resource}.${group}`;
    byResource.set(name, [...(byResource.get(name) ?? []), verb]);
  }
  return [...byResource].map(([name, lacking]) => `${lacking.join(", ")} ${name}`);
}
