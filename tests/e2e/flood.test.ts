/** A stranger with random tokens, as fast as the edge lets one address: the tenants' queries go on. */
import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { namespaceHeader } from "../../components/names";
import { environment } from "../support/live/environment";
import { gatewayOf, tenantClient } from "../support/live/gateway";
import { keepAlive, send } from "../support/live/http";
import { tell } from "../support/live/progress";

const path = "/api/v1/query?query=up";
const seconds = 60;
/** Together some 600 requests a second: the edge takes 1000 from one address, and the tenant comes from the same one here. */
const workers = 16;
const pause = 25;

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;

test("a flood of random tokens from one address keeps no tenant out", async () => {
  const env = await environment();
  const beta = await tenantClient(env, "beta");
  const stranger = { ...gatewayOf(env), agent: keepAlive(workers) };

  const timed = async (until: number): Promise<{ statuses: number[]; times: number[] }> => {
    const statuses: number[] = [];
    const times: number[] = [];
    while (Date.now() < until) {
      const start = performance.now();
      statuses.push((await beta.ask({ path })).status);
      times.push(performance.now() - start);
    }
    return { statuses, times: times.sort((a, b) => a - b) };
  };
  const before = await timed(Date.now() + 10_000);

  const until = Date.now() + seconds * 1000;
  const refused = new Map<number, number>();
  const flood = Array.from({ length: workers }, async () => {
    while (Date.now() < until) {
      const headers = [
        ["Authorization", `Bearer ${randomBytes(32).toString("hex")}`],
        [namespaceHeader, "beta"],
      ] as const;
      const { status } = await send(stranger, { path, headers });
      refused.set(status, (refused.get(status) ?? 0) + 1);
      await delay(pause);
    }
  });
  const during = await timed(until);
  await Promise.all(flood);

  const p99 = (times: readonly number[]) => `${Math.round(quantile(times, 0.99))} ms`;
  tell(
    `strangers were answered ${[...refused].map(([s, n]) => `${s}: ${n}`).join(", ")}; ` +
      `beta's p99 was ${p99(before.times)} before and ${p99(during.times)} during the flood`,
  );
  expect([...refused.keys()].filter((status) => status !== 401 && status !== 429)).toEqual([]);
  // It was a flood: most of it was more than one address may ask about.
  expect(refused.get(429) ?? 0).toBeGreaterThan(refused.get(401) ?? 0);
  expect(new Set([...before.statuses, ...during.statuses])).toEqual(new Set([200]));
}, 300_000);
