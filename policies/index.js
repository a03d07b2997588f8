// The policy pack: `--policy-pack policies`, or `--policy-pack node_modules/moat-policies`. The engine compiles packs in TypeScript with
// ts-node, types and all, at every preview, so the sources are bundled here; `make check` checks their types.
const { existsSync } = require("node:fs");
const { join } = require("node:path");
const { PolicyPack } = require("@pulumi/policy");

const sources = join(__dirname, "moatPolicies.ts");

/** The published package has no sources: there it is built. */
function load() {
  if (!existsSync(sources)) return require("./dist/moatPolicies.js");
  const { bundle } = require("./bundle.js");
  const built = new module.constructor(sources, module);
  built.paths = module.paths;
  built._compile(bundle(sources), sources);
  return built.exports;
}

new PolicyPack("moat", { policies: load().moatPolicies() });
