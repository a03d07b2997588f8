/** Rules about a whole stack: what holds between resources, such as a route and the program behind it. */
import { type StackValidationPolicy, UnknownValueError } from "@pulumi/policy";
import type { Resource } from "./evaluate";
import type { Kind } from "./kinds";
import type { Fields, PulumiType, Rule, Sample } from "./rule";
import { levelOf, type PolicySettings, pardoned } from "./settings";

export interface StackRule extends Pick<Rule, "id" | "title" | "why" | "severity" | "references"> {
  /** What it judges. It may look at everything else in the stack. */
  readonly on: readonly (Kind | PulumiType)[];
  /** How to mend what it finds. */
  readonly mend: string;
  /** Everything that breaks it. */
  readonly check: (resources: readonly StackResource[]) => readonly Finding[];
  readonly samples: {
    /** Stacks in which nothing is found. */
    readonly good: readonly StackSample[];
    /** Stacks in which something is. */
    readonly bad: readonly StackSample[];
  };
}

/** The resources of a small stack. */
export type StackSample = readonly Sample[];

/** A resource at the end of a preview or an update. Reading what is not known throws. */
export interface StackResource extends Resource {
  readonly urn?: string;
}

/** What is wrong, and with which resource. */
export interface Finding {
  readonly resource: StackResource;
  readonly message: string;
}

/** A judgement that needs what a preview cannot know. */
class Unseen extends Error {}

/** Reads of a resource, and tells of which one when what is read is not known. */
export function seen<T>({ name }: StackResource, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UnknownValueError)) throw error;
    const words = error instanceof Error ? error.message : "";
    const field = /at \.(\S+) /.exec(words)?.[1] ?? "a field";
    throw new Unseen(
      `This cannot be checked, as "${field}" of ${name} is not known before the update: make it known, or list an exception with its reason.`,
    );
  }
}

/**
 * Judges resources one by one: each message is a finding. What a judgement needs and a preview cannot know is one, too, as nothing
 * passes that was not seen.
 */
export const judged = (
  resources: readonly StackResource[],
  judge: (resource: StackResource) => readonly string[],
): Finding[] =>
  resources.flatMap((resource) => {
    try {
      return seen(resource, () => judge(resource)).map((message) => ({ resource, message }));
    } catch (error) {
      if (!(error instanceof Unseen)) throw error;
      return [{ resource, message: error.message }];
    }
  });

/** Computes at the first call, and keeps what came of it. */
export function once<T>(compute: () => T): () => T {
  const kept: T[] = [];
  return () => {
    const [known = compute()] = kept;
    kept[0] = known;
    return known;
  };
}

/** Inputs of resources by URN, as they were when each was judged alone. */
export type StackInputs = Map<string, Fields>;

/**
 * The policy of CrossGuard that a rule is. The server unpacks the whole stack for each of them, so a rule has one.
 *
 * What the engine shows of a stack are outputs, and before there is a cluster a preview has none: nothing would be seen, and nothing
 * found. So the rule judges the inputs, and outputs only of what was not judged alone.
 */
export const stackPolicyOf = (
  rule: StackRule,
  settings: PolicySettings,
  inputs: StackInputs,
): StackValidationPolicy => ({
  name: rule.id.toLowerCase(),
  displayName: rule.title,
  description: `${rule.title}. ${rule.why}`,
  enforcementLevel: levelOf(rule, settings),
  severity: rule.severity,
  validateStack: ({ resources }, report) => {
    const given = resources.map(({ type, name, urn, props }) => ({
      type,
      name,
      urn,
      props: inputs.get(urn) ?? props,
    }));
    for (const { resource, message } of rule.check(given)) {
      if (pardoned(rule, resource, settings)) continue;
      report(`${rule.id}: ${message}`, resource.urn);
    }
  },
});
