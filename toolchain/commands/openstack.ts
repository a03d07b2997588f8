/** Debian's Keystone and Swift: for a look by hand, and for the tests on them. */
import { prepareEngine, prepareOpenStackPlugin } from "../engine";
import { report } from "../openstack/running";
import { canRunOpenStack, environmentOf, startOpenStack, stopOpenStack } from "../openstack/services";
import { people } from "../openstack/settings";
import { finish, say } from "../progress";
import { haveGo, jestProject, type Suite, stage } from "../suites";

export async function openstack(): Promise<void> {
  const access = await startOpenStack(process.env.CLOUD === "1" ? "cloud" : "object-store");
  process.stderr.write(`${report()}\n`);
  const lines = Object.entries(environmentOf(access, people.owner)).map(
    ([n, value]) => `export ${n}=${value}\n`,
  );
  process.stdout.write(lines.join(""));
  finish("make openstack");
}

export async function openstackDown(): Promise<void> {
  await stopOpenStack();
}

/** The OpenStack cluster on the whole cloud, which goes again when the tests are done. `tools` gets what the tests run. */
export const cloudSuites = (tools: Suite): Suite[] => [
  tools,
  stage("engine", prepareEngine),
  stage("plugin of OpenStack", prepareOpenStackPlugin),
  stage("OpenStack", async () => {
    // What an earlier run left in the cloud would be in the way.
    await stopOpenStack();
    await startOpenStack("cloud");
    process.stderr.write(`${report()}\n`);
  }),
  jestProject("cloud", { serial: true }),
  stage("take OpenStack away", stopOpenStack),
];

/** Thanos on Keystone and Swift, which go again when the tests are done. `tools` gets what the tests run. */
export async function openstackSuites(tools: Suite): Promise<Suite[]> {
  if (!(await canRunOpenStack()) || !(await haveGo())) {
    say("the tests on OpenStack are left out: they need Linux, root, apt-get and Go");
    return [];
  }
  return [
    tools,
    stage("Keystone and Swift", async () => void (await startOpenStack())),
    jestProject("openstack", { serial: true }),
    stage("take Keystone and Swift away", stopOpenStack),
  ];
}
