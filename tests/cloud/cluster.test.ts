/**
 * The component of the OpenStack cluster on a real OpenStack, by the real engine and the real plugin. Servers are of nova's fake driver:
 * they are scheduled, get ports and volumes, and become ACTIVE, but nothing runs in them, so nobody waits for nodes.
 */
import { Resolver } from "node:dns/promises";
import { join } from "node:path";
import { z } from "zod";
import { recordNames } from "../../components/edge/dns/records";
import { externalNetwork } from "../../toolchain/openstack/cloud/furnishings";
import { zones } from "../../toolchain/openstack/cloud/nova";
import { environmentOf, sessionOf, startOpenStack } from "../../toolchain/openstack/services";
import { network, people, ports, urls } from "../../toolchain/openstack/settings";
import { root } from "../../toolchain/paths";
import { inTypeScript } from "../plugins/support/programs";
import { type Outcome, Stack } from "../plugins/support/stack";
import { until } from "../support/live/progress";
import type { RawCluster } from "../support/openstackCluster";
import { Cloud } from "./support/cloud";
import { Measured } from "./support/measure";

jest.setTimeout(900_000);

const name = "moat-e2e";
const domain = "moat.example.org";

let cloud: Cloud;
let stack: Stack;
let config: RawCluster;
const measured = new Measured();

beforeAll(async () => {
  const access = await startOpenStack("cloud");
  cloud = new Cloud(await sessionOf(access, people.owner));
  stack = await new Stack(environmentOf(access, people.owner), 800_000).withOpenStack().init();
  config = {
    kind: "openstack",
    authUrl: urls.keystone,
    externalNetwork: { id: await cloud.externalNetwork(), name: externalNetwork.name },
    image: await cloud.image(),
    zones: Object.values(zones),
    // The cloud has one zone for volumes.
    volumeZone: "nova",
    // Cinder's own. A type of the boot volume is what makes the provider ask for Nova's API 2.67.
    volumeType: "__DEFAULT__",
    adminCidrs: ["192.0.2.0/24"],
    sshPublicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG/QgqYZYq3Gm2KcX0VGb1eVXSe3VgdmPzuqGQUq0kaL test",
    bastion: { flavor: "m1.tiny" },
    servers: { flavor: "m1.medium", count: 3 },
    agents: { flavor: "m1.large", count: 2 },
    loadBalancer: false,
  };
});
afterAll(() => {
  process.stderr.write(`\n${measured.table()}\n`);
  stack?.abandon();
});

const from = (path: string): string => JSON.stringify(join(root, path));
const program = (cluster: RawCluster): string => `${inTypeScript}
const openstack = require("@pulumi/openstack");
const { OpenStackCluster } = require(${from("components/cluster/openstack.ts")});
const { Dns } = require(${from("components/edge/dns/dns.ts")});
const { openstackCluster } = require(${from("config/openstackCluster.ts")});
const config = openstackCluster.parse(${JSON.stringify(cluster)});
const cluster = new OpenStackCluster("cluster", { cluster: ${JSON.stringify(name)}, config, readiness: async () => {} });
const zone = new openstack.dns.Zone("zone", { name: "${domain}.", email: "admin@example.org", ttl: 300 });
new Dns("dns", {
  domain: "${domain}",
  config: { kind: "designate", names: "perHost", ttl: 60, zoneId: zone.id },
  addresses: pulumi.all(cluster.edgeAddresses),
});
exports.edge = pulumi.all(cluster.edgeAddresses);
exports.kubeconfig = cluster.kubeconfig;
`;

const up = (what: string, cluster: RawCluster, ...flags: string[]): Promise<Outcome> =>
  measured.run(what, () => stack.up(program(cluster), ...flags));

/** More would be above the quota that OpenStack gives a project unless told otherwise: 20 cores. */
const grown = (): RawCluster => ({ ...config, agents: { flavor: "m1.large", count: 3 } });

test("a cluster comes up: three servers and two agents, each ACTIVE in its zone, on hosts of their own", async () => {
  await up("up", config);
  const servers = await cloud.servers();
  expect(servers.map((s) => `${s.name} ${s.status} ${s["OS-EXT-AZ:availability_zone"]}`).sort()).toEqual([
    "moat-e2e-agent-0 ACTIVE az1",
    "moat-e2e-agent-1 ACTIVE az2",
    "moat-e2e-bastion ACTIVE az1",
    "moat-e2e-server-0 ACTIVE az1",
    "moat-e2e-server-1 ACTIVE az2",
    "moat-e2e-server-2 ACTIVE az3",
  ]);
  const hosts = servers.filter((s) => s.name.includes("-server-")).map((s) => s.hostId);
  expect(new Set(hosts).size).toBe(3);
});

