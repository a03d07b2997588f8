// Fills dist/ for `npm pack`, or removes it again: what is published is built anew each time.
const { mkdirSync, rmSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { bundle } = require("./bundle.js");

const dist = join(__dirname, "dist");
rmSync(dist, { recursive: true, force: true });
if (!process.argv.includes("--clean")) {
  mkdirSync(dist);
  writeFileSync(join(dist, "moatPolicies.js"), bundle(join(__dirname, "moatPolicies.ts")));
  writeFileSync(
    join(dist, "moatPolicies.d.ts"),
    `import type { Policies } from "@pulumi/policy";

/**
 * Policies for \`new PolicyPack(name, { policies: moatPolicies() })\`.
 *
 * @param settings What \`moat:policies\` may hold. Default: what the stack's configuration has there.
 */
export declare function moatPolicies(settings?: unknown): Policies;
`,
  );
}
