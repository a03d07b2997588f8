/**
 * 10: no monitor or rule of a tenant writes into another's namespace, reads another's targets or another's series.
 * The API server refuses them all; that is switched off, as Prometheus must hold without it.
 */

import { admission, isForbidden } from "../support/live/admission";
import { bareQuery } from "../support/live/bare";
import { emitter } from "../support/live/emitter";
import { type Environment, environment } from "../support/live/environment";
import { tenantClient } from "../support/live/gateway";
import { type KubernetesObject, remove, tryApply } from "../support/live/kubectl";
import { tell, until } from "../support/live/progress";
import type { Vector } from "../support/live/prometheusApi";
import { forgedMetric, forgedMetrics, forgedRules, forgeries, forgerLabels } from "./forgeries";

const namespace = "alpha-jobs";
const app = "forger";
const all = forgeries(namespace, app);
const application = emitter({ name: app, namespace, labels: forgerLabels, metrics: forgedMetrics });
const rules = forgedRules(namespace);
const objects: KubernetesObject[] = [...application, ...all.map((f) => f.object), rules];
/** What a rule of tenants forbids; the kind ScrapeConfig is not there at all. */
const forbidden = [...all.map((f) => f.object), rules].filter((o) => o.kind !== "ScrapeConfig");
const forgiven: string[] = [];
const accepted = new Set<string>();
let env: Environment;
let series: Vector = [];

beforeAll(async () => {
  env = await environment();
  await remove(...objects.filter((o) => o.kind !== "ScrapeConfig"));
  for (const object of forbidden) if (!(await isForbidden(object))) forgiven.push(object.metadata.name);
  await admission(false, forbidden);
  for (const object of objects) {
    const refusal = await tryApply(object);
    if (refusal === undefined) accepted.add(object.metadata.name);
    else tell(`${object.kind} ${object.metadata.name} is refused: ${refusal.trim().split("\n").at(-1)}`);
  }
  series = await until("every accepted monitor to be scraped", 420, async () => {
    const found = await bareQuery(`${forgedMetric}`);
    const seen = new Set(found.map((s) => s.metric.via));
    return all.every((f) => !f.scraped || !accepted.has(f.via) || seen.has(f.via)) ? found : undefined;
  });
}, 900_000);

afterAll(async () => {
  await remove(...objects.filter((o) => accepted.has(o.metadata.name)));
  await admission(true, forbidden);
}, 120_000);

test("the API server refuses every forged monitor and rule", () => expect(forgiven).toEqual([]));

test("the application does forge: its claim arrives as what it is, a claim", () => {
  expect(series.some((s) => s.metric.exported_namespace === "beta")).toBe(true);
});

test.each(all.map((f) => [f.what, f] as const))("%s", (_what, forgery) => {
  const brought = series.filter((s) => s.metric.via === forgery.via);
  if (!forgery.scraped || !accepted.has(forgery.via)) {
    expect(brought).toEqual([]);
    return;
  }
  expect(brought.length).toBeGreaterThan(0);
  expect(new Set(brought.map((s) => s.metric.namespace))).toEqual(new Set([namespace]));
});

test("no series of the forger shows in the other tenant's view, none of the other's in the forger's", async () => {
  const beta = await tenantClient(env, "beta");
  expect(await beta.query(`{__name__="${forgedMetric}"}`)).toEqual([]);
  const own = (await tenantClient(env, "alpha")).askingFor(namespace);
  expect(await own.query('sample_orders_total{shop="beta"}')).toEqual([]);
});

test("rules count the tenant's own series only, and record under its own name", async () => {
  const own = (await tenantClient(env, "alpha")).askingFor(namespace);
  await until("the tenant's rules to be seen through the gateway", 420, async () =>
    (await own.rules()).some((r) => r.name === "planted:orders"),
  );
  const planted = await until("the recorded series", 60, async () => {
    const found = await bareQuery("planted:orders");
    return found.length > 0 ? found : undefined;
  });
  expect(new Set(planted.map((s) => s.metric.namespace))).toEqual(new Set([namespace]));
  expect(await bareQuery("stolen:orders")).toEqual([]);
  // It asked to count beta's series, over a thousand, and was given its own.
  const asked = Number((await bareQuery('count({namespace="beta"})'))[0]?.value[1]);
  const given = (await bareQuery("stolen:any")).map((s) => Number(s.value[1]));
  expect(asked).toBeGreaterThan(1000);
  expect(given.length).toBeGreaterThan(0);
  // Each Prometheus counts by itself, with series that Thanos has merged or that have just ended; so no exact number is expected.
  expect(Math.max(...given)).toBeLessThan(0.8 * asked);
  const beta = await tenantClient(env, "beta");
  expect((await beta.rules()).map((r) => r.name)).not.toContain("Planted");
}, 600_000);
