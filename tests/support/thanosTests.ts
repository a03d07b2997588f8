/** What Thanos does on every object store that is fit for it, as tests: they follow one on the other. */
import { until } from "./live/progress";
import type { Thanos } from "./thanos";

const hour = 3600;
const minute = 60;
const samplesEach = (12 * hour) / minute;
const series = Array.from({ length: 200 }, (_, i) => `s${i}`);
const allSamples = samplesEach * series.length;
const counted = Object.fromEntries(series.map((name) => [name, samplesEach]));

export interface Store {
  readonly thanos: Thanos;
  /** Names of the objects in the bucket. */
  names(): Promise<readonly string[]>;
}

/** `store` is asked when a test runs. */
export function thanosTests(store: () => Store): void {
  // Begins with one of the ranges of 8 hours that the compactor makes one block of, and goes on into the next.
  const from = Math.floor(Date.now() / 1000 / (8 * hour)) * 8 * hour - 16 * hour;
  const everySample = () => store().thanos.read("count_over_time(moat_test[13h])", from + 12 * hour);

  test("a sidecar uploads blocks", async () => {
    const { thanos } = store();
    const samples = series.map((name) => ({
      metric: "moat_test",
      labels: { namespace: "alpha", series: name },
      from,
      step: minute,
      count: samplesEach,
    }));
    await thanos.write(samples);
    const blocks = await until("6 blocks in the bucket", 90, async () => {
      const found = await thanos.blocks();
      return found.length === 6 && found;
    });
    expect(blocks.map((b) => b.stats.numSamples).reduce((a, b) => a + b)).toBe(allSamples);
    expect(new Set(blocks.map((b) => b.compaction.level))).toEqual(new Set([1]));
  });

  test("a store gateway reads every sample", async () => {
    expect(await everySample()).toEqual(counted);
  });

  test("the compactor makes one block of four, and removes the four", async () => {
    const { thanos, names } = store();
    const before = (await thanos.blocks()).map((b) => b.ulid);
    await thanos.compact();
    const after = await thanos.blocks();
    expect(
      after
        .map((b) => (b.maxTime - b.minTime) / 1000 / hour)
        .map(Math.round)
        .sort(),
    ).toEqual([2, 2, 8]);
    expect(after.map((b) => b.stats.numSamples).reduce((a, b) => a + b)).toBe(allSamples);
    const left = await names();
    expect(before.filter((ulid) => left.some((name) => name.startsWith(`${ulid}/`)))).toHaveLength(2);
  });

  test("a store gateway reads every sample of the compacted block", async () => {
    expect(await everySample()).toEqual(counted);
  });
}
