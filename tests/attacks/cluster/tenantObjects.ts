/**
 * What a tenant applies with kubectl: the bad samples of every rule for tenants, by somebody whom RBAC lets do all of it. In a
 * throwaway tenant's namespace the API server refuses each by a rule; in a namespace that is no tenant's it takes every one.
 */
import { resources } from "../../../policies/kinds";
import type { Fields, Rule, Sample } from "../../../policies/rule";
import { rules } from "../../../policies/rules";
import { proxies } from "../../../policies/rules/tenants/proxies";
import { isFields } from "../../../policies/samples";
import { apply, kubectl, remove } from "../../support/live/kubectl";
import { until } from "../../support/live/progress";
import type { Attack, Outcome, Part } from "../attack";
import { addressAttacks, setUpAddresses } from "./addresses";
import { changeAttacks, changeable } from "./changes";
import { group, lendKinds, takeKindsBack } from "./lentKinds";
import { mightyTenant, namespace, type Submission, submit, tenantLabels } from "./stage";
import { unruledAttacks } from "./unruled";

const person = "attack-tenant";
const free = "attack-free";

/** Connections and statuses are not applied: their attacks go by addresses. */
const isApplied = ({ judges }: Rule): boolean => judges === undefined || judges === "changes";
const tenantRules = rules.filter((rule) => rule.scope === "tenants" && isApplied(rule));

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

/** Before rules see a monitor, the webhook writes what it leaves out about redirects: to leave it out is no attack. */
const isCompleted = (rule: Rule, { object }: Sample): boolean =>
  rule.id === proxies.id && !JSON.stringify(object).includes('"followRedirects"');

const badOf = (rule: Rule): readonly Sample[] => rule.samples.bad.filter((s) => !isCompleted(rule, s));

const batchesOf = (rule: Rule): Batch[] =>
  grouped(badOf(rule), textOf).map(([text, samples]) => ({
    namespace: namespaceFor(text),
    samples,
  }));

/** The sample as an object of another namespace. One that is itself a namespace gets a name of its own. */
function placed(rule: Rule, sample: Sample, inNamespace: string): Fields {
  const { object } = sample;
  const metadata = isFields(object.metadata) ? object.metadata : {};
  const own = object.kind === "Namespace" ? { name: nameOf(rule, sample) } : { namespace: inNamespace };
  return { ...object, metadata: { ...metadata, ...own } };
}

const nameOf = (rule: Rule, sample: Sample): string =>
  `attack-${rule.id.toLowerCase()}-${rule.samples.bad.indexOf(sample)}`;

const isClusterWide = (rule: Rule): boolean => rule.on.includes("v1/Namespace");
const changesOnly = (rule: Rule): boolean => rule.judges === "changes";

/** Submits the samples of batches, each batch where `where` says. What a rule keeps from being changed is asked to be deleted. */
async function submitted(
  rule: Rule,
  as: string | undefined,
  where: (batch: Batch) => string,
): Promise<Submission> {
  const parts = await Promise.all(
    batchesOf(rule).map((batch) =>
      submit(
        as,
        batch.samples.map((s) => placed(rule, s, where(batch))),
        changesOnly(rule) ? "delete" : "create",
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
  const all = badOf(rule).length;
  // Whose namespaces such a rule holds for is not to be said by a namespace, so it is the author who differs.
  const clusterWide = isClusterWide(rule);
  return {
    name: `${changesOnly(rule) ? "changes" : "applies"} what ${rule.id} forbids: ${rule.title}`,
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

/** A tenant's namespace without parameters. */
const first = namespaceFor("[]");

const objects = [
  ...[...parameterSets].map(([text, parameters]) =>
    namespace(namespaceFor(text), tenantLabels(person), parameters),
  ),
  namespace(free),
  ...mightyTenant(person),
];

/** The operator's kinds that the samples are of, by their names in the API. */
const operatorResources = [
  ...new Set(
    tenantRules
      .flatMap((rule) => rule.samples.bad)
      .flatMap(({ object: { apiVersion, kind } }) =>
        Object.entries(resources).flatMap(([name, resource]) =>
          name === `${apiVersion}/${kind}` && name.startsWith(`${group}/`) ? [resource] : [],
        ),
      ),
  ),
];

/** What must stand for it to be changed. */
const standing: readonly unknown[] = [
  ...[first, free].flatMap(changeable),
  ...tenantRules
    .filter(changesOnly)
    .flatMap((rule) =>
      batchesOf(rule).flatMap(({ namespace: place, samples }) =>
        samples.flatMap((s) =>
          (isClusterWide(rule) ? [place] : [place, free]).map((p) => placed(rule, s, p)),
        ),
      ),
    ),
];

/** The namespaces among it; the rest goes with its namespaces. */
const standingNamespaces = tenantRules
  .filter((rule) => changesOnly(rule) && isClusterWide(rule))
  .flatMap((rule) => rule.samples.bad.map((s) => namespace(nameOf(rule, s))));

export const tenantObjectsPart: Part = {
  attacks: [
    ...tenantRules.map(attackOn),
    ...unruledAttacks(person, free),
    ...changeAttacks(person, first, free),
    ...addressAttacks(person, first, free),
  ],
  concurrency: 3,
  setUp: async () => {
    await Promise.all([takeKindsBack(), remove(...objects, ...standingNamespaces)]);
    await Promise.all([lendKinds(operatorResources), apply(...objects)]);
    await kubectl(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items: standing }));
    await setUpAddresses(first, free);
    await until("the tenant to have its rights", 20, async () =>
      (await kubectl(["auth", "can-i", "create", "pods", "-n", free, "--as", person])).startsWith("yes"),
    );
  },
  tearDown: async () => {
    await Promise.all([takeKindsBack(), remove(...objects, ...standingNamespaces)]);
  },
};
