/** `make bench`: speed of the running environment beside the bare path, as a table; a copy goes to docs/benchmarks.md. */
import { appendFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { root } from "../../toolchain/paths";
import { environment } from "../support/live/environment";
import { measureEngine } from "./engine";
import { measureNeighbours } from "./neighbours";
import { measurePolicies, measureStackRules, policyRows, stackRuleHeading, stackRuleRows } from "./policies";
import { measureReadPath } from "./readPath";
import { table } from "./statistics";

async function main(): Promise<void> {
  const env = await environment();
  const read = await measureReadPath(env);
  const neighbours = await measureNeighbours(env);
  const engine = await measureEngine();
  const policies = await measurePolicies();
  const report = [
    `## ${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    table(
      ["read path", "series", "p50 ms", "p99 ms", "requests/s"],
      read.map((f) => [
        f.path,
        String(f.series),
        f.p50.toFixed(1),
        f.p99.toFixed(1),
        f.throughput.toFixed(0),
      ]),
    ),
    table(
      ["beta's query, and meanwhile", "p50 ms", "p99 ms", "the others' answers"],
      neighbours.map((f) => [f.meanwhile, f.p50.toFixed(1), f.p99.toFixed(1), f.others]),
    ),
    table(
      ["engine", "seconds"],
      [
        [
          `preview of dev, ${engine.resources} resources, components too, no change`,
          engine.preview.toFixed(1),
        ],
        ["as many ConfigMaps, no change", engine.floor.toFixed(1)],
        ["ratio", (engine.preview / engine.floor).toFixed(2)],
        ["up of dev, no change", engine.noOpUp.toFixed(1)],
      ],
    ),
    table(
      ["preview, s", "no pack", "trivial pack", "ours", "ratio", "trivial adds", "ours adds", "ratio"],
      policyRows(policies),
    ),
    table(stackRuleHeading, stackRuleRows(measureStackRules())),
  ].join("\n\n");
  process.stdout.write(`\n${report}\n`);
  appendFileSync(join(root, "docs/benchmarks.md"), `\n${report}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
