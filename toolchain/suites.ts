/** Runs suites of tests and checks, one after the other, and counts over all of them. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "./errors";
import { goModule, local, root } from "./paths";
import { say, step, table } from "./progress";
import { pulumiEnv } from "./pulumi";
import { lastLines, type RunOptions, run } from "./shell";
import { testPath } from "./testPath";

export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What failed, for people. */
  readonly failures: readonly string[];
}

export interface Suite {
  readonly name: string;
  readonly run: () => Promise<Outcome>;
}

const results = join(local.root, "tests");
/** The last line of a CI run: "N passed, N failed, N skipped". */
export const summaryFile = join(results, "summary");

export const none: Outcome = { passed: 0, failed: 0, skipped: 0, failures: [] };

export const add = (a: Outcome, b: Outcome): Outcome => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
  failures: [...a.failures, ...b.failures],
});

export const summary = (o: Outcome): string => `${o.passed} passed, ${o.failed} failed, ${o.skipped} skipped`;

/** Runs all suites, also after one failed, and prints what failed at the end. */
export async function runSuites(suites: readonly Suite[]): Promise<Outcome> {
  mkdirSync(results, { recursive: true });
  rmSync(summaryFile, { force: true });
  let total = none;
  const rows: string[][] = [];
  for (const suite of suites) {
    const outcome = await step(suite.name, () => runOne(suite));
    say(`${suite.name}: ${summary(outcome)}`);
    rows.push([suite.name, String(outcome.passed), String(outcome.failed), String(outcome.skipped)]);
    total = add(total, outcome);
  }
  process.stderr.write(`\n${table([["SUITE", "PASSED", "FAILED", "SKIPPED"], ...rows])}\n`);
  for (const failure of total.failures) process.stderr.write(`\nFAILED ${failure}\n`);
  writeFileSync(summaryFile, `${summary(total)}\n`);
  process.stdout.write(`${summary(total)}\n`);
  if (total.failed > 0) process.exitCode = 1;
  return total;
}

async function runOne(suite: Suite): Promise<Outcome> {
  try {
    return await suite.run();
  } catch (error) {
    return { ...none, failed: 1, failures: [`${suite.name}: ${messageOf(error)}`] };
  }
}

/** A check that passes or fails as a whole. */
export const command = (
  name: string,
  line: readonly [string, ...string[]],
  options: RunOptions = { cwd: root },
): Suite => ({
  name,
  run: async () => {
    const [first, ...rest] = line;
    const result = await run(first, rest, options);
    if (result.code === 0) return { ...none, passed: 1 };
    return { ...none, failed: 1, failures: [`${name}\n${lastLines(result.stdout + result.stderr, 60)}`] };
  },
});

/** A step of the way that the suites after it need. */
export const stage = (name: string, work: () => Promise<void>): Suite => ({
  name,
  run: async () => {
    await work();
    return { ...none, passed: 1 };
  },
});

/** A project of jest.config.cjs; serial, one file after the other, where they share an environment. */
export const jestProject = (project: string, { serial = false } = {}): Suite => {
  return {
    name: `jest ${project}`,
    run: async () => {
      const output = join(results, `${project}.json`);
      rmSync(output, { force: true });
      const args = [
        "node_modules/jest/bin/jest.js",
        "--selectProjects",
        project,
        "--json",
        `--outputFile=${output}`,
      ];
      if (serial) args.push("--runInBand");
      const env = { ...process.env, ...pulumiEnv(testPath()) };
      const { code, stderr } = await run(process.execPath, args, { cwd: root, env, onLine: showLine });
      if (!existsSync(output))
        throw new Error(`jest ended with ${code} and no result\n${lastLines(stderr, 40)}`);
      return jestOutcome(JSON.parse(readFileSync(output, "utf8")));
    },
  };
};

const showLine = (line: string): void => {
  process.stderr.write(`    ${line}\n`);
};

