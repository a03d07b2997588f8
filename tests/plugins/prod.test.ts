/**
 * Pulumi.prod.yaml in the real engine, with the real OpenStack plugin and every rule mandatory, before anything is there: it passes, and
 * opened in any way it is refused by the rule for that.
 */
import { environmentOf, ourProgram } from "./support/environment";
import { ourPack } from "./support/packs";
import { nowhere, type Stack } from "./support/stack";

jest.setTimeout(240_000);

let stack: Stack;
beforeAll(async () => {
  stack = (await environmentOf("Pulumi.prod.yaml", { env: nowhere })).withOpenStack();
});
afterAll(() => stack.close());

test("as it stands nothing is refused, and everything of a cloud and a cluster is there", async () => {
  const { text, changes, steps } = await stack.preview(ourProgram(), ...ourPack);
  expect(text).toContain("✅ moat");
  expect(text).not.toMatch(/\[mandatory\]|Type checking failed/);
  expect(changes.create).toBeGreaterThan(250);
  for (const type of [
    "openstack:compute/instance:Instance",
    "openstack:networking/secGroupRule:SecGroupRule",
    "openstack:objectstorage/container:Container",
    "openstack:dns/recordSet:RecordSet",
    "kubernetes:apps/v1:Deployment",
  ])
    expect(steps.some((step) => step.startsWith(`create ${type} `))).toBe(true);
});
