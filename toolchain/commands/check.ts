/** The tests, from the quick ones that need nothing to those on the real environment. */
import { prepareAcme } from "../acme";
import { readChoice } from "../cluster/choice";
import { prepareCertManagerCrds, prepareCrds } from "../crds";
import { prepareOpenStackPlugin } from "../engine";
import { guardsModule } from "../paths";
import { finish } from "../progress";
import { command, goTest, goVet, haveGo, jestProject, runSuites, type Suite, stage } from "../suites";
import { prepareSystem, prepareTools, type ToolSuite } from "../testTools";
import { attackSuites } from "./attack";
import { awsSuites } from "./aws";
import { down } from "./down";
import { cloudSuites, openstackSuites } from "./openstack";
import { up } from "./up";

/** Our own Go packages. What they build on is large, so the quick check takes those that build at once. */
const quickGo = ["./forward", "./mkimage", "./netgate", "./pause"];
const allGo = [...quickGo, "./kube/netpol", "./kube/volumes", "./plugins/..."];

/** What tests run, also where the engine was downloaded and the cluster is somebody else's. */
const tools = (suite: ToolSuite): Suite =>
  stage("programs that the tests run", async () => {
    await prepareTools(suite);
    await prepareCrds();
    await prepareCertManagerCrds();
  });

async function quickSuites(): Promise<Suite[]> {
  const suites = [
    tools("unit"),
    command("types", [process.execPath, "node_modules/typescript/bin/tsc", "--noEmit", "-p", "."]),
    command("style", [process.execPath, "node_modules/@biomejs/biome/bin/biome", "check", "."]),
    jestProject("unit"),
    jestProject("policies"),
  ];
  if (await haveGo()) {
    suites.push(goVet(quickGo));
    suites.push(goVet(["./..."], guardsModule, "go vet guards"));
  }
  return suites;
}

export async function check(): Promise<void> {
  await prepareSystem(["unit"]);
  await runSuites(await quickSuites());
}

/** Every rule's samples, judged by a real API server without nodes. */
export async function admission(): Promise<void> {
  await runSuites([tools("admission"), jestProject("admission")]);
}

const e2eSuites = (): Suite[] => [
  stage("environment", up),
  stage("certificates by ACME", async () => {
    if (readChoice()?.kind === "embedded") await prepareAcme();
  }),
  jestProject("e2e", { serial: true }),
];

export async function e2e(): Promise<void> {
  await runSuites(e2eSuites());
}

/** The OpenStack cluster on a real OpenStack: about ten minutes. */
export async function e2eOpenStack(): Promise<void> {
  await runSuites(cloudSuites(tools("cloud")));
  finish("make e2e-openstack");
}

/** Breaks the environment on purpose, again and again, and mends it by `make up`. */
export async function recovery(): Promise<void> {
  await runSuites([stage("environment", up), jestProject("recovery", { serial: true })]);
}

/** In CI the environment goes again at the end; elsewhere one that was made for the tests stays for a look. */
export async function test(): Promise<void> {
  await prepareSystem(["unit", "plugins", "aws"]);
  const wasDown = readChoice() === undefined;
  const suites = await quickSuites();
  const go = (await haveGo()) ? [goTest(allGo), goTest(["./..."], guardsModule, "go test guards")] : [];
  const environment = [
    stage("environment", up),
    tools("plugins"),
    stage("plugin of OpenStack", prepareOpenStackPlugin),
    jestProject("plugins"),
    jestProject("admission"),
  ];
  const onOpenStack = await openstackSuites(tools("openstack"));
  const onAws = await awsSuites(tools("aws"));
  const [, ...onEnvironment] = e2eSuites();
  const last = process.env.CI === "true" && wasDown ? [stage("take the environment down", down)] : [];
  await runSuites([
    ...suites,
    ...environment,
    ...go,
    ...onOpenStack,
    ...onAws,
    ...onEnvironment,
    ...attackSuites(),
    ...last,
  ]);
  finish("make test");
}
