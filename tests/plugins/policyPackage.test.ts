/** The pack as others get it: packed by npm, without our sources, in the real engine. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../toolchain/paths";
import { door } from "./support/packs";
import { json } from "./support/programs";
import { Stack } from "./support/stack";

let stack: Stack;
/** A project of somebody else, with the package and Pulumi's in its node_modules. */
let project: string;
beforeEach(async () => {
  stack = await new Stack().init();
  project = join(stack.dir, "others");
  const modules = join(project, "node_modules");
  mkdirSync(modules, { recursive: true });
  execFileSync("npm", ["pack", join(root, "policies"), "--pack-destination", project, "--loglevel=error"], {
    stdio: "ignore",
  });
  const [tarball = ""] = readdirSync(project).filter((name) => name.endsWith(".tgz"));
  execFileSync("tar", ["-xzf", join(project, tarball), "-C", modules]);
  execFileSync("mv", [join(modules, "package"), join(modules, "moat-policies")]);
  symlinkSync(join(root, "node_modules/@pulumi"), join(modules, "@pulumi"));
});
afterEach(() => stack.close());

test("holds what was built and nothing else, and leaves nothing behind", () => {
  const folder = join(project, "node_modules/moat-policies");
  expect(readdirSync(folder).toSorted()).toEqual([
    "PulumiPolicy.yaml",
    "README.md",
    "dist",
    "index.js",
    "package.json",
  ]);
  expect(existsSync(join(root, "policies/dist"))).toBe(false);
});

test("is a pack", async () => {
  const pack = ["--policy-pack", join(project, "node_modules/moat-policies")];
  expect((await stack.failing("preview", door(), ...pack)).text).toContain("S5a: ");
  await stack.preview(door('remoteIpPrefix: "192.0.2.0/24"'), ...pack);
});

test("gives its policies to packs of others", async () => {
  const pack = join(project, "pack");
  mkdirSync(pack);
  writeFileSync(join(pack, "PulumiPolicy.yaml"), "runtime: nodejs\n");
  writeFileSync(join(pack, "package.json"), json({ name: "ours", version: "1.0.0", main: "index.js" }));
  writeFileSync(
    join(pack, "index.js"),
    `const { PolicyPack } = require("@pulumi/policy");
const { moatPolicies } = require("moat-policies");
new PolicyPack("ours", { policies: moatPolicies({ levels: { S5a: "advisory" } }) });
`,
  );
  expect((await stack.preview(door(), "--policy-pack", pack)).text).toMatch(/\[advisory\].* s5a .*door/);
});
