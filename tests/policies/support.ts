/** Samples of rules as resources of a stack that makes the tenant's namespace, as the pack sees them. */
import { unknownCheckingProxy } from "@pulumi/policy";
import { objectLabels } from "../../components/names";
import { celFields } from "../../policies/cel";
import { compiledRule, Namespaces, type Resource, violationsOf } from "../../policies/evaluate";
import { tokenOf } from "../../policies/kinds";
import type { Rule, Sample } from "../../policies/rule";
import { isFields } from "../../policies/samples";
import type { StackResource, StackSample } from "../../policies/stack";
import { stackRules } from "../../policies/stackRules";

export const resourceOf = ({ object, type }: Sample): Resource => ({
  type: type ?? tokenOf(`${String(object.apiVersion)}/${String(object.kind)}`),
  name: "sample",
  props: object,
});

/** A tenant's namespace as the tenancy component makes it. */
export const tenantNamespace = (name: string, annotations: Readonly<Record<string, string>> = {}) => ({
  metadata: {
    name,
    labels: { [objectLabels.role]: "tenant", [objectLabels.tenant]: "alpha" },
    annotations,
  },
});

/**
 * The namespace that a sample's conditions see. Rules that hold for everybody but the platform see one that is nobody's: of what the stack
 * makes in its own they say nothing.
 */
export const namespaceOf = ({ platformMay }: Rule, { parameters = {} }: Sample) =>
  platformMay
    ? { metadata: { name: "alpha", labels: {}, annotations: parameters } }
    : tenantNamespace("alpha", parameters);

/** What the pack says to a sample. */
export function violations(rule: Rule, sample: Sample): readonly string[] {
  const namespaces = new Namespaces();
  // The pack never sees the parameters of a namespace that the stack does not make, but the API server does: the conditions alone are asked.
  if (rule.platformMay && sample.parameters !== undefined) return conditions(rule, sample);
  if (!rule.platformMay)
    namespaces.see({
      type: "kubernetes:core/v1:Namespace",
      name: "alpha",
      props: namespaceOf(rule, sample),
    });
  return violationsOf(rule, resourceOf(sample), namespaces);
}

const conditions = (rule: Rule, sample: Sample): string[] =>
  compiledRule(rule)
    .violations({ object: celFields(sample.object), namespaceObject: celFields(namespaceOf(rule, sample)) })
    .map((message) => `${rule.id}: ${message}`);

/** The stack of a sample, as the pack sees it. */
export const stackOf = (sample: StackSample): StackResource[] =>
  sample.map((part, i) => {
    const resource = resourceOf(part);
    const metadata = isFields(part.object.metadata) ? part.object.metadata : {};
    const urn = `urn:pulumi:test::moat::${resource.type}::${i}`;
    return { ...resource, name: String(metadata.name), urn, props: unknownCheckingProxy({ ...part.object }) };
  });

/** A stack of that many resources: the good samples of all rules about stacks, over and over. */
export function largeStack(size: number): StackResource[] {
  const parts = stackRules.flatMap((rule) => rule.samples.good.flat());
  return stackOf(
    Array.from({ length: size }, (_, i) => parts[i % parts.length]).filter((part) => part !== undefined),
  );
}
