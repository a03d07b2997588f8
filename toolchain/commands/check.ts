/** The tests, from the quick ones that need nothing to those on the real environment. */
import { prepareAcme } from "../acme";
import { clusterPrograms, type GoProgram, imagePrograms, pluginProgram } from "../artefacts";
import { buildGo, downloadModules } from "../builder";
import { readChoice } from "../cluster/choice";
import { prepareCertManagerCrds, prepareCrds } from "../crds";
import { prepareOpenStackPlugin } from "../engine";
import { goModule } from "../paths";
import { finish } from "../progress";
import { command, goTest, haveGo, jestProject, runSuites, type Suite, stage } from "../suites";
import { attackSuites } from "./attack";
import { awsSuites } from "./aws";
import { down } from "./down";
import { cloudSuites, openstackSuites } from "./openstack";
import { up } from "./up";

/** Our own Go packages. What they build on is large, so the quick check takes those that build at once. */
const quickGo = ["./forward", "./mkimage", "./netgate", "./pause"];
const allGo = [...quickGo, "./kube/netpol", "./kube/volumes", "./plugins/..."];

/** What unit tests run: rules go through promtool, flags through Thanos. */
const unitPrograms = imagePrograms.filter((p) => ["promtool", "thanos"].includes(p.name));
/** What the tests of the plugins run, also where the engine was downloaded and the cluster is somebody else's. */
const pluginPrograms = [
  ...clusterPrograms,
  pluginProgram,
  ...imagePrograms.filter((p) => p.name === "kube-rbac-proxy"),
];

/** What the tests of Thanos on object stores run. */
const thanosPrograms = imagePrograms.filter((p) => ["prometheus", "promtool", "thanos"].includes(p.name));

const programs = (wanted: readonly GoProgram[]): Suite =>
  stage("programs that the tests run", async () => {
    await downloadModules(wanted);
    await buildGo(wanted);
    await prepareCrds();
    await prepareCertManagerCrds();
  });

async function quickSuites(): Promise<Suite[]> {
  const suites = [
    ...((await haveGo()) ? [programs(unitPrograms)] : []),
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

/** Every rule's samples, judged by a real API server without nodes. */
export async function admission(): Promise<void> {
  const built = (await haveGo()) ? [programs(pluginPrograms)] : [];
  await runSuites([...built, jestProject("admission")]);
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
  await runSuites(cloudSuites(programs(pluginPrograms)));
  finish("make e2e-openstack");
}

/** Breaks the environment on purpose, again and again, and mends it by `make up`. */
export async function recovery(): Promise<void> {
  await runSuites([stage("environment", up), jestProject("recovery", { serial: true })]);
}

/** In CI the environment goes again at the end; elsewhere one that was made for the tests stays for a look. */
export async function test(): Promise<void> {
  const wasDown = readChoice() === undefined;
  const suites = await quickSuites();
  const go = (await haveGo()) ? [goTest(allGo)] : [];
  const forPlugins = (await haveGo()) ? [programs(pluginPrograms)] : [];
  const environment = [
    stage("environment", up),
    ...forPlugins,
    stage("plugin of OpenStack", prepareOpenStackPlugin),
    jestProject("plugins", { serial: true }),
    jestProject("admission"),
  ];
  const onOpenStack = await openstackSuites(programs(thanosPrograms));
  const onAws = await awsSuites(programs(thanosPrograms));
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
