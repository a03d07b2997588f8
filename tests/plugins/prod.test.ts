/**
 * Pulumi.prod.yaml in the real engine, with the real OpenStack plugin and every rule mandatory, before anything is there: it passes, and
 * opened in any way it is refused by the rule for that.
 */
import { nowhere } from "../../toolchain/nowhere";
import { environmentOf, gatewayRemoved, ourProgram, refusals } from "./support/environment";
import { ourPack } from "./support/packs";
import type { Stack } from "./support/stack";

let stack: Stack;
beforeAll(async () => {
  stack = (await environmentOf("Pulumi.prod.yaml", { env: nowhere })).withOpenStack();
});
afterAll(() => stack.close());

test("as it stands nothing is refused, and everything of a cloud and a cluster is there", async () => {
  const { text, changes, steps } = await stack.preview(ourProgram(), ...ourPack);
  expect(text).toContain("✅ moat");
  expect(text).not.toMatch(/\[mandatory\]|Type checking failed/);
  // One provider, so that all of it is made as the same user in the same project.
  expect(text).not.toContain("pulumi:providers:openstack default");
  expect(changes.create).toBeGreaterThan(200);
  for (const type of [
    "openstack:compute/instance:Instance",
    "openstack:networking/secGroupRule:SecGroupRule",
    "openstack:objectstorage/container:Container",
    "openstack:dns/recordSet:RecordSet",
    "kubernetes:apps/v1:Deployment",
  ])
    expect(steps.some((step) => step.startsWith(`create ${type} `))).toBe(true);
});

test("one security group opened", async () => {
  const inputs = `({ remoteGroupId, ...props }) => ({ ...props, remoteIpPrefix: "0.0.0.0/0" })`;
  const type = "openstack:networking/secGroupRule:SecGroupRule";
  expect(await refusals(stack, { type, name: "cluster-network-servers-etcd", inputs })).toEqual([
    "s5a cluster-network-servers-etcd",
  ]);
});

test("one bucket made public", async () => {
  const inputs = `(props) => ({ ...props, containerRead: ".r:*,.rlistings" })`;
  expect(await refusals(stack, { type: "openstack:objectstorage/container:Container", inputs })).toEqual([
    "s1j object-store-container",
  ]);
});

test("one gateway removed: the edge leads past it to the programs that answer anybody", async () => {
  expect(await refusals(stack, gatewayRemoved)).toEqual(["q1 edge-config"]);
});

test("without credentials and secrets nothing is begun, and all that is missing is named at once", async () => {
  const bare = await environmentOf("Pulumi.prod.yaml", { env: { OS_AUTH_URL: "", OS_CLOUD: "" } });
  const secrets = ["moat:grafanaDatabasePassword", "moat:grafanaOidcClientSecret"];
  for (const key of secrets) await bare.pulumi(["config", "rm", key, "--stack", "test"]);
  const { text, steps } = await bare.failing("up", ourProgram());
  for (const key of [...secrets, "moat:cluster.cloud"]) expect(text).toContain(`${key}: is missing`);
  expect(steps).toEqual([]);
  bare.abandon();
});
