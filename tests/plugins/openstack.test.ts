/** The plugin that we build for @pulumi/openstack, with the real engine: it checks values at preview as the published one does. */
import { nowhere } from "../../toolchain/nowhere";
import { Stack } from "./support/stack";

const stack = new Stack(nowhere).withOpenStack();
beforeAll(() => stack.init());
afterAll(() => stack.close());

const machine = (inputs: string): string => `
  const openstack = require("@pulumi/openstack");
  const network = new openstack.networking.Network("network");
  new openstack.compute.Instance("machine", { flavorName: "m1.small", networks: [{ uuid: network.id }], ${inputs} });`;

test("previews what does not exist yet, and asks no cloud", async () => {
  const { steps, text } = await stack.preview(machine(`powerState: "active"`));
  expect(steps).toEqual([
    "create openstack:networking/network:Network network",
    "create openstack:compute/instance:Instance machine",
  ]);
  expect(text).not.toContain("Type checking failed");
});

test.each([
  [
    "a value that the cloud would refuse",
    `powerState: "asleep"`,
    /expected power_state to be one of .*asleep/,
  ],
  ["values that exclude each other", `networkMode: "auto"`, /"network_mode": conflicts with network/],
  ["a part that lacks something", `personalities: [{ file: "/etc/x" }]`, /Missing required .*content/],
])("refuses at preview %s", async (_, inputs, words) => {
  expect((await stack.failing("preview", machine(inputs))).text).toMatch(words);
});

test("says that it does not know a type", async () => {
  const other = 'new pulumi.CustomResource("openstack:compute/toaster:Toaster", "t", {});';
  expect((await stack.failing("preview", other)).text).toMatch(/unrecognized resource type.*toaster/);
});
