/** What the policy pack says of resources, and how they are protected. */
import { unknownCheckingProxy } from "@pulumi/policy";
import type { ResourceOptions, ResourceTransformation } from "@pulumi/pulumi";
import { typeOf } from "../../policies/crossguard";
import { Namespaces, violationsOf } from "../../policies/evaluate";
import { rules } from "../../policies/rules";
import { type Made, plain, unknown, unknownIn } from "./mocks";

/** Inputs as the engine hands them to the pack: secrets in the clear, and reading what is not known yet throws. */
const asJudged = (inputs: unknown): Record<string, unknown> => unknownCheckingProxy(plain(marked(inputs)));

function marked(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  // The mark is on the thing itself.
  if (unknownIn(value).includes("")) return unknown;
  if (Array.isArray(value)) return value.map(marked);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, marked(part)]));
}

/** Violations of any rule of the pack by any of the resources, in the order in which they were made. */
export function violationsIn(made: readonly Made[]): string[] {
  const namespaces = new Namespaces();
  return made.flatMap(({ type, name, inputs }) => {
    const resource = { type, name, props: asJudged(inputs) };
    namespaces.see(resource);
    return rules
      .filter((rule) => rule.on.some((kind) => typeOf(kind) === type))
      .flatMap((rule) => violationsOf(rule, resource, namespaces));
  });
}

/** Types of the pack's rules that none of the resources is of would judge nothing; this names those that judge some. */
export const judgedTypes = (made: readonly Made[]): string[] =>
  [...new Set(made.map((m) => m.type))].filter((type) =>
    rules.some((rule) => rule.on.some((kind) => typeOf(kind) === type)),
  );

/** Remembers the options under which each child of a component is made, by name. */
export function optionsOfChildren() {
  const seen = new Map<string, ResourceOptions>();
  const remember: ResourceTransformation = ({ name, opts }) => {
    seen.set(name, opts);
    return undefined;
  };
  return { seen, transformations: [remember] };
}
