import { edgeImages, imageRef, images } from "../versions";
import {
  acmePrograms,
  clusterPrograms,
  externalDnsProgram,
  imagePrograms,
  pebbleProgram,
  pluginProgram,
  pulumiProgram,
} from "./artefacts";
import { adviceFor, goEntry } from "./builder";
import { quoted } from "./commands/env";
import { answerTable, rowsOf } from "./commands/query";
import { isReady, rowOf, type Workload } from "./commands/status";
import { platform, urls } from "./download";
import { pluginsOf } from "./engine";
import { acmeImages, builtImages, mkimageArgs, nodeImages } from "./images";
import { tenantOf } from "./outputs";
import { seconds, table } from "./progress";
import { adviceFor as pulumiAdvice } from "./pulumi";
import { restored, withoutSalt } from "./salt";
import { edgePortsOf, usesOpenStack } from "./stackConfig";
import { goOutcome, jestOutcome, summary } from "./suites";

const programs = [
  ...clusterPrograms,
  pulumiProgram,
  pluginProgram,
  ...imagePrograms,
  ...acmePrograms,
  pebbleProgram,
  externalDnsProgram,
];

describe("artefacts", () => {
  test("names are unique", () => {
    const names = programs.flatMap((p) => [p.name, ...(p.names ?? [])]);
    expect(new Set(names).size).toBe(names.length);
  });

  test("the key of an entry depends on the program", () => {
    const keys = programs.map((p) => goEntry(p).key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("every image of versions.ts is built, of programs that are built", () => {
    const refs = builtImages.map((i) => i.ref);
    expect(refs.sort()).toEqual(
      Object.values(images)
        .map((i) => `${i.name}:${i.tag}`)
        .sort(),
    );
    const known = [...programs.map((p) => p.name), "traefik"];
    for (const image of [...builtImages, ...nodeImages, ...acmeImages])
      expect(known).toEqual(expect.arrayContaining(Object.keys(image.files)));
  });

  test("images for certificates by ACME have cert-manager's names, and no make up builds them", () => {
    const { certManager, acmeSolver } = edgeImages;
    expect(acmeImages.map(({ ref }) => ref)).toEqual([certManager, acmeSolver].map(imageRef));
    expect([...builtImages, ...nodeImages]).not.toEqual(expect.arrayContaining([acmeImages[0]]));
    expect([...clusterPrograms, ...imagePrograms]).not.toEqual(expect.arrayContaining([acmePrograms[0]]));
  });

  test("an image's arguments name its files and configuration", () => {
    const image = { ref: "a/b:c", config: { Entrypoint: ["/bin/x"] }, files: { x: "/bin/x" } };
    expect(mkimageArgs(image, (p) => `/store/${p}`).slice(-1)).toEqual(["/store/x=/bin/x"]);
  });
});

describe("the engine", () => {
  test("plugins are those of the dependencies, libraries are none", () => {
    expect(
      pluginsOf({ "@pulumi/pulumi": "3", "@pulumi/policy": "1", "@pulumi/tls": "5.6.1", yaml: "2" }),
    ).toEqual([{ name: "tls", version: "5.6.1" }]);
  });

  test("official downloads are of this platform", () => {
    expect(urls.pulumi(platform("linux", "x64"))).toMatch(/pulumi-v[\d.]+-linux-x64\.tar\.gz$/);
    expect(urls.pulumi(platform("darwin", "arm64"))).toMatch(/-darwin-arm64\.tar\.gz$/);
    expect(urls.kubectl(platform("linux", "x64"))).toMatch(/linux\/amd64\/kubectl$/);
  });

  test("a wrong passphrase is told with its mend", () => {
    expect(pulumiAdvice("error: incorrect passphrase")).toMatch(/is not the one[\s\S]*make down/);
  });

  test("the stack's file loses the salt, and keeps one that secrets need", () => {
    expect(withoutSalt("encryptionsalt: v1:x\nconfig:\n  a: b\n")).toBe("config:\n  a: b\n");
    const secret = "encryptionsalt: v1:x\nconfig:\n  a:\n    secure: v1:y\n";
    expect(withoutSalt(secret)).toBe(secret);
  });

  test("new spaces are undone, new values stay", () => {
    expect(restored("a: { b: 1 }\n", "encryptionsalt: v1:x\na: {b: 1}\n")).toBe("a: { b: 1 }\n");
    expect(restored("a: { b: 1 }\n", "encryptionsalt: v1:x\na: {b: 2}\n")).toBe("a: {b: 2}\n");
  });
});

describe("a failed build says what to do", () => {
  test.each([
    ["write /x: no space left on device", /free some disk/],
    ["dial tcp: lookup proxy: i/o timeout", /module proxy does not answer/],
    ["compile: signal: killed", /memory/],
    ["verifying x: checksum mismatch", /do not go on/],
    ["syntax error", /run again/],
  ])("%s", (output, advice) => {
    expect(adviceFor(output)).toMatch(advice);
  });
});

describe("answers", () => {
  test("a vector becomes a table with a column for each label", () => {
    const vector = {
      status: "success",
      data: {
        resultType: "vector",
        result: [
          { metric: { job: "a" }, value: [1, "2"] },
          { metric: { pod: "b" }, value: [1, "3"] },
        ],
      },
    };
    expect(answerTable(rowsOf(vector))).toBe("job  pod  value\na         2\n     b    3");
  });

  test("a scalar is one value, nothing is said so", () => {
    expect(answerTable(rowsOf({ status: "success", data: { resultType: "scalar", result: [1, "7"] } }))).toBe(
      "value\n7",
    );
    expect(answerTable([])).toBe("no series");
  });

  test("an unknown tenant is told which there are", () => {
    const outputs = {
      tenants: { alpha: { namespaces: ["a"], serviceAccount: "s", serviceAccountNamespace: "a" } },
    };
    expect(() => tenantOf(outputs, "x")).toThrow(/there is no tenant x[\s\S]*alpha/);
    expect(() => tenantOf(outputs, "")).toThrow(/no tenant named/);
    expect(tenantOf(outputs, "alpha").serviceAccount).toBe("s");
  });
});

describe("status", () => {
  const workload = (replicas: number, readyReplicas: number): Workload => ({
    kind: "Deployment",
    metadata: { name: "x", namespace: "n", labels: { "app.kubernetes.io/name": "program" } },
    spec: { replicas },
    status: { readyReplicas },
  });

  test("a component is ready with all its replicas", () => {
    expect(isReady(workload(2, 2))).toBe(true);
    expect(isReady(workload(2, 1))).toBe(false);
    expect(rowOf(workload(2, 1), { program: "https://u" })).toEqual(["n", "x", "1/2 not ready", "https://u"]);
  });
});

describe("counting", () => {
  test("jest: tests, and files that do not load", () => {
    const result = {
      numPassedTests: 3,
      numFailedTests: 1,
      numPendingTests: 2,
      numTodoTests: 0,
      numRuntimeErrorTestSuites: 1,
      testResults: [{ name: "f", status: "failed", message: "boom" }],
    };
    const outcome = jestOutcome(result);
    expect(summary(outcome)).toBe("3 passed, 2 failed, 2 skipped");
    expect(outcome.failures[0]).toMatch(/boom/);
  });

  test("go: events of tests, and packages that do not build", () => {
    const events = [
      { Action: "pass", Package: "p", Test: "A" },
      { Action: "output", Package: "p", Test: "B", Output: "why\n" },
      { Action: "fail", Package: "p", Test: "B" },
      { Action: "skip", Package: "p", Test: "C" },
      { Action: "fail", Package: "p" },
      { Action: "build-fail", ImportPath: "q" },
    ];
    const outcome = goOutcome(events.map((e) => JSON.stringify(e)).join("\n"), 1);
    expect(summary(outcome)).toBe("1 passed, 2 failed, 1 skipped");
    expect(outcome.failures[0]).toMatch(/why/);
  });

  test("go: a failure without an event is one", () => {
    expect(summary(goOutcome("", 1, "go: no such package"))).toBe("0 passed, 1 failed, 0 skipped");
  });
});

describe("words", () => {
  test("durations", () => {
    expect(seconds(4.21)).toBe("4.2s");
    expect(seconds(75.9)).toBe("1m15s");
  });

  test("columns are as wide as their widest cell", () => {
    expect(
      table([
        ["a", "b"],
        ["long", "c"],
      ]),
    ).toBe("a     b\nlong  c");
    expect(table([])).toBe("");
  });

  test("values for a shell", () => {
    expect(quoted("it's")).toBe(`'it'\\''s'`);
  });
});

test("the edge's ports come from the stack's file, or are the schema's defaults", () => {
  const yaml = "config:\n  moat:edge:\n    httpsPort: 9443\n    service: { https: 31443 }\n";
  expect(edgePortsOf(yaml)).toEqual([
    { local: 8080, node: 30080 },
    { local: 9443, node: 31443 },
  ]);
});

test.each([
  ["a cluster on its machines", "moat:cluster: {kind: openstack}", true],
  ["containers alone", "moat:objectStore: {kind: swift}", true],
  ["a challenge by its DNS", "moat:edge: {tls: {kind: acme, challenge: {type: designate}}}", true],
  ["nothing of it", "moat:cluster: {kind: eks}", false],
  ["nothing but a word", "moat:clusterName: openstack", false],
])("the OpenStack provider is wanted or not: %s", (_, line, wanted) => {
  expect(usesOpenStack(`config:\n  ${line}\n`)).toBe(wanted);
});
