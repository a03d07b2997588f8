/**
 * Samples that are no Kubernetes objects, such as the inputs of a bucket, as objects of a kind that takes any field, so that the API
 * server judges their conditions too. The inputs lie under `inputs`, as an object has an apiVersion, kind and metadata of its own;
 * conditions on `object` are made to look there.
 */
import type { Fields, Rule, Sample } from "../../policies/rule";

export const wrapping = {
  group: "samples.moat.dev",
  version: "v1",
  plural: "samples",
  kind: "Sample",
} as const;

export const definition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${wrapping.plural}.${wrapping.group}` },
  spec: {
    group: wrapping.group,
    scope: "Cluster",
    names: { plural: wrapping.plural, singular: "sample", kind: wrapping.kind, listKind: "SampleList" },
    versions: [
      {
        name: wrapping.version,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
};

/** What CEL sees of the sample in the pack: resources of the Kubernetes package have their version and kind from the type. */
export function inputsOf({ type, object }: Sample): Fields {
  const [pulumiPackage, version, kind] = type?.split(":") ?? [];
  if (pulumiPackage !== "kubernetes") return object;
  return { ...object, apiVersion: version?.replace(/^core\//, ""), kind };
}

export const wrap = (sample: Sample): Fields => ({
  apiVersion: `${wrapping.group}/${wrapping.version}`,
  kind: wrapping.kind,
  metadata: { name: "sample" },
  inputs: inputsOf(sample),
});

/** The rule for wrapped samples. */
export const wrappedRule = (rule: Rule): Rule => ({
  ...rule,
  ...(rule.variables === undefined
    ? {}
    : {
        variables: Object.fromEntries(
          Object.entries(rule.variables).map(([name, expression]) => [name, inward(expression)]),
        ),
      }),
  validations: rule.validations.map((v) => ({ ...v, expression: inward(v.expression) })),
});

/** The identifier `object`: not a part of a name, not a field, and not in a text, which the first two alternatives take whole. */
const identifier = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|(?<![\w.?])object\b/g;

const inward = (expression: string): string =>
  expression.replace(identifier, (found) => (found === "object" ? "object.inputs" : found));
