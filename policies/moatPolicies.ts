/** All policies, for the pack and for packs of others. */
import type { Policies } from "@pulumi/policy";
import { Config } from "@pulumi/pulumi";
import { namespaceMemory, policiesOf } from "./crossguard";
import { compiledRule, Namespaces } from "./evaluate";
import type { Rule } from "./rule";
import { rules } from "./rules";
import { parseSettings } from "./settings";

/**
 * Policies for `new PolicyPack(name, { policies: moatPolicies() })`.
 *
 * @param written What `moat:policies` may hold. Default: what the stack's configuration has there.
 * @param judged The rules. Default: all.
 */
export function moatPolicies(
  written: unknown = new Config("moat").getObject("policies"),
  judged: readonly Rule[] = rules,
): Policies {
  const settings = parseSettings(written);
  const namespaces = new Namespaces();
  // A rule that is no CEL ends the preview here, before any resource is looked at.
  for (const rule of judged) compiledRule(rule);
  return [namespaceMemory(namespaces), ...judged.flatMap((rule) => policiesOf(rule, settings, namespaces))];
}
