/** A machine counts when the API shows a ready node that is this very machine. */

import type { Node } from "../../../../components/cluster/openstack/nodes";
import { whyNotReady } from "../../../../components/cluster/openstack/readiness";
import { awaitedOf } from "../../../../components/cluster/openstack/rollout";

const machine = "3f2b8c1e-0d4a-4b57-9c43-1a2b3c4d5e6f";
const node = (providerID: string | undefined, ready: string) => ({
  spec: providerID === undefined ? {} : { providerID },
  status: {
    conditions: [
      { type: "DiskPressure", status: "False" },
      { type: "Ready", status: ready },
    ],
  },
});

test.each<[string, unknown, string]>([
  ["ready", node(`openstack:///${machine}`, "True"), ""],
  ["ready, in a region", node(`openstack://RegionOne/${machine}`, "True"), ""],
  ["not there", undefined, "the cluster does not know it"],
  ["not ready", node(`openstack:///${machine}`, "False"), "it is not ready"],
  ["silent", node(`openstack:///${machine}`, "Unknown"), "it is not ready"],
  [
    "the machine before it",
    node("openstack:///another", "True"),
    "the cluster knows another machine by its name",
  ],
  ["nobody's", node(undefined, "True"), "the cluster knows another machine by its name"],
  ["without conditions", { spec: { providerID: `openstack:///${machine}` }, status: {} }, "it is not ready"],
  ["no node at all", { kind: "Status" }, "the cluster does not know it"],
])("a node that is %s", (_, found, expected) => {
  expect(whyNotReady(found, machine)).toBe(expected);
});

const nodeOf = (role: Node["role"], index: number): Node => ({
  name: `c-${role}-${index}`,
  role,
  index,
  zone: "nova",
  address: "10.0.0.1",
  peers: [],
});

test("servers are waited for whatever comes next, agents only when the next one has something to lose", () => {
  expect(awaitedOf(nodeOf("server", 0), "m", nodeOf("server", 1))).toEqual({
    name: "c-server-0",
    machine: "m",
  });
  expect(awaitedOf(nodeOf("server", 2), "m", nodeOf("agent", 0))).toEqual({
    name: "c-server-2",
    machine: "m",
  });
  expect(awaitedOf(nodeOf("agent", 0), "m", nodeOf("agent", 1))).toEqual({
    name: "c-agent-0",
    machine: "m",
    next: "c-agent-1",
  });
  expect(awaitedOf(nodeOf("agent", 1), "m", undefined)).toEqual({ name: "c-agent-1", machine: "m" });
});
