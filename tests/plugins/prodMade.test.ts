/**
 * Pulumi.prod.yaml before and after it was made. Objects go to a real API server; a provider that remembers stands for the cloud while it is
 * made, and the real one judges it before.
 */
import { nowhere } from "../../toolchain/nowhere";
import { Cluster } from "./support/cluster";
import { environmentOf } from "./support/environment";
import { programOn, protectedOf, unprotected } from "./support/made";
import type { Stack } from "./support/stack";

const cluster = new Cluster();
let stack: Stack;
beforeAll(async () => {
  await cluster.startAlone();
  stack = await environmentOf("Pulumi.prod.yaml", { env: nowhere });
});
afterAll(async () => {
  stack.abandon();
  await cluster.stop();
});

/** What holds data: the blocks, and etcd with the keys of the cluster. */
const kept = [
  "cluster-server-0-data",
  "cluster-server-1-data",
  "cluster-server-2-data",
  "object-store-container",
];

/** In this order: each test goes on from the state that the one before it left. */
describe("the environment", () => {
  test("is previewed from nothing, while no kubeconfig is known", async () => {
    const { changes, steps } = await stack.withOpenStack().preview(programOn(cluster.kubeconfig));
    expect(Object.keys(changes)).toEqual(["create"]);
    expect(steps.length).toBeGreaterThan(200);
  });

  test("is made", async () => {
    const { changes } = await stack.withRecorder("openstack").up(programOn(cluster.kubeconfig));
    expect(Object.keys(changes)).toEqual(["create"]);
  });

  test("is neither changed nor replaced now that the kubeconfig is known", async () => {
    expect((await stack.preview(programOn(cluster.kubeconfig))).steps).toEqual([]);
  });

  test("is not destroyed before everything that holds data has lost its protection, and then these stay in the cloud", async () => {
    // Grafana's key is in the state alone: what Grafana keeps in its database cannot be read without it.
    expect(await protectedOf(stack)).toEqual([...kept, "grafana-encryption-key"].sort());
    const text = await unprotected(stack);
    for (const name of kept) expect(text).toMatch(new RegExp(`${name} delete\\[retain\\]`));
  });
});
