/** All of OpenStack that a cluster of virtual machines needs, besides Keystone and Swift. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { must, waitFor } from "../../shell";
import type { Session } from "../api";
import { ini } from "../ini";
import { inTree } from "../network";
import { processes } from "../running";
import { folders, ports } from "../settings";
import { waitForAnswer } from "../waiting";
import { cinder, volumeDriver } from "./cinder";
import { designate, pools, poolsFile, updatePools } from "./designate";
import { furnishings } from "./furnishings";
import { glance } from "./glance";
import { mariadb, mariadbAnswers, prepareMariadb } from "./mariadb";
import { bindingDriver, neutron } from "./neutron";
import { nova, zones } from "./nova";
import { placement } from "./placement";
import { rabbitmq } from "./rabbitmq";
import { address, type CloudService, pythonFolder } from "./service";

export const cloudPackages = [
  // Scripts of the others take for granted what every Debian has.
  "?essential",
  "mariadb-server-core",
  "mariadb-client-core",
  "rabbitmq-server",
  "python3-pymysql",
  "glance-common",
  "glance-api",
  "python3-placement",
  "neutron-common",
  "nova-api",
  "nova-conductor",
  "nova-scheduler",
  "cinder-api",
  "cinder-scheduler",
  // Looks into images; the package of cinder-volume would bring what serves real disks besides.
  "qemu-utils",
  "designate-common",
] as const;

export const cloudServices = (tree: string, password: string): CloudService[] =>
  [glance, placement, neutron, nova, cinder, designate].map((service) => service(tree, password));

export async function startFoundations(tree: string, services: readonly CloudService[]): Promise<void> {
  const databases = services.flatMap((service) => service.databases);
  await prepareMariadb(tree, databases);
  await processes.start(mariadb(tree));
  await processes.start(rabbitmq(tree));
  await waitFor("answer of MariaDB", 60, async () => {
    processes.mustRun("mariadb");
    return mariadbAnswers(tree, databases.at(-1) ?? "");
  });
}

export async function prepareDatabases(tree: string, services: readonly CloudService[]): Promise<void> {
  const write = (name: string, content: string): void =>
    writeFileSync(join(folders.state, name), content, { mode: 0o600 });
  for (const { name, config } of services) {
    mkdirSync(join(folders.state, name, "lock"), { recursive: true });
    write(`${name}.conf`, config);
  }
  for (const host of Object.keys(zones)) write(`${host}.conf`, ini({ DEFAULT: { host } }));
  write(poolsFile, pools);
  for (const [name, content] of Object.entries({ ...bindingDriver, ...volumeDriver })) {
    mkdirSync(join(folders.state, pythonFolder, dirname(name)), { recursive: true });
    write(join(pythonFolder, name), content);
  }
  const fill = async ({ prepare }: CloudService): Promise<void> => {
    for (const line of prepare) await must(...inTree(tree, line));
  };
  // Most of it is Python that starts: each has a processor's worth of that.
  await Promise.all(services.map(fill));
}

export async function startCloud(services: readonly CloudService[]): Promise<void> {
  const programs = services.flatMap((service) => service.programs);
  for (const program of programs) await processes.start(program);
  const names = programs.map(({ name }) => name);
  for (const { name, answers } of services) await waitForAnswer(name, answers, names);
}

/** What the people of a cloud find there. */
export async function furnishCloud(tree: string, admin: Session): Promise<void> {
  await must(...inTree(tree, updatePools));
  await furnishings(admin);
  const compute = `${address(ports.open.nova)}/v2.1`;
  await waitFor("hosts of nova", 120, async () => {
    const { hypervisors } = await admin.json(listed, "GET", `${compute}/os-hypervisors`);
    return hypervisors.length === Object.keys(zones).length;
  });
  for (const [host, zone] of Object.entries(zones)) {
    const made = await admin.json(aggregates, "POST", `${compute}/os-aggregates`, {
      aggregate: { name: zone, availability_zone: zone },
    });
    const url = `${compute}/os-aggregates/${made.aggregate.id}/action`;
    await admin.must("POST", url, { json: { add_host: { host } } });
  }
}

const listed = z.object({ hypervisors: z.array(z.object({ hypervisor_hostname: z.string() })) });
const aggregates = z.object({ aggregate: z.object({ id: z.number() }) });
