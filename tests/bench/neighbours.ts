/**
 * Who makes whom wait: a tenant's small query, one at a time through the edge, while nobody else asks, while another tenant asks the most
 * expensive that the gateway takes, and while a stranger tries tokens. All come from this machine, so to the gateway they are one address.
 */
import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { namespaceHeader } from "../../components/names";
import type { Environment } from "../support/live/environment";
import { gatewayOf, tenantClient } from "../support/live/gateway";
import { keepAlive, send } from "../support/live/http";
import { tell } from "../support/live/progress";
import { queryString } from "../support/live/prometheusApi";
import { edgeOnNode } from "./readPath";
import { summarise } from "./statistics";

export interface NeighbourFigures {
  readonly meanwhile: string;
  /** Milliseconds of beta's query. */
  readonly p50: number;
  readonly p99: number;
  /** Of the others' requests, by status. */
  readonly others: string;
}

const seconds = 60;
/** More than a tenant has places for, so that its own queue is full as well. */
const concurrency = 24;

type Other = () => Promise<number>;

export async function measureNeighbours(env: Environment): Promise<NeighbourFigures[]> {
  const beta = await tenantClient(env, "beta", edgeOnNode());
  const alpha = await tenantClient(env, "alpha", edgeOnNode());
  const strangers = { ...gatewayOf(env, edgeOnNode()), agent: keepAlive(concurrency) };
  const others: readonly (readonly [string, Other | undefined])[] = [
    ["nobody", undefined],
    ["alpha's worst query, 24 at once", async () => (await alpha.ask({ path: worst() })).status],
    [
      "a stranger's random tokens, 24 at once",
      async () => {
        const token = randomBytes(24).toString("hex");
        const headers = [["Authorization", `Bearer ${token}`] as const, [namespaceHeader, "beta"] as const];
        const { status } = await send(strangers, { path: small, headers });
        // Together some 600 a second: the edge takes 1000 from one address, and beta comes from the same one here.
        await delay(40);
        return status;
      },
    ],
  ];
  const figures: NeighbourFigures[] = [];
  for (const [meanwhile, other] of others) {
    tell(`beta's query, and meanwhile ${meanwhile}`);
    const end = Date.now() + seconds * 1000;
    const statuses = new Map<number, number>();
    const crowd = Array.from({ length: other === undefined ? 0 : concurrency }, async () => {
      while (other !== undefined && Date.now() < end) {
        const status = await other();
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    });
    const times: number[] = [];
    while (Date.now() < end) {
      const start = performance.now();
      await beta.get("/api/v1/query", { query: "up" });
      times.push(performance.now() - start);
    }
    await Promise.all(crowd);
    const told = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
    figures.push({ meanwhile, ...summarise(times), others: told.join(", ") || "-" });
  }
  return figures;
}

const small = `/api/v1/query?${queryString({ query: "up" })}`;

/** Every series of the tenant, at as many steps as are allowed, each over a window: no part of it is in a cache. */
function worst(): string {
  const end = Math.floor(Date.now() / 1000);
  const parameters = {
    query:
      'sum by (__name__) (max_over_time({__name__=~".+"}[1h])) - count(stddev_over_time({__name__=~".*_.*"}[1h]))',
    start: String(end - 10_000),
    end: String(end),
    step: "1",
  };
  return `/api/v1/query_range?${queryString(parameters)}`;
}
