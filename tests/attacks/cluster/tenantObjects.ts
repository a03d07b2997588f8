/**
 * What a tenant applies with kubectl: the bad samples of every rule for tenants, by somebody whom RBAC lets do all of it. In a
 * throwaway tenant's namespace the API server refuses each by a rule; in a namespace that is no tenant's it takes every one.
 */
import type { Fields, Rule, Sample } from "../../../policies/rule";
import { rules } from "../../../policies/rules";
import { isFields } from "../../../policies/samples";
import { apply, kubectl, remove } from "../../support/live/kubectl";
import { until } from "../../support/live/progress";
import type { Attack, Outcome, Part } from "../attack";
import { lendKinds, takeKindsBack } from "./lentKinds";
import { mightyTenant, namespace, type Submission, submit, tenantLabels } from "./stage";
import { unruledAttacks } from "./unruled";

const person = "attack-tenant";
const free = "attack-free";

const tenantRules = rules.filter((rule) => rule.scope === "tenants");

/** A rule's bad samples that share parameters. These are annotations on namespaces, so there is a namespace for each set of them. */
interface Batch {
  readonly namespace: string;
  readonly samples: readonly Sample[];
}

/** Entries in the order of their first item. */
function grouped<T>(items: readonly T[], keyOf: (item: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups];
}

const textOf = ({ parameters = {} }: Sample): string => JSON.stringify(Object.entries(parameters).sort());

const parameterSets = new Map(
  tenantRules.flatMap((rule) => rule.samples.bad).map((sample) => [textOf(sample), sample.parameters ?? {}]),
);

const namespaceFor = (text: string): string => `attack-tenant-${[...parameterSets.keys()].indexOf(text)}`;

const batchesOf = (rule: Rule): Batch[] =>
  grouped(rule.samples.bad, textOf).map(([text, samples]) => ({
    namespace: namespaceFor(text),
    samples,
  }));

/** The sample as an object of another namespace. One that is itself a namespace gets a name that is not taken. */
function placed({ object }: Sample, inNamespace: string): Fields {
  const metadata = isFields(object.metadata) ? object.metadata : {};
  return object.kind === "Namespace"
    ? { ...object, metadata: { ...metadata, name: "attack-sample" } }
    : { ...object, metadata: { ...metadata, namespace: inNamespace } };
}

/** Submits the samples of batches, each batch where `where` says. */
async function submitted(
  rule: Rule,
  as: string | undefined,
  where: (batch: Batch) => string,
): Promise<Submission> {
  const parts = await Promise.all(
    batchesOf(rule).map((batch) =>
      submit(
        as,
        batch.samples.map((s) => placed(s, where(batch))),
      ),
    ),
  );
  return {
    accepted: parts.reduce((sum, part) => sum + part.accepted, 0),
    rules: parts.flatMap((part) => part.rules),
    others: parts.flatMap((part) => part.others),
  };
}

const tally = (ids: readonly string[]): string =>
  grouped(ids, (id) => id)
    .map(([id, list]) => `${list.length} by ${id}`)
    .join(", ");

function outcome({ accepted, rules: ids, others }: Submission, all: number): Outcome {
  if (accepted > 0) return { leaked: true, seen: `${accepted} of ${all} accepted` };
  // Refused for some other reason, it would say nothing about the rule.
  if (others.length > 0 || ids.length !== all)
    throw new Error(`${ids.length} of ${all} refused by a rule, others: ${others[0] ?? "none"}`);
  return { leaked: false, seen: `refused: ${tally(ids)}` };
}

function attackOn(rule: Rule): Attack {
  const all = rule.samples.bad.length;
  // Whose namespaces such a rule holds for is not to be said by a namespace, so it is the author who differs.
  const clusterWide = rule.on.includes("v1/Namespace");
  return {
    name: `applies what ${rule.id} forbids: ${rule.title}`,
    surface: "tenant objects",
    rule: rule.id,
    expected: `all ${all} refused`,
    play: async () => outcome(await submitted(rule, person, (batch) => batch.namespace), all),
    without: clusterWide ? "an author with the platform's right" : "a namespace that is no tenant's",
    teeth: async () => {
      const {
        accepted,
        others,
        rules: ids,
      } = await submitted(rule, clusterWide ? undefined : person, () => free);
      const seen = `${accepted} of ${all} accepted`;
      return accepted === all
        ? { leaked: true, seen }
        : { leaked: false, seen: `${seen}; ${tally(ids)}; ${others[0] ?? ""}` };
    },
  };
}

const objects = [
  ...[...parameterSets].map(([text, parameters]) =>
    namespace(namespaceFor(text), tenantLabels(person), parameters),
  ),
  namespace(free),
  ...mightyTenant(person),
];

export const tenantObjectsPart: Part = {
  attacks: [...tenantRules.map(attackOn), ...unruledAttacks(person, free)],
  concurrency: 3,
  setUp: async () => {
    await Promise.all([takeKindsBack(), remove(...objects)]);
    await Promise.all([lendKinds(), apply(...objects)]);
    await until("the tenant to have its rights", 20, async () =>
      (await kubectl(["auth", "can-i", "create", "pods", "-n", free, "--as", person])).startsWith("yes"),
    );
  },
  tearDown: async () => {
    await Promise.all([takeKindsBack(), remove(...objects)]);
  },
};
