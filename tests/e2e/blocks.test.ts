/** Blocks: into the bucket by the sidecar, out of it by the store gateway to their tenant alone, kept as long as configured. */

import { programs } from "../../components/names";
import { toSeconds } from "../../config/quantities";
import { bareQuery, readyPod } from "../support/live/bare";
import { dropBlock, statefulProgram, thanosOnce, uploadBlocks } from "../support/live/blocks";
import { type Block, blocksInBucket, discardBlocks, ofSidecars, refreshStore } from "../support/live/bucket";
import { environment } from "../support/live/environment";
import { type TenantClient, tenantClient } from "../support/live/gateway";
import { isReady, kubectl, podsOf } from "../support/live/kubectl";
import { until } from "../support/live/progress";
import { platformNamespace, settings } from "../support/live/settings";
import type { Samples } from "../support/openMetrics";

const minutes = 60_000;
const hour = 3600;
const day = 24 * hour;
const now = Math.floor(Date.now() / 1000);
const { retention } = settings.thanos;

/** promtool begins a new block at each multiple of this, so what shall be one block begins right after one. */
const blockLength = 162 * hour;
const blockStart = (at: number): number => Math.floor(at / blockLength) * blockLength;

const labels = { namespace: "alpha" };

/** In the volume of a Prometheus, and young enough for it to keep. */
const fresh: Samples = {
  metric: `test_sidecar_${now}`,
  labels,
  from: now - Math.floor(toSeconds(settings.metrics.retention) / 2),
  step: 15,
  count: 5,
};

/** Older than what Prometheus keeps. Thanos downsamples blocks of 40 h and more; there are four samples in each five minutes. */
const old: Samples = {
  metric: `test_old_${now}`,
  labels,
  from: blockStart(now - 16 * day) + (now % hour),
  step: 75,
  count: (41 * hour) / 75,
};

/** Older than what the bucket keeps. */
const expired: Samples = {
  metric: `test_expired_${now}`,
  labels,
  from: now - toSeconds(retention.raw) - day,
  step: 15,
  count: 5,
};

/** External labels of the uploaded blocks, as if of a Prometheus that is no more. */
const formerly = { cluster: settings.clusterName, prometheus: "test", prometheus_replica: `test-${now}` };

const at = (samples: Samples, index: number): string => String(samples.from + index * samples.step);
const holds = (samples: Samples, b: Block): boolean =>
  samples.from * 1000 >= b.minTime && samples.from * 1000 < b.maxTime;
const isUploaded = (b: Block): boolean => b.thanos.labels.prometheus_replica === formerly.prometheus_replica;
const isDropped = (b: Block): boolean =>
  b.thanos.labels.prometheus !== formerly.prometheus && b.minTime === fresh.from * 1000;

let alpha: TenantClient;
let beta: TenantClient;

beforeAll(async () => {
  const env = await environment();
  [alpha, beta] = await Promise.all([tenantClient(env, "alpha"), tenantClient(env, "beta")]);
}, 2 * minutes);

afterAll(async () => {
  const uploaded = (b: Block): boolean => b.thanos.labels.prometheus === formerly.prometheus;
  await discardBlocks((await blocksInBucket()).filter((b) => uploaded(b) || isDropped(b)));
}, 3 * minutes);

