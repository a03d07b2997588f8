/** What lies in the bucket. */
import { z } from "zod";
import { ports, programs } from "../../../components/names";
import { metricOf } from "./bare";
import { thanosOnce } from "./blocks";
import { fromPod, isReady, kill, podsOf } from "./kubectl";
import { until } from "./progress";

const block = z.object({
  ulid: z.string(),
  /** Unix milliseconds of the first sample, and of the end. */
  minTime: z.number(),
  maxTime: z.number(),
  thanos: z.object({
    labels: z.record(z.string(), z.string()),
    /** Milliseconds between samples; 0 for raw ones. */
    downsample: z.object({ resolution: z.number() }),
  }),
});

export type Block = z.output<typeof block>;

/** Blocks in the bucket, those marked for deletion included unless an argument leaves them out. */
export async function blocksInBucket(...args: readonly string[]): Promise<Block[]> {
  // A log goes to the same place, between the lines of an object: only errors are wanted of it.
  const list = ["tools", "bucket", "ls", "--output=json", "--log.level=error"];
  const said = await thanosOnce("test-list", [...list, ...args]);
  return (said.match(/^\{$[\s\S]*?^\}$/gm) ?? []).map((text) => block.parse(JSON.parse(text)));
}

/** Deletes blocks at once: a second run would put others over them, and the compactor halts at an overlap. */
export async function discardBlocks(blocks: readonly Block[]): Promise<void> {
  if (blocks.length === 0) return;
  const ids = blocks.map((b) => `--id=${b.ulid}`);
  const mark = ["--marker=deletion-mark.json", "--details=made by a test"];
  await thanosOnce("test-mark", ["tools", "bucket", "mark", ...ids, ...mark]);
  const now = ["--delete-delay=0s", "--consistency-delay=0s"];
  await thanosOnce("test-cleanup", ["tools", "bucket", "cleanup", ...now]);
}

/** A metric of the sidecars, summed over the tenants' Prometheus servers; only its series that have a certain label, if one is given. */
export async function ofSidecars(metric: string, having = ""): Promise<number> {
  const pods = (await podsOf(programs.tenantPrometheus)).filter(isReady);
  const texts = await Promise.all(pods.map((p) => fromPod(p, "/metrics", ports.http)));
  return texts.reduce((sum, text) => sum + metricOf(text, metric, having), 0);
}

/** Has the store gateways look into the bucket now; by themselves they do every few minutes. */
export async function refreshStore(): Promise<void> {
  const before = await podsOf(programs.store);
  await Promise.all(before.map(kill));
  const old = new Set(before.map((p) => p.metadata.uid));
  await until("fresh store gateways", 60, async () => {
    const now = await podsOf(programs.store);
    return now.length === before.length && now.every((p) => isReady(p) && !old.has(p.metadata.uid));
  });
}
