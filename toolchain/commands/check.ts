/** The tests, from the quick ones that need nothing to those on the real environment. */
import { rmSync } from "node:fs";
import { readChoice } from "../cluster/choice";
import { goModule, local } from "../paths";
import { finish } from "../progress";
import { command, goTest, haveGo, jestProject, runSuites, type Suite, stage } from "../suites";
import { down } from "./down";
import { up } from "./up";

/** Our own Go packages. What they build on is large, so the quick check takes those that build at once. */
const quickGo = ["./forward", "./mkimage", "./netgate", "./pause"];
const allGo = [...quickGo, "./kube/netpol", "./kube/volumes", "./plugins/..."];

async function quickSuites(): Promise<Suite[]> {
  const suites = [
    command("types", [process.execPath, "node_modules/typescript/bin/tsc", "--noEmit", "-p", "."]),
    command("style", [process.execPath, "node_modules/@biomejs/biome/bin/biome", "check", "."]),
    jestProject("unit"),
    jestProject("policies"),
  ];
  if (await haveGo()) suites.push(command("go vet", ["go", "vet", "-mod=readonly", ...quickGo], goModule));
  return suites;
}

export async function check(): Promise<void> {
  await runSuites(await quickSuites());
}

/** Tests that break the cluster on purpose come last. */
const breaking = "tests/e2e/toolchain";

const e2eSuites = (): Suite[] => [
  stage("environment", up),
  jestProject("e2e", { serial: true, without: breaking }),
  jestProject("e2e", { serial: true, only: breaking }),
];

export async function e2e(): Promise<void> {
  await runSuites(e2eSuites());
}

/** In CI the environment goes again at the end; elsewhere one that was made for the tests stays for a look. */
export async function test(): Promise<void> {
  const wasDown = readChoice() === undefined;
  rmSync(local.timings, { force: true });
  const suites = await quickSuites();
  const environment = [stage("environment", up), jestProject("plugins", { serial: true })];
  const go = (await haveGo()) ? [goTest(allGo)] : [];
  const [, ...onEnvironment] = e2eSuites();
  const last = process.env.CI === "true" && wasDown ? [stage("take the environment down", down)] : [];
  await runSuites([...suites, ...environment, ...go, ...onEnvironment, ...last]);
  finish("make test");
}