test("the records of the edge are served, with the floating IPs of the agents", async () => {
  const resolver = new Resolver();
  resolver.setServers([`${network.services}:${ports.open.dns}`]);
  const { edge } = await stack.outputs();
  const addresses = z.array(z.string()).length(2).parse(edge).sort();
  for (const host of recordNames(domain, "perHost", undefined))
    expect([host, (await resolver.resolve4(host)).sort()]).toEqual([host, addresses]);
});

test("a second up changes nothing", async () => {
  const { changes, steps } = await up("up, again", config);
  expect(steps).toEqual([]);
  expect(Object.keys(changes)).toEqual(["same"]);
});

test("refresh finds nothing that differs", async () => {
  const { steps } = await measured.run("refresh", () => stack.refresh());
  expect(steps.filter((step) => !step.startsWith("refresh "))).toEqual([]);
});

test("an agent is added, and nothing else is touched", async () => {
  const before = await cloud.servers();
  const { changes } = await up("one more agent", grown());
  expect(changes).not.toHaveProperty("delete");
  expect(changes).not.toHaveProperty("replace");
  const after = await cloud.servers();
  expect(after).toHaveLength(7);
  expect(after.map(({ id }) => id)).toEqual(expect.arrayContaining(before.map(({ id }) => id)));
});

const urnOf = async (resource: string): Promise<string> => {
  const found = (await stack.resources()).find(({ urn }) => urn.endsWith(`:Instance::${resource}`));
  if (found === undefined) throw new Error(`the state has no ${resource}`);
  return found.urn;
};

test("one server is replaced at its address with its data volume, and no other is touched", async () => {
  const before = await cloud.servers();
  const volumes = (await cloud.volumes()).filter((v) => v.name !== "").map(({ id }) => id);
  const { steps } = await up("one server replaced", grown(), "--replace", await urnOf("cluster-server-1"));
  expect(steps.filter((step) => step.includes("compute/instance"))).toEqual([
    "delete-replaced openstack:compute/instance:Instance cluster-server-1",
    "replace openstack:compute/instance:Instance cluster-server-1",
    "create-replacement openstack:compute/instance:Instance cluster-server-1",
  ]);
  const after = await cloud.servers();
  const changed = after.filter(({ id }) => !before.some((old) => old.id === id));
  expect(changed.map((s) => `${s.name} ${s.status}`)).toEqual(["moat-e2e-server-1 ACTIVE"]);
  expect(changed[0]?.addresses).toEqual(before.find((s) => s.name === "moat-e2e-server-1")?.addresses);
  expect((await cloud.volumes()).map(({ id }) => id)).toEqual(expect.arrayContaining(volumes));
});

test("a machine that somebody deleted is found missing, and made again", async () => {
  const lost = (await cloud.servers()).find((s) => s.name === "moat-e2e-agent-2");
  await cloud.deleteServer(lost?.id ?? "");
  await until("the machine gone", 60, async () => (await cloud.servers()).length === 6);
  const { changes } = await up("a machine lost", grown(), "--refresh");
  expect(changes).toMatchObject({ create: 1 });
  expect(changes).not.toHaveProperty("replace");
  expect((await cloud.servers()).map((s) => `${s.name} ${s.status}`)).toContain("moat-e2e-agent-2 ACTIVE");
});

test("destroy is refused by its preview while the data volumes are protected, and nothing goes", async () => {
  const before = await cloud.servers();
  // As people call it: only with --skip-preview would machines go before the engine comes to a volume.
  const { ok, text } = await stack.pulumi(["destroy", "--stack", "test", "--yes"]);
  expect(ok).toBe(false);
  expect(text).toMatch(/protect/);
  expect((await cloud.servers()).map(({ id }) => id).sort()).toEqual(before.map(({ id }) => id).sort());
});

test("with its protection lifted all goes, the volumes too", async () => {
  const { changes } = await up("protection lifted", { ...grown(), protect: false });
  expect(changes).not.toHaveProperty("delete");
  await measured.run("destroy", () => stack.destroy());
  expect(await cloud.servers()).toEqual([]);
  await until("volumes gone", 60, async () => (await cloud.volumes()).length === 0);
  for (const kind of ["networks", "routers", "ports", "floatingips"] as const)
    expect(await cloud.names(kind)).toEqual([]);
  expect(await cloud.names("security-groups")).toEqual(["default"]);
});
