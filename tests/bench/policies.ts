/**
 * What policies cost: each rule about stacks by itself on a large one; and previews without a pack, with a pack of one policy that looks at nothing, and with ours, taking turns, of dev and
 * of dev with a hundred tenants.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stackRules } from "../../policies/stackRules";
import { root } from "../../toolchain/paths";
import { largeStack } from "../policies/support";
import { tell } from "../support/live/progress";
import { preview, withTenants } from "../support/live/pulumi";
import { percentile } from "./statistics";

export interface PolicyFigures {
  readonly stack: string;
  /** Seconds of a preview, median. */
  readonly bare: number;
  readonly trivial: number;
  readonly ours: number;
}

const rounds = 5;
const folder = join(root, ".moat", "bench-pack");

export async function measurePolicies(): Promise<PolicyFigures[]> {
  makeTrivialPack();
  try {
    const dev = await measure("dev", []);
    const names = Array.from({ length: 100 }, (_, i) => `bench-${i}`);
    const many = await withTenants(Object.fromEntries(names.map((name) => [name, {}])), (file) =>
      measure("dev and 100 tenants", ["--config-file", file]),
    );
    return [dev, many];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measure(stack: string, options: readonly string[]): Promise<PolicyFigures> {
  const packs = {
    bare: [],
    trivial: ["--policy-pack", folder],
    ours: ["--policy-pack", join(root, "policies")],
  };
  const times = { bare: [] as number[], trivial: [] as number[], ours: [] as number[] };
  // The first round only warms caches.
  for (let round = 0; round <= rounds; round++) {
    tell(`policies, ${stack}, round ${round} of ${rounds}`);
    for (const pack of ["bare", "trivial", "ours"] as const) {
      const start = performance.now();
      const { code, stdout } = await preview(...options, ...packs[pack]);
      if (code !== 0) throw new Error(`the preview of ${stack} failed:\n${stdout.slice(-2000)}`);
      if (round > 0) times[pack].push((performance.now() - start) / 1000);
    }
  }
  const median = (pack: keyof typeof times) => percentile(times[pack], 0.5);
  return { stack, bare: median("bare"), trivial: median("trivial"), ours: median("ours") };
}

/** A stack of as many resources as an environment with a hundred tenants. */
const largeSize = 1_500;

export interface StackRuleFigures {
  readonly id: string;
  /** Milliseconds of one check, median. */
  readonly time: number;
}

/** What each rule about stacks takes on a large one. */
export function measureStackRules(): StackRuleFigures[] {
  const stack = largeStack(largeSize);
  return stackRules.map(({ id, check }) => {
    const times = Array.from({ length: rounds }, () => {
      const start = performance.now();
      check(stack);
      return performance.now() - start;
    });
    return { id, time: percentile(times, 0.5) };
  });
}

/** As cheap as a pack can be: no compiler, one policy, of a type that no stack has. */
function makeTrivialPack(): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "PulumiPolicy.yaml"),
    "runtime: { name: nodejs, options: { typescript: false } }\n",
  );
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "trivial", version: "1.0.0", main: "index.js" }),
  );
  writeFileSync(
    join(folder, "index.js"),
    `const { PolicyPack, validateResourceOfType } = require("@pulumi/policy");
class Nothing {}
Nothing.__pulumiType = "bench:index:Nothing";
new PolicyPack("trivial", { policies: [{ name: "nothing", description: "Looks at nothing.", enforcementLevel: "mandatory",
  validateResource: validateResourceOfType(Nothing, () => undefined) }] });
`,
  );
}

export const stackRuleHeading = [`rule about stacks, on ${largeSize} resources`, "ms"];

export const stackRuleRows = (figures: readonly StackRuleFigures[]): string[][] =>
  figures.map(({ id, time }) => [id, time.toFixed(0)]);

/** Rows of a table: totals, and what each pack adds. */
export const policyRows = (figures: readonly PolicyFigures[]): string[][] =>
  figures.map(({ stack, bare, trivial, ours }) => [
    stack,
    bare.toFixed(1),
    trivial.toFixed(1),
    ours.toFixed(1),
    (ours / trivial).toFixed(2),
    (trivial - bare).toFixed(1),
    (ours - bare).toFixed(1),
    ((ours - bare) / (trivial - bare)).toFixed(2),
  ]);
