/** examples/eks.yaml before and after it was made. Objects go to a real API server; a provider that remembers stands for AWS. */
import { configIn } from "../support/stackFiles";
import { Cluster } from "./support/cluster";
import { environmentOf } from "./support/environment";
import { programOn, protectedOf, unprotected } from "./support/made";
import type { Stack } from "./support/stack";

const file = "examples/eks.yaml";
const cluster = new Cluster();
let stack: Stack;
beforeAll(async () => {
  await cluster.startAlone();
  // Nobody here gives a Service a load balancer, so its address is said.
  const edge = { ...Object(configIn(file).edge), addresses: ["edge.example.org"] };
  stack = await environmentOf(file, { config: { "moat:edge": edge } });
});
afterAll(async () => {
  stack.abandon();
  await cluster.stop();
});

/** What holds data or a log, and what guards it. The cluster holds the state of Kubernetes, and goes only when this is lifted. */
const kept = [
  "cluster-control-plane-logs",
  "cluster-control-plane-secrets-key",
  ...["", "-encryption", "-lifecycle", "-ownership", "-policy", "-public-access", "-versions"].map(
    (guard) => `object-store-bucket${guard}`,
  ),
];

/** In this order: each test goes on from the state that the one before it left. */
describe("the environment", () => {
  test("is previewed from nothing, while no kubeconfig is known", async () => {
    const { changes, steps } = await stack.preview(programOn(cluster.kubeconfig));
    expect(Object.keys(changes)).toEqual(["create"]);
    expect(steps.length).toBeGreaterThan(250);
  });

  test("is made", async () => {
    const { changes } = await stack.withRecorder("aws").up(programOn(cluster.kubeconfig));
    expect(Object.keys(changes)).toEqual(["create"]);
  });

  test("is neither changed nor replaced now that the kubeconfig is known", async () => {
    expect((await stack.preview(programOn(cluster.kubeconfig))).steps).toEqual([]);
  });

  test("is not destroyed before everything that holds data has lost its protection, and then these stay in AWS", async () => {
    expect(await protectedOf(stack)).toEqual([...kept, "cluster-control-plane-cluster"].sort());
    const text = await unprotected(stack);
    for (const name of kept) expect(text).toMatch(new RegExp(`${name} delete\\[retain\\]`));
  });
});
