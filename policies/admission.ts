/** The same rule for the API server: a ValidatingAdmissionPolicy, made of nothing but the rule. */
import type { types } from "@pulumi/kubernetes";
import { platformPermission } from "../components/names";
import { type Kind, partsOf, resources, subresources } from "./kinds";
import type { Rule } from "./rule";

type PolicySpec = types.input.admissionregistration.v1.ValidatingAdmissionPolicySpec;
type NamedRule = types.input.admissionregistration.v1.NamedRuleWithOperations;
type Condition = types.input.admissionregistration.v1.MatchCondition;

/** `spec` of the policy. What it holds for in the cluster is the binding's business. */
export const admissionPolicy = (rule: Rule): PolicySpec => ({
  // An API server that cannot judge refuses.
  failurePolicy: "Fail",
  matchConstraints: { resourceRules: resourceRules(rule) },
  ...(rule.platformMay ? { matchConditions: notThePlatform } : {}),
  ...(rule.variables === undefined
    ? {}
    : { variables: Object.entries(rule.variables).map(([name, expression]) => ({ name, expression })) }),
  validations: rule.validations.map(({ expression, message }) => ({
    expression,
    message: `${rule.id}: ${message}`,
    reason: "Forbidden",
  })),
});

const { apiGroup, resource, verb } = platformPermission;

/**
 * Leaves out who runs the platform, known by a right that only administrators of the cluster have, and the cluster's own controllers,
 * which write what was admitted before: endpoints of Services, pods of Deployments.
 */
const notThePlatform: Condition[] = [
  {
    name: "not-the-platform",
    expression: `!authorizer.group("${apiGroup}").resource("${resource}").check("${verb}").allowed()`,
  },
  {
    name: "not-a-controller",
    expression:
      '!request.userInfo.groups.exists(g, g in ["system:serviceaccounts:kube-system", "system:nodes"]) && !request.userInfo.username.startsWith("system:kube-")',
  },
];

/** One entry for each group and version. */
function resourceRules({ on, judges }: Rule): NamedRule[] {
  const groups = new Map<string, NamedRule & { resources: string[] }>();
  for (const kind of on.filter(isKind)) {
    const { group, version } = partsOf(kind);
    const key = `${group}/${version}`;
    const entry = groups.get(key) ?? {
      apiGroups: [group],
      apiVersions: [version],
      operations: operations[judges ?? "applied"],
      resources: [],
    };
    entry.resources.push(...resourcesOf(kind, judges));
    groups.set(key, entry);
  }
  return [...groups.values()];
}

const operations = {
  applied: ["CREATE", "UPDATE"],
  changes: ["UPDATE", "DELETE"],
  statuses: ["UPDATE"],
  connections: ["CONNECT"],
};

/** The kind's resource with the subresources that lead to the same object, or the one in question. */
function resourcesOf(kind: Kind, judges: Rule["judges"]): string[] {
  const resource = resources[kind];
  if (judges === "statuses") return [`${resource}/status`];
  return [resource, ...(subresources[kind] ?? []).map((part) => `${resource}/${part}`)];
}

const isKind = (name: string): name is Kind => name in resources;
