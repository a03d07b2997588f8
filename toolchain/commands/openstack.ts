/** Debian's Keystone and Swift: for a look by hand, and for the tests on them. */
import { canRunOpenStack, report, startOpenStack, stopOpenStack } from "../openstack/services";
import { people } from "../openstack/settings";
import { finish, say } from "../progress";
import { haveGo, jestProject, type Suite, stage } from "../suites";

export async function openstack(): Promise<void> {
  const { url, region, caFile, passwords } = await startOpenStack();
  process.stderr.write(`${report()}\n`);
  const { owner } = people;
  const env = {
    OS_AUTH_URL: url,
    OS_CACERT: caFile,
    OS_USERNAME: owner,
    OS_PASSWORD: passwords[owner],
    OS_PROJECT_NAME: owner,
    OS_USER_DOMAIN_NAME: "Default",
    OS_PROJECT_DOMAIN_NAME: "Default",
    OS_REGION_NAME: region,
    OS_IDENTITY_API_VERSION: "3",
  };
  const lines = Object.entries(env).map(([name, value]) => `export ${name}=${value}\n`);
  process.stdout.write(lines.join(""));
  finish("make openstack");
}

export async function openstackDown(): Promise<void> {
  await stopOpenStack();
}

/** Thanos on Keystone and Swift, which go again when the tests are done. `programs` builds what the tests run. */
export async function openstackSuites(programs: Suite): Promise<Suite[]> {
  if (!(await canRunOpenStack()) || !(await haveGo())) {
    say("the tests on OpenStack are left out: they need Linux, root, apt-get and Go");
    return [];
  }
  return [
    programs,
    stage("Keystone and Swift", async () => void (await startOpenStack())),
    jestProject("openstack", { serial: true }),
    stage("take Keystone and Swift away", stopOpenStack),
  ];
}
