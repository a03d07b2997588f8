/** The classes of sizes hold the series that they are for, by the figures of docs/sizing.md. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { dataShare } from "../../../components/metrics/prometheusSpec";
import { programs } from "../../../components/names";
import { resourcesFor } from "../../../components/workload/sizes";
import { toBytes, toSeconds } from "../../../config/quantities";

/** Bytes of memory of a series in the head block. */
const head = 3_000;
/** Bytes of a sample in a block, as high as Prometheus gives them. */
const sample = 2;
/** Bytes of a sample in the write-ahead log, and for how long it may be there. */
const logged = { bytes: 6.5, seconds: 3 * 3600 };

test.each([
  ["small", 40_000],
  ["medium", 1_000_000],
  ["large", 5_000_000],
] as const)("%s: a Prometheus has memory for %i series, and twice that for a moment", (size, series) => {
  const { memory, memoryLimit } = resourcesFor(programs.tenantPrometheus, size);
  expect(toBytes(memory)).toBeGreaterThan(series * head);
  expect(toBytes(memoryLimit)).toBeGreaterThan(2 * series * head);
});

test("the volumes of prod hold a million series", () => {
  const file = readFileSync(resolve(__dirname, "../../../Pulumi.prod.yaml"), "utf8");
  const { "moat:metrics": metrics, "moat:thanos": thanos } = z
    .object({
      "moat:metrics": z.object({ storage: z.string(), retention: z.string(), scrapeInterval: z.string() }),
      "moat:thanos": z.object({ compactStorage: z.string() }),
    })
    .parse(parse(file).config);
  const samples = 1_000_000 / toSeconds(metrics.scrapeInterval);
  const blocks = samples * toSeconds(metrics.retention) * sample;
  const log = samples * logged.seconds * logged.bytes;
  expect(toBytes(metrics.storage) * dataShare).toBeGreaterThan(blocks + log);
  // Two merges of two weeks at a time: what they read, and what they build, at the average of a sample.
  expect(toBytes(thanos.compactStorage)).toBeGreaterThan(2 * 2 * samples * toSeconds("14d") * 1.5);
});
