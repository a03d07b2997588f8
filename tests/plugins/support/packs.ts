/** Policy packs for tests, and stacks that they judge. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { root } from "../../../toolchain/paths";
import { json } from "./programs";
import type { Stack } from "./stack";

/** Our own, as it stands in the repository. */
export const ourPack = ["--policy-pack", join(root, "policies")];

/** The stack's settings for the pack. */
export const configure = (stack: Stack, policies: object): void =>
  stack.write("Pulumi.test.yaml", stringify({ config: { "moat:policies": policies } }));

const modules = join(root, "policies");

/**
 * A pack of all rules and one more, in a folder of the stack's.
 *
 * @param rule Source of an object with what the rule has beside samples.
 */
export function packWith(stack: Stack, rule: string): string[] {
  const folder = join(stack.dir, "broken");
  mkdirSync(folder);
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), json({ name: "broken", version: "1.0.0", main: "index.js" }));
  writeFileSync(join(folder, "PulumiPolicy.yaml"), "runtime: nodejs\n");
  const parts = { moatPolicies: "moatPolicies.ts", rules: "rules/index.ts" };
  writeFileSync(
    join(folder, "all.ts"),
    Object.entries(parts)
      .map(([name, file]) => `export { ${name} } from ${json(join(modules, file))};\n`)
      .join(""),
  );
  // In one piece, as our own pack: a loader would take longer than the engine.
  writeFileSync(
    join(folder, "index.js"),
    `const { PolicyPack } = require("@pulumi/policy");
const { bundle } = require(${json(join(modules, "bundle.js"))});
const all = new module.constructor(__filename, module);
all.paths = module.paths;
all._compile(bundle(require.resolve("./all.ts")), __filename);
const { moatPolicies, rules } = all.exports;
const one = { id: "X1", title: "A rule of the test", why: "It breaks.", severity: "low", references: [], scope: "everywhere",
  on: ["${doorType}"], samples: { good: [], bad: [] }, ...${rule} };
new PolicyPack("broken", { policies: moatPolicies(undefined, [...rules, one]) });
`,
  );
  return ["--policy-pack", folder];
}

const doorType = "openstack:networking/secGroupRule:SecGroupRule";

/** A security group's rule that opens SSH to everybody, but for other inputs; they are code. S5a refuses it. */
export const door = (inputs = ""): string => `new pulumi.CustomResource("${doorType}", "door", {
  direction: "ingress", ethertype: "IPv4", securityGroupId: "g", protocol: "tcp", portRangeMin: 22, portRangeMax: 22,
  remoteIpPrefix: "0.0.0.0/0", ${inputs} });\n`;
