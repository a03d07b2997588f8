/**
 * Environments on a cluster that is there already keep our own rules: previews pass with the pack, though every rule is mandatory. Those that
 * make their cluster have tests of their own.
 */
import { Cluster } from "./support/cluster";
import { environmentOf, ourProgram } from "./support/environment";
import { ourPack } from "./support/packs";

const cluster = new Cluster();
beforeAll(() => cluster.start());
afterAll(() => cluster.stop());

test.each(["Pulumi.dev.yaml", "examples/existing-s3.yaml"])("%s", async (file) => {
  // An API server without nodes is fit for nothing.
  const config = { "moat:cluster": { kubeconfig: cluster.kubeconfig, checks: false } };
  const stack = await environmentOf(file, { config });
  try {
    const { text } = await stack.preview(ourProgram(), ...ourPack);
    expect(text).toContain("✅ moat");
    expect(text).not.toMatch(/\[mandatory\]|Undefined value/);
  } finally {
    await stack.close();
  }
});
