/**
 * Makes policies of CrossGuard of a rule: one for each type that it looks at. The server of policies unpacks a resource's inputs anew
 * for every policy, but skips those that name another type at once.
 */
import type { ResourceValidation, ResourceValidationPolicy } from "@pulumi/policy";
import { type Namespaces, violationsOf } from "./evaluate";
import { tokenOf } from "./kinds";
import type { Rule } from "./rule";
import { levelOf, type PolicySettings, pardoned } from "./settings";
import type { StackInputs } from "./stack";

export function policiesOf(
  rule: Rule,
  settings: PolicySettings,
  namespaces: Namespaces,
): ResourceValidationPolicy[] {
  if (rule.judges !== undefined) return [];
  const validate: ResourceValidation = (resource, report) => {
    const violations = violationsOf(rule, resource, namespaces);
    if (violations.length > 0 && pardoned(rule, resource, settings)) return;
    for (const violation of violations) report(violation);
  };
  return rule.on.map((kind) => ({
    name: rule.id.toLowerCase(),
    displayName: rule.title,
    description: `${rule.title}. ${rule.why}`,
    enforcementLevel: levelOf(rule, settings),
    severity: rule.severity,
    validateResource: forType(typeOf(kind), validate),
  }));
}

/** Remembers namespaces for the rules of tenants, and all inputs for rules about the stack. It never finds anything wrong. */
export const memory = (namespaces: Namespaces, inputs: StackInputs): ResourceValidationPolicy => ({
  name: "memory",
  description: "Remembers what the stack is made of, for rules that look at more than one resource.",
  enforcementLevel: "mandatory",
  validateResource: (resource) => {
    namespaces.see(resource);
    inputs.set(resource.urn, resource.props);
  },
});

/** The type of resources that a rule's kind means. */
export const typeOf = (kind: Rule["on"][number]): string => (kind.includes(":") ? kind : tokenOf(kind));

/** As `validateResourceOfType` does for classes; many of our types have none. */
const forType = (type: string, validate: ResourceValidation): ResourceValidation =>
  Object.assign<ResourceValidation, object>(
    (resource, report) => (resource.type === type ? validate(resource, report) : undefined),
    { __pulumiType: type },
  );
