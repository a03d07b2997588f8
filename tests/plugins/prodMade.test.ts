/**
 * Pulumi.prod.yaml before and after it was made. Objects go to a real API server; a provider that remembers stands for the cloud while it is
 * made, and the real one judges it before.
 */
import { join } from "node:path";
import { root } from "../../toolchain/paths";
import { nowhere } from "../../toolchain/throwaway";
import { Cluster } from "./support/cluster";
import { environmentOf } from "./support/environment";
import { json } from "./support/programs";
import type { Stack } from "./support/stack";

jest.setTimeout(300_000);

const cluster = new Cluster();
let stack: Stack;
beforeAll(async () => {
  await cluster.start();
  stack = await environmentOf("Pulumi.prod.yaml", { env: nowhere });
});
afterAll(async () => {
  stack.abandon();
  await cluster.stop();
});

/**
 * The whole program. There are no machines, so nobody waits for them or for what would run on them; and the kubeconfig, once it is known, leads
 * to the API server of this test.
 */
const program = (): string => `
const fs = require("fs");
const readiness = require.resolve(${json(join(root, "components/cluster/openstack/readiness.ts"))});
require.cache[readiness] = { id: readiness, filename: readiness, loaded: true, exports: { untilReady: async () => {} } };
const kubeconfig = fs.readFileSync(${json(cluster.kubeconfig)}, "utf8");
pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
  if (type === "pulumi:providers:kubernetes")
    return { props: { ...props, kubeconfig: pulumi.secret(pulumi.output(props.kubeconfig).apply(() => kubeconfig)) }, opts };
  if (!type.startsWith("kubernetes:")) return undefined;
  const metadata = pulumi.output(props.metadata ?? {}).apply((m) => ({ ...m, annotations: { ...m.annotations, "pulumi.com/skipAwait": "true" } }));
  return { props: { ...props, metadata }, opts };
});
module.exports = require(${json(join(root, "index.ts"))});
`;

/** What holds data: the blocks, and etcd with the keys of the cluster. */
const kept = [
  "cluster-server-0-data",
  "cluster-server-1-data",
  "cluster-server-2-data",
  "object-store-container",
];

const destroyInADryRun = () => stack.pulumi(["destroy", "--stack", "test", "--preview-only"]);

/** The resource that Pulumi refuses to delete, by its URN. It names one, and ends. */
const refused = (text: string): string | undefined => /"(urn:[^"]+)" cannot be deleted/.exec(text)?.[1];

/** In this order: each test goes on from the state that the one before it left. */
describe("the environment", () => {
  test("is previewed from nothing, while no kubeconfig is known", async () => {
    const { changes, steps } = await stack.withOpenStack().preview(program());
    expect(Object.keys(changes)).toEqual(["create"]);
    expect(steps.length).toBeGreaterThan(200);
  });

  test("is made", async () => {
    const { changes } = await stack.withRecorder("openstack").up(program());
    expect(Object.keys(changes)).toEqual(["create"]);
  });

  test("is neither changed nor replaced now that the kubeconfig is known", async () => {
    expect((await stack.preview(program())).steps).toEqual([]);
  });

  test("is not destroyed before everything that holds data has lost its protection, and then these stay in the cloud", async () => {
    const lifted: string[] = [];
    let last = await destroyInADryRun();
    for (let urn = refused(last.text); urn !== undefined; urn = refused(last.text)) {
      expect(last.ok).toBe(false);
      lifted.push(urn.split("::").at(-1) ?? urn);
      await stack.pulumi(["state", "unprotect", urn, "--stack", "test", "--yes"]);
      last = await destroyInADryRun();
    }
    expect(lifted.sort()).toEqual(kept);
    expect(last.ok).toBe(true);
    for (const name of kept) expect(last.text).toMatch(new RegExp(`${name} delete\\[retain\\]`));
  });
});
