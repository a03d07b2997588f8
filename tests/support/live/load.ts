/** A small steady load of queries through the gateway that keeps account of every one. No query is tried twice. */
import { setTimeout as delay } from "node:timers/promises";
import type { TenantClient } from "./gateway";
import { queryString, readVector } from "./prometheusApi";

export interface Tally {
  readonly asked: number;
  /** What went wrong, each with the time since the load began. */
  readonly lost: readonly string[];
  /** Seconds of the longest query. */
  readonly slowest: number;
}

export interface LoadArgs {
  readonly client: TenantClient;
  readonly query: string;
  /** Number of series that every answer must have. */
  readonly series: number;
  /** Queries under way at a time. */
  readonly concurrency: number;
  /** Seconds between two queries of one worker. */
  readonly pause: number;
}

/** Loads the gateway for as long as `use` runs. */
export async function underLoad(args: LoadArgs, use: () => Promise<void>): Promise<Tally> {
  const began = Date.now();
  const lost: string[] = [];
  let asked = 0;
  let slowest = 0;
  let going = true;
  const worker = async (): Promise<void> => {
    while (going) {
      const start = Date.now();
      asked++;
      const problem = await once(args);
      slowest = Math.max(slowest, (Date.now() - start) / 1000);
      if (problem !== undefined) lost.push(`after ${((start - began) / 1000).toFixed(1)} s: ${problem}`);
      await delay(args.pause * 1000);
    }
  };
  const workers = Array.from({ length: args.concurrency }, worker);
  try {
    await use();
  } finally {
    going = false;
    await Promise.all(workers);
  }
  return { asked, lost, slowest };
}

async function once({ client, query, series }: LoadArgs): Promise<string | undefined> {
  try {
    const { status, body } = await client.ask({ path: `/api/v1/query?${queryString({ query })}` });
    if (status !== 200) return `${status} ${body.slice(0, 200)}`;
    const { length } = readVector(body);
    return length === series ? undefined : `${length} series instead of ${series}: ${body.slice(-300)}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
