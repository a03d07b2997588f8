/** Makes a policy of CrossGuard of a rule. */
import { type ResourceValidationPolicy, UnknownValueError } from "@pulumi/policy";
import type { KubernetesObject, Rule } from "./rule";

export const policyOf = (rule: Rule): ResourceValidationPolicy => ({
  name: rule.id.toLowerCase(),
  displayName: rule.title,
  description: `${rule.title}. ${rule.why}`,
  enforcementLevel: "mandatory",
  severity: rule.severity,
  validateResource: ({ type, props }, reportViolation) => {
    for (const violation of violationsOf(rule, type, props)) reportViolation(violation);
  },
});

/** What the rule says of a resource: nothing, or one text for each finding, with the mend. */
export function violationsOf(
  rule: Rule,
  type: string,
  props: Readonly<Record<string, unknown>>,
): readonly string[] {
  const object = objectOf(type, props);
  if (object === undefined || !rule.kinds.includes(`${object.apiVersion}/${object.kind}`)) return [];
  return findings(rule, object).map((finding) => `${rule.id}: ${finding}. ${rule.message}`);
}

/** What a preview cannot know yet might be anything, so it counts as wrong. */
function findings(rule: Rule, object: KubernetesObject): readonly string[] {
  try {
    return rule.check(object);
  } catch (error) {
    if (error instanceof UnknownValueError) {
      return [
        "a value that this rule looks at is not known before the update; make it known, so that it can be checked",
      ];
    }
    throw error;
  }
}

/** The Kubernetes object of a resource; its kind comes from the token: `kubernetes:apps/v1:Deployment`. */
export function objectOf(
  type: string,
  props: Readonly<Record<string, unknown>>,
): KubernetesObject | undefined {
  const [pulumiPackage, apiVersion, kind] = type.split(":");
  if (pulumiPackage !== "kubernetes" || apiVersion === undefined || kind === undefined) return undefined;
  return {
    // The token names the core group, which objects leave out.
    apiVersion: apiVersion.replace(/^core\//, ""),
    kind,
    // Read only when a rule looks, as an unknown value throws.
    get metadata() {
      return props.metadata;
    },
    get spec() {
      return props.spec;
    },
  };
}
