/** For every sample of every rule CrossGuard, CEL in TypeScript and a real API server give the same verdict, in the same words. */
import type { Rule, Sample } from "../../policies/rule";
import { rules } from "../../policies/rules";
import { prepareTestCrds } from "../../toolchain/crds";
import { tell } from "../support/live/progress";
import type { Answer } from "./client";
import { AdmissionCluster, type TypeWarning } from "./cluster";
import { mistakes, plainName, policiesOf, wrappedName } from "./policies";
import {
  agree,
  celVerdict,
  crossguardVerdict,
  namespaceName,
  namespaceOf,
  serverVerdict,
  type Verdicts,
} from "./verdicts";

const cases = rules.flatMap((rule) =>
  [...rule.samples.good, ...rule.samples.bad].map((sample) => ({
    rule,
    sample,
    policy: sample.type === undefined ? plainName(rule) : wrappedName(rule),
  })),
);
let cluster: AdmissionCluster;
let stop = async (): Promise<void> => {};
beforeAll(async () => {
  await prepareTestCrds();
  const named = cases.filter((c) => c.sample.type === undefined);
  const namespaces = new Set([
    "alpha",
    "default",
    ...named.map((c) => namespaceName(c.sample.object.metadata)),
  ]);
  cluster = await AdmissionCluster.start([...namespaces]);
  stop = cluster.stop;
});
afterAll(() => stop());

test("the type checker knows every kind, and sees a mistake in each", async () => {
  for (const policy of mistakes) {
    // The server publishes the schemas of new kinds after a moment.
    let warnings: readonly TypeWarning[] = [];
    for (let tries = 0; warnings.length === 0 && tries < 100; tries++) {
      warnings = await cluster.typeWarnings(policy);
      await cluster.forget(policy);
    }
    expect(warnings).toEqual([
      { fieldRef: expect.anything(), warning: expect.stringContaining("undefined field 'noSuchField'") },
    ]);
  }
});

test("the type checker finds nothing wrong with the rules", async () => {
  const found = await Promise.all(
    rules.map(async (rule) => {
      const warnings = await Promise.all(policiesOf(rule).map((policy) => cluster.typeWarnings(policy)));
      return warnings
        .flat()
        .filter((w) => isMistake(rule, w))
        .map((w) => ({ rule: rule.id, ...w }));
    }),
  );
  expect(found.flat()).toEqual([]);
});

/**
 * No policy of a cluster may have any warning. Rules for previews alone may name fields that only some of their kinds have, or only
 * resources without a schema; a field that none has is a mistake.
 */
function isMistake(rule: Rule, { warning, fieldRef }: TypeWarning): boolean {
  const kinds = new Set(warning.match(/Kind=\w+(?=: )/g));
  return fieldRef === "spec" || rule.scope === "tenants" || kinds.size === rule.on.length;
}

test("all three judge every sample alike", async () => {
  await cluster.bind(rules.flatMap(policiesOf));
  const differences: object[] = [];
  for (const [namespace, some] of byNamespace()) {
    await cluster.setNamespace(JSON.parse(namespace));
    const verdicts = await Promise.all(some.filter((one) => !stands(one)).map(judge));
    // Samples that stand for a while share a name, so each waits for the one before.
    for (const one of some) if (stands(one)) verdicts.push(await judge(one));
    differences.push(...verdicts.filter((v) => !agree(v)));
  }
  tell(`${cases.length} comparisons, ${differences.length} differences`);
  expect(differences).toEqual([]);
});

type Case = (typeof cases)[number];

const stands = ({ rule: { judges } }: Case): boolean => judges === "changes" || judges === "statuses";

/** Cases by the namespace that they see; samples with the same parameters share one. */
function byNamespace(): Map<string, Case[]> {
  const groups = new Map<string, Case[]>();
  for (const one of cases) {
    const key = JSON.stringify(namespaceOf(one.rule, one.sample));
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return groups;
}

async function judge({ rule, sample, policy }: Case): Promise<Verdicts & { rule: string; sample: string }> {
  return {
    rule: rule.id,
    sample: JSON.stringify(sample),
    crossguard: crossguardVerdict(rule, sample),
    cel: celVerdict(rule, sample),
    server: serverVerdict(await ask(rule, sample, policy)),
  };
}

function ask({ judges }: Rule, sample: Sample, policy: string): Promise<Answer> {
  if (judges === "changes") return cluster.remove(sample, policy);
  if (judges === "statuses") return cluster.writeStatus(sample, policy);
  return judges === "connections" ? cluster.connect(sample, policy) : cluster.send(sample, policy);
}
