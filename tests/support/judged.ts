/** What the policy pack says of resources, and how they are protected. */
import type { ResourceOptions, ResourceTransformation } from "@pulumi/pulumi";
import { typeOf } from "../../policies/crossguard";
import { Namespaces, violationsOf } from "../../policies/evaluate";
import { rules } from "../../policies/rules";
import type { Made } from "./mocks";

/** Violations of any rule of the pack by any of the resources, in the order in which they were made. */
export function violationsIn(made: readonly Made[]): string[] {
  const namespaces = new Namespaces();
  return made.flatMap(({ type, name, inputs }) => {
    const resource = { type, name, props: inputs };
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
