// Makes one file of JavaScript of our TypeScript and the packages that it uses, but for Pulumi's, which must be those of the stack.
const { buildSync } = require("esbuild");

const options = (entry) => ({
  entryPoints: [entry],
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  external: ["@pulumi/*"],
  logLevel: "error",
});

/** The code as a text. */
exports.bundle = (entry) => buildSync({ ...options(entry), write: false }).outputFiles[0].text;
