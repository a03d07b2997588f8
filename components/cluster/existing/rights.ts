/** What the user of a kubeconfig must be allowed to do, as questions to the API server. Pure. */
import { z } from "zod";
import type { Answer, Question } from "./ask";

export interface Right {
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
}

/** Everything that an environment makes on a cluster, by API group. A test holds it against what the program makes. */
export const made: Readonly<Record<string, readonly string[]>> = {
  "": ["namespaces", "configmaps", "secrets", "services", "serviceaccounts", "limitranges", "resourcequotas"],
  apps: ["deployments", "statefulsets"],
  policy: ["poddisruptionbudgets"],
  "networking.k8s.io": ["networkpolicies"],
  "rbac.authorization.k8s.io": ["clusterroles", "clusterrolebindings", "roles", "rolebindings"],
  "admissionregistration.k8s.io": ["validatingadmissionpolicies", "validatingadmissionpolicybindings"],
  "apiextensions.k8s.io": ["customresourcedefinitions"],
  "apiregistration.k8s.io": ["apiservices"],
  "cert-manager.io": ["issuers", "certificates"],
  "monitoring.coreos.com": ["prometheuses", "prometheusrules", "servicemonitors", "podmonitors"],
};

/** What the provider does with each: apply, wait, remove. */
const verbs = ["get", "watch", "create", "patch", "delete"];

/** All at once, which an administrator has. */
export const everything: Right = { group: "*", resource: "*", verb: "*" };

/** Roles may hand out what their maker does not have. */
const handOut: readonly Right[] = ["clusterroles", "roles"].flatMap((resource) =>
  ["bind", "escalate"].map((verb) => ({ group: "rbac.authorization.k8s.io", resource, verb })),
);

/** One by one, for those who are no administrators. */
export const needed: readonly Right[] = [
  ...Object.entries(made).flatMap(([group, resources]) =>
    resources.flatMap((resource) => verbs.map((verb) => ({ group, resource, verb }))),
  ),
  ...handOut,
];

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