/** Counts of jest's result file. A file that does not load is a failure of its own. */
export function jestOutcome(result: unknown): Outcome {
  const count = (name: string): number => {
    if (typeof result !== "object" || result === null) return 0;
    const value = Object.entries(result).find(([key]) => key === name)?.[1];
    return typeof value === "number" ? value : 0;
  };
  return {
    passed: count("numPassedTests"),
    failed: count("numFailedTests") + count("numRuntimeErrorTestSuites"),
    skipped: count("numPendingTests") + count("numTodoTests"),
    failures: failedTests(result),
  };
}

function failedTests(result: unknown): string[] {
  if (
    typeof result !== "object" ||
    result === null ||
    !("testResults" in result) ||
    !Array.isArray(result.testResults)
  )
    return [];
  return result.testResults.flatMap((file: unknown) => {
    if (typeof file !== "object" || file === null || !("status" in file) || file.status !== "failed")
      return [];
    const name = "name" in file ? String(file.name) : "";
    const message = "message" in file ? String(file.message) : "";
    return [`${name}\n${lastLines(message, 60)}`];
  });
}

/** As the toolchain builds programs: with other flags Go would compile all that they are made of anew. */
const goEnv = (): NodeJS.ProcessEnv => ({
  ...process.env,
  ...pulumiEnv(testPath()),
  CGO_ENABLED: "0",
  GOFLAGS: "-mod=readonly -buildvcs=false -trimpath -tags=netgo,slicelabels",
  GOGC: "400",
});

/** Tests of packages of a Go module. */
export const goTest = (packages: readonly string[], module = goModule, name = "go test"): Suite => ({
  name,
  run: async () => {
    const result = await run("go", ["test", "-json", "-vet=off", ...packages], { cwd: module, env: goEnv() });
    return goOutcome(result.stdout, result.code, result.stderr);
  },
});

/** What the compiler lets pass and should not be. */
export const goVet = (packages: readonly string[], module = goModule, name = "go vet"): Suite =>
  command(name, ["go", "vet", ...packages], { cwd: module, env: goEnv() });

/** Counts of `go test -json`: one event a line. A package that does not build is a failure of its own. */
export function goOutcome(stdout: string, code: number, stderr = ""): Outcome {
  const output = new Map<string, string>();
  let total = none;
  for (const line of stdout.split("\n")) {
    const event = parseEvent(line);
    if (event === undefined) continue;
    const id = `${event.Package ?? event.ImportPath ?? ""} ${event.Test ?? ""}`.trim();
    output.set(id, (output.get(id) ?? "") + (event.Output ?? ""));
    if (event.Test === undefined) {
      if (event.Action === "build-fail")
        total = add(total, { ...none, failed: 1, failures: [`${id}\n${output.get(id) ?? ""}`] });
      continue;
    }
    if (event.Action === "pass") total = add(total, { ...none, passed: 1 });
    if (event.Action === "skip") total = add(total, { ...none, skipped: 1 });
    if (event.Action === "fail")
      total = add(total, { ...none, failed: 1, failures: [`${id}\n${output.get(id) ?? ""}`] });
  }
  if (code !== 0 && total.failed === 0)
    total = add(total, { ...none, failed: 1, failures: [`go test\n${lastLines(stderr + stdout, 40)}`] });
  return total;
}

interface GoEvent {
  readonly Action?: string;
  readonly Package?: string;
  readonly ImportPath?: string;
  readonly Test?: string;
  readonly Output?: string;
}

function parseEvent(line: string): GoEvent | undefined {
  if (!line.startsWith("{")) return undefined;
  const value: unknown = JSON.parse(line);
  if (typeof value !== "object" || value === null) return undefined;
  const text = Object.entries(value).filter((e): e is [string, string] => typeof e[1] === "string");
  return Object.fromEntries(text);
}

export const haveGo = async (): Promise<boolean> => {
  try {
    return (await run("go", ["version"])).code === 0;
  } catch {
    return false;
  }
};