describe("blocks in the bucket", () => {
  test(
    "a block of a Prometheus arrives through its sidecar",
    async () => {
      const uploads = await ofSidecars("thanos_shipper_uploads_total");
      expect((await blocksInBucket()).filter(isDropped)).toEqual([]);
      await dropBlock([fresh]);
      await until(
        "the sidecar to upload the block",
        120,
        async () => (await ofSidecars("thanos_shipper_uploads_total")) > uploads,
      );
      expect((await blocksInBucket()).filter(isDropped)).toMatchObject([
        { thanos: { labels: { cluster: settings.clusterName, prometheus_replica: expect.any(String) } } },
      ]);
    },
    4 * minutes,
  );

  test(
    "the store gateway serves them, also what Prometheus no longer has, to their tenant alone",
    async () => {
      await uploadBlocks([old, expired], formerly);
      await refreshStore();
      await until("the old samples, for alpha", 90, async () => {
        const time = at(old, 1);
        return (await alpha.query(old.metric, { time })).length === 1;
      });

      const found = async (samples: Samples, more: Record<string, string>): Promise<number> =>
        (await bareQuery(samples.metric, { time: at(samples, 1), dedup: "false", ...more })).length;
      // From the store gateway itself, and the older of them from nowhere else. It was restarted, so the pod is looked up each time.
      const sidecars = await until("the store gateway's own answer", 60, async () => {
        const { podIP } = (await readyPod(programs.store)).status;
        const store = { "storeMatch[]": `{__address__=~"${podIP}:.*"}` };
        const both = [await found(fresh, store), await found(old, store)];
        return both.every((n) => n === 1) ? { "storeMatch[]": `{__address__!~"${podIP}:.*"}` } : undefined;
      });
      expect(await found(old, sidecars)).toBe(0);

      for (const samples of [fresh, old]) {
        const time = at(samples, 1);
        const [series] = await alpha.query(samples.metric, { time });
        expect(series).toMatchObject({ metric: { namespace: "alpha" }, value: [Number(time), "1"] });
        expect(await beta.query(samples.metric, { time })).toEqual([]);
        expect(await beta.query(`{__name__="${samples.metric}",namespace="alpha"}`, { time })).toEqual([]);
      }
    },
    4 * minutes,
  );
});

describe("the compactor", () => {
  test("is a single instance with the configured retentions, and downsamples", async () => {
    const { replicas, args } = await statefulProgram(programs.compact);
    expect(replicas).toBe(1);
    expect(await podsOf(programs.compact)).toHaveLength(1);
    expect(args).toEqual(
      expect.arrayContaining([
        `--retention.resolution-raw=${retention.raw}`,
        `--retention.resolution-5m=${retention.fiveMinutes}`,
        `--retention.resolution-1h=${retention.oneHour}`,
      ]),
    );
    expect(args.filter((a) => a.startsWith("--downsampling.disable"))).toEqual([]);
  });

  test(
    "marks what is older than the retention for deletion, and nothing else; long ranges use its samples at five minutes",
    async () => {
      const uploaded = (await blocksInBucket()).filter(isUploaded);
      const [raw, ...moreRaw] = uploaded.filter((b) => holds(old, b));
      const [gone, ...moreGone] = uploaded.filter((b) => holds(expired, b));
      expect([moreRaw, moreGone]).toEqual([[], []]);

      const words = await compactNow();

      const kept = (await blocksInBucket("--exclude-delete")).filter(isUploaded);
      expect(kept.map((b) => b.ulid)).not.toContain(gone?.ulid);
      expect(kept.map((b) => b.ulid)).toContain(raw?.ulid);
      expect(words).toMatch(new RegExp(`retention: marking block for deletion.*${gone?.ulid}`));
      expect(kept.map((b) => b.thanos.downsample.resolution).sort()).toEqual([0, 300_000]);

      await refreshStore();
      // A sample at five minutes is the mean of four that follow each other, so it lies between two whole numbers.
      const whole = async (step: number): Promise<boolean | undefined> => {
        const start = old.from + 4 * hour;
        const [series] = await alpha.range(old.metric, start, start + 24 * hour, step);
        return series?.values.every(([, value]) => Number.isInteger(Number(value)));
      };
      // Each try has a step of its own: what the restarted store was too late for would come from the frontend's cache ever after.
      let tries = 0;
      await until(
        "long ranges of samples at five minutes",
        90,
        async () => (await whole(hour + tries++)) === false,
      );
      expect(await whole(60)).toBe(true);
    },
    6 * minutes,
  );
});

/**
 * One round of the compactor with its own flags, except that it does not leave blocks of the last half hour alone. The compactor itself
 * pauses meanwhile, as two must never work on one bucket.
 */
async function compactNow(): Promise<string> {
  const { args } = await statefulProgram(programs.compact);
  const scale = (replicas: number) =>
    kubectl(["scale", "statefulset", programs.compact, "-n", platformNamespace, `--replicas=${replicas}`]);
  try {
    await scale(0);
    await until("the compactor to pause", 60, async () => (await podsOf(programs.compact)).length === 0);
    const once = args.filter((a) => a !== "--wait");
    return await thanosOnce("test-compact", [...once, "--consistency-delay=0s"], 180);
  } finally {
    await scale(1);
    await until("the compactor to be back", 90, async () => (await podsOf(programs.compact)).some(isReady));
  }
}
