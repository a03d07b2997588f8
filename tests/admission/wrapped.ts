/**
 * Samples that are no Kubernetes objects, such as the inputs of a bucket, as objects of a kind that takes any field, so that the API
 * server judges their conditions too. Inputs called apiVersion, kind or metadata lie under `reserved`, as an object has its own
 * of these names; conditions are told so.
 */
import type { Fields, Rule, Sample } from "../../policies/rule";

export const wrapping = {
  group: "samples.moat.dev",
  version: "v1",
  plural: "samples",
  kind: "Sample",
} as const;

const reserved = ["apiVersion", "kind", "metadata"];

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

export function wrap(sample: Sample): Fields {
  const inputs = Object.entries(inputsOf(sample));
  return {
    ...Object.fromEntries(inputs.filter(([name]) => !reserved.includes(name))),
    reserved: Object.fromEntries(inputs.filter(([name]) => reserved.includes(name))),
    apiVersion: `${wrapping.group}/${wrapping.version}`,
    kind: wrapping.kind,
    metadata: { name: "sample" },
  };
}

/** The rule for wrapped samples. */
export const wrappedRule = (rule: Rule): Rule => ({
  ...rule,
  ...(rule.variables === undefined
    ? {}
    : {
        variables: Object.fromEntries(
          Object.entries(rule.variables).map(([name, expression]) => [name, renamed(expression)]),
        ),
      }),
  validations: rule.validations.map((v) => ({ ...v, expression: renamed(v.expression) })),
});

const names = new RegExp(`\\bobject\\.(\\??(?:${reserved.join("|")})\\b)`, "g");
const renamed = (expression: string): string => expression.replace(names, "object.reserved.$1");
