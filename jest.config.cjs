// The models of the custom resources are published as ES modules only, so swc turns them to CommonJS as it does our own code.
const swc = [
  "@swc/jest",
  { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" } },
];

/** Programs on OpenStack run with mocks there. */
const cloud = ["<rootDir>/tests/support/cloud.ts"];

/** One API server for the whole suite. */
const oneApiServer = {
  globalSetup: "<rootDir>/tests/support/sharedApiServer.ts",
  globalTeardown: "<rootDir>/tests/support/sharedApiServerStop.ts",
};

/** @type {(name: string, match: string[], setup?: string[], more?: object) => import("jest").ProjectConfig} */
const suite = (displayName, testMatch, setupFiles = [], more = {}) => ({
  ...more,
  displayName,
  setupFiles,
  testMatch: testMatch.map((m) => `<rootDir>/${m}`),
  // They name no entry for `require`, so they are found by path.
  moduleNameMapper: {
    "^kubernetes-models/(.+)$": "<rootDir>/node_modules/kubernetes-models/$1.js",
    "^@kubernetes-models/(base|validate)$": "<rootDir>/node_modules/@kubernetes-models/$1/dist/index.js",
    "^@kubernetes-models/validate/runtime/(.+)$":
      "<rootDir>/node_modules/@kubernetes-models/validate/dist/runtime/$1.js",
    "^@kubernetes-models/(apimachinery|prometheus-operator|cert-manager|gateway-api)/(.+)$":
      "<rootDir>/node_modules/@kubernetes-models/$1/$2.js",
  },
  transform: { "\\.[jt]s$": swc },
  transformIgnorePatterns: [
    "/node_modules/(?!(kubernetes-models|@kubernetes-models|@marcbachmann|is-cidr|cidr-regex|ip-regex)/)",
  ],
});

module.exports = {
  // By default jest leaves one processor free, which on two is half the machine. Suites that share an environment run in one process.
  maxWorkers: "100%",
  // What hangs is given up. A limit that fits a test would be a time that it asserts, and fail on a busy machine.
  testTimeout: 600_000,
  projects: [
    suite(
      "unit",
      ["tests/unit/**/*.test.ts", "components/**/*.test.ts", "toolchain/**/*.test.ts", "*.test.ts"],
      cloud,
    ),
    suite("policies", ["tests/policies/**/*.test.ts"], cloud),
    suite("admission", ["tests/admission/**/*.test.ts"]),
    suite("plugins", ["tests/plugins/**/*.test.ts"], [], oneApiServer),
    suite("openstack", ["tests/openstack/**/*.test.ts"]),
    suite("aws", ["tests/aws/**/*.test.ts"]),
    suite("cloud", ["tests/cloud/**/*.test.ts"]),
    suite("e2e", ["tests/e2e/**/*.test.ts"]),
    suite("attacks", ["tests/attacks/**/*.test.ts"]),
    suite("recovery", ["tests/recovery/**/*.test.ts"]),
  ],
};
