// The models of the custom resources are published as ES modules only, so swc turns them to CommonJS as it does our own code.
const swc = ["@swc/jest", { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" } }];

/** @type {(name: string, match: string[]) => import("jest").ProjectConfig} */
const suite = (displayName, testMatch) => ({
  displayName,
  testMatch: testMatch.map((m) => `<rootDir>/${m}`),
  transform: { "\\.[jt]s$": swc },
  transformIgnorePatterns: ["/node_modules/(?!(kubernetes-models|@kubernetes-models)/)"],
});

module.exports = {
  projects: [
    suite("unit", ["tests/unit/**/*.test.ts", "components/**/*.test.ts", "toolchain/**/*.test.ts", "*.test.ts"]),
    suite("policies", ["tests/policies/**/*.test.ts"]),
    suite("plugins", ["tests/plugins/**/*.test.ts"]),
    suite("e2e", ["tests/e2e/**/*.test.ts"]),
  ],
};
