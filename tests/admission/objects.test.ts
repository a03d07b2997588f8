/**
 * Whatever the API server and the tenants' rules let through, the operator can read and Prometheus can load. Objects are drawn from the
 * schemas; MOAT_OBJECTS says how many, MOAT_SEED from where.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { crdFile } from "../../components/metrics/crds";
import { tenantAnnotations } from "../../components/names";
import { monitorBytes } from "../../components/tenancy/quota";
import type { Fields } from "../../policies/rule";
import { tenantRules } from "../../policies/rules/tenants";
import { prepareTestCrds, testCrdFolder } from "../../toolchain/crds";
import { violations } from "../policies/support";
import { tell } from "../support/live/progress";
import { dressed } from "../support/objects/dressed";
import { buildOperatorCheck, verdictsOn } from "../support/objects/operatorCheck";
import { schemaOf, valuesOf } from "../support/objects/schema";

const wanted = Number(process.env.MOAT_OBJECTS ?? 5000);
const seed = Number(process.env.MOAT_SEED ?? Date.now() % 2 ** 31);
const batch = 1000;

jest.setTimeout(120_000 + wanted * 60);

/** What one object may add to the Secret and the ConfigMaps that all tenants share. */
const mostBytes: Readonly<Record<string, number>> = { PrometheusRule: 65_536 };

const parameters = {
  [tenantAnnotations.namespaces]: "alpha",
  [tenantAnnotations.probeTargets]: "*",
  [tenantAnnotations.sampleLimit]: "50000",
  [tenantAnnotations.targetLimit]: "100",
};

const names = ["servicemonitors", "podmonitors", "probes", "prometheusrules"] as const;

const objects = (): fc.Arbitrary<Fields> =>
  fc.oneof(
    ...names.map((name) => {
      const { spec, ...kind } = schemaOf(
        JSON.parse(readFileSync(join(testCrdFolder, crdFile(name)), "utf8")),
      );
      return dressed(kind, valuesOf(spec));
    }),
  );

/** Whether all rules on the object's kind let it through. */
const isLetThrough = (object: Fields): boolean =>
  tenantRules
    .filter((rule) => rule.judges === undefined)
    .filter((rule) => rule.on.some((kind) => kind === `${String(object.apiVersion)}/${String(object.kind)}`))
    .every((rule) => violations(rule, { object, parameters }).length === 0);

beforeAll(async () => {
  await prepareTestCrds();
  await buildOperatorCheck();
}, 600_000);

test("no object that the rules let through breaks the configuration of all", async () => {
  const drawn = objects();
  const counts = { drawn: 0, let: 0, refusedByOperator: 0 };
  const survivors: object[] = [];
  while (counts.drawn < wanted) {
    const some = fc.sample(drawn, { numRuns: batch, seed: seed + counts.drawn });
    const through = some.filter(isLetThrough);
    const verdicts = await verdictsOn(through);
    counts.drawn += some.length;
    counts.let += through.length;
    for (const [i, { broken, refused, bytes }] of verdicts.entries()) {
      const object = through[i];
      const most = mostBytes[String(object?.kind)] ?? monitorBytes;
      if (refused !== undefined) counts.refusedByOperator += 1;
      if (broken !== undefined || bytes > most)
        survivors.push({ broken: broken ?? `${bytes} bytes`, object });
    }
  }
  tell(
    `seed ${seed}: ${counts.drawn} objects drawn, ${counts.let} let through, ${counts.refusedByOperator} of these left out by the operator, ${survivors.length} that break`,
  );
  expect(survivors.slice(0, 20)).toEqual([]);
  // Else the draw says nothing.
  expect(counts.let - counts.refusedByOperator).toBeGreaterThan(counts.drawn / 20);
});

test("the same draw finds what breaks when no rule holds", async () => {
  const some = fc.sample(objects(), { numRuns: batch, seed });
  const verdicts = await verdictsOn(some);
  const broken = verdicts.filter((v) => v.broken !== undefined);
  tell(`seed ${seed}: without rules ${broken.length} of ${batch} objects break the configuration of all`);
  expect(broken.length).toBeGreaterThan(batch / 100);
});

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const some = (length: number) =>
  fc.string({ unit: fc.constantFrom(...letters), minLength: length, maxLength: length });

/** Relabelings of which gzip makes as little as of any: every field is drawn, and many are left out. */
const relabeling = (bytes: number) =>
  fc.oneof(
    fc.record({ action: fc.constantFrom("keep", "drop"), regex: some(bytes) }),
    fc.record({ action: fc.constantFrom("lowercase", "uppercase"), targetLabel: fc.constant("a") }),
    fc.record({
      action: fc.constantFrom("replace"),
      targetLabel: fc.constantFrom("a", "b"),
      replacement: some(bytes),
    }),
    fc.record({
      action: fc.constant("hashmod"),
      targetLabel: fc.constant("a"),
      modulus: fc.integer({ min: 1, max: 10 ** bytes - 1 }),
    }),
  );

/** A monitor with as many relabelings as may be, and `bytes` of text in most of them. */
const largest = (bytes: number) => {
  const list = fc.array(relabeling(bytes), { minLength: 50, maxLength: 50 });
  const endpoint = fc.record({
    port: some(1),
    followRedirects: fc.constant(false),
    interval: fc.integer({ min: 5, max: 600 }).map((seconds) => `${seconds}s`),
    relabelings: list,
    metricRelabelings: list,
  });
  return fc.array(endpoint, { minLength: 10, maxLength: 10 }).map((endpoints) => ({
    apiVersion: "monitoring.coreos.com/v1",
    kind: "ServiceMonitor",
    metadata: { name: "largest", namespace: "alpha" },
    spec: { selector: {}, endpoints },
  }));
};

test("the largest monitors that the rules let through add no more to the Secret of all than is reckoned with", async () => {
  const monitors = [2, 3, 4, 5, 6].flatMap((bytes) =>
    fc.sample(largest(bytes), { numRuns: 4, seed }).filter(isLetThrough),
  );
  const verdicts = await verdictsOn(monitors);
  const most = Math.max(...verdicts.map(({ bytes }) => bytes));
  tell(`${monitors.length} large monitors let through, of ${most} bytes at most`);
  expect(verdicts.filter(({ broken, refused }) => broken ?? refused)).toEqual([]);
  expect(most).toBeLessThanOrEqual(monitorBytes);
  // Else the draw says nothing.
  expect(most).toBeGreaterThan(monitorBytes / 2);
});
