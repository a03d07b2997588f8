/** Rules as policies of the API server, each for one author alone, so that many hold at once and none gets in another's way. */
import { admissionPolicy } from "../../policies/admission";
import { type Kind, resources } from "../../policies/kinds";
import type { Rule } from "../../policies/rule";
import type { Author } from "./client";
import { wrappedRule, wrapping } from "./wrapped";

/** May create everything, and is nobody else. */
export const group = "samples";

/** Who sends the samples of the policy `name`. */
export const authorOf = (name: string): Author => ({ user: `author-of-${name}`, group });

export const policies = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";
const bindings = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings";

const isKind = (name: string): name is Kind => name in resources;

type Spec = ReturnType<typeof admissionPolicy>;

export interface Policy {
  readonly name: string;
  readonly spec: Spec;
}

export const plainName = (rule: Rule): string => rule.id.toLowerCase();
export const wrappedName = (rule: Rule): string => `${plainName(rule)}-wrapped`;

/** The rule's policy for kinds of the table, one for wrapped samples, or both. */
export function policiesOf(rule: Rule): Policy[] {
  const kinds = rule.on.filter(isKind);
  return [
    ...(kinds.length > 0 ? [forAuthor(plainName(rule), admissionPolicy({ ...rule, on: kinds }))] : []),
    ...(kinds.length < rule.on.length
      ? [
          forAuthor(wrappedName(rule), {
            ...admissionPolicy({ ...wrappedRule(rule), on: [] }),
            matchConstraints: matching(wrapping.group),
          }),
        ]
      : []),
  ];
}

/** Refuses everything of its author, and tells which version of the namespace it saw. */
export const probe: Policy = forAuthor("probe", {
  failurePolicy: "Fail",
  matchConstraints: matching(""),
  validations: [{ expression: "false", messageExpression: "namespaceObject.metadata.resourceVersion" }],
});

/**
 * Policies with a mistake that the type checker must see, one for each kind: else it looks at nothing, and finds nothing. It does not
 * know the options of connections.
 */
export const mistakes: readonly Policy[] = Object.keys(resources)
  .filter(isKind)
  .filter((kind) => !resources[kind].includes("/"))
  .map((kind, i) => ({
    name: `mistake-${i}`,
    spec: { ...admissionPolicy(ruleOn(kind)), validations: [{ expression: "object.noSuchField == 1" }] },
  }));

/** What puts the policy in force. */
export const bindingOf = ({ name }: Policy) => ({
  path: bindings,
  object: {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicyBinding",
    metadata: { name },
    spec: { policyName: name, validationActions: ["Deny"] },
  },
});

export const objectOf = ({ name, spec }: Policy) => ({
  path: policies,
  object: {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicy",
    metadata: { name },
    spec,
  },
});

function forAuthor(name: string, spec: Spec): Policy {
  const { matchConditions } = spec;
  const { user } = authorOf(name);
  return {
    name,
    spec: {
      ...spec,
      matchConditions: [
        { name: "one-author", expression: `request.userInfo.username == "${user}"` },
        ...(Array.isArray(matchConditions) ? matchConditions : []),
      ],
    },
  };
}

/** No single kind, so the type checker passes it by: there is no schema to check against. */
function matching(apiGroup: string): Spec["matchConstraints"] {
  return {
    resourceRules: [
      { apiGroups: [apiGroup], apiVersions: ["*"], operations: ["CREATE", "UPDATE"], resources: ["*"] },
    ],
  };
}

function ruleOn(kind: Kind): Rule {
  return {
    ...{ id: "X0", title: "", why: "", severity: "low", references: [], scope: "tenants" },
    on: [kind],
    validations: [],
    samples: { good: [], bad: [] },
  };
}
