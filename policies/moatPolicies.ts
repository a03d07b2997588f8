/** All policies, for the pack and for packs of others. */
import type { Policies } from "@pulumi/policy";
import { Config } from "@pulumi/pulumi";
import { memory, policiesOf } from "./crossguard";
import { compiledRule, Namespaces } from "./evaluate";
import type { Rule } from "./rule";
import { rules } from "./rules";
import { parseSettings } from "./settings";
import { type StackInputs, type StackRule, stackPolicyOf } from "./stack";
import { stackRules } from "./stackRules";

/**
 * Policies for `new PolicyPack(name, { policies: moatPolicies() })`.
 *
 * @param written What `moat:policies` may hold. Default: what the stack's configuration has there.
 * @param judged The rules about single resources. Default: all.
 * @param ofStacks The rules about the stack as a whole. Default: all.
 */
export function moatPolicies(
  written: unknown = configured(),
  judged: readonly Rule[] = rules,
  ofStacks: readonly StackRule[] = stackRules,
): Policies {
  const settings = parseSettings(written, new Set([...judged, ...ofStacks].map((rule) => rule.id)));
  const namespaces = new Namespaces();
  const inputs: StackInputs = new Map();
  // A rule that is no CEL ends the preview here, before any resource is looked at.
  for (const rule of judged) compiledRule(rule);
  return [
    memory(namespaces, inputs),
    ...judged.flatMap((rule) => policiesOf(rule, settings, namespaces)),
    ...ofStacks.map((rule) => stackPolicyOf(rule, settings, inputs)),
  ];
}

/** The engine hands a stack without any configuration over as null, of which the SDK makes an error. */
const configured = (): unknown =>
  process.env.PULUMI_CONFIG === "null" ? undefined : new Config("moat").getObject("policies");
