/** Alpha has as many monitors and rules as it may, each as dear as it may be: beta's queries, alerts and changes go on. */
import { environment } from "../support/live/environment";
import { type TenantClient, tenantClient } from "../support/live/gateway";
import { apply, type KubernetesObject, remove } from "../support/live/kubectl";
import { largestTenant } from "../support/live/largestTenant";
import { tell, until } from "../support/live/progress";

const minutes = 60_000;

let alpha: TenantClient;
let beta: TenantClient;

const theirs = largestTenant("alpha");

const change: KubernetesObject = {
  apiVersion: "monitoring.coreos.com/v1",
  kind: "PrometheusRule",
  metadata: { name: "meanwhile", namespace: "beta" },
  spec: { groups: [{ name: "meanwhile", rules: [{ alert: "Meanwhile", expr: "vector(1)" }] }] },
};

beforeAll(async () => {
  const env = await environment();
  [alpha, beta] = await Promise.all([tenantClient(env, "alpha"), tenantClient(env, "beta")]);
}, 3 * minutes);

afterAll(async () => {
  await remove(change, ...theirs);
  // What comes next finds the environment as it was.
  await until("alpha's rules to be gone", 420, async () => (await rulesLoaded()) === 0);
}, 10 * minutes);

/** How many of alpha's rules the Prometheus that answers has. */
const rulesLoaded = async (): Promise<number> => (await alpha.rules()).filter((r) => r.name === "a").length;

/** Milliseconds of beta's queries for so long, one after the other. */
async function times(seconds: number): Promise<number[]> {
  const found: number[] = [];
  for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
    const start = performance.now();
    expect(await beta.query("sample_orders_total")).toHaveLength(1000);
    found.push(performance.now() - start);
  }
  return found.sort((a, b) => a - b);
}

const p99 = (of: readonly number[]): number => of[Math.floor(of.length * 0.99)] ?? Number.NaN;

test(
  "the largest tenant keeps no other from its series, its alerts and its changes",
  async () => {
    const before = await times(15);
    for (const object of theirs) await apply(object);
    tell(`${theirs.length} objects of alpha's are accepted`);
    await until("alpha's rules to be loaded", 420, async () => (await rulesLoaded()) > 0);
    const during = await times(60);
    tell(`beta's p99 was ${Math.round(p99(before))} ms, and ${Math.round(p99(during))} ms with it`);
    await apply(change);
    await until("beta's new alert to fire", 420, async () => {
      const fired = await beta.query('ALERTS{alertname="Meanwhile"}');
      return fired.length > 0;
    });
  },
  20 * minutes,
);
