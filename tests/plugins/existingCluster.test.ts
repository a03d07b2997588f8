/** The real engine on a cluster that is not fit: a preview and an `up` end with words, and nothing is planned or made. */
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { root } from "../../toolchain/paths";
import { Cluster } from "./support/cluster";

const cluster = new Cluster();
beforeAll(() => cluster.startAlone());
afterAll(() => cluster.stop());

test("dev, on an API server that has neither a storage class nor a DNS", async () => {
  const stack = await cluster.stack();
  try {
    for (const part of ["index.ts", "package.json"]) symlinkSync(join(root, part), join(stack.dir, part));
    const { runtime } = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8"));
    stack.write("Pulumi.yaml", stringify({ name: "moat", main: "index.ts", runtime }));
    await stack.init();
    const { config } = parse(readFileSync(join(root, "Pulumi.dev.yaml"), "utf8"));
    const changed = { ...config, "moat:cluster": { kubeconfig: cluster.kubeconfig } };
    stack.write("Pulumi.test.yaml", stringify({ config: changed }));
    const failed: unknown = await stack.preview("").catch((error: unknown) => error);
    expect(String(failed)).toContain("2 obstacles on the cluster; nothing was created");
    expect(String(failed)).toContain("the cluster has no default storage class");
    expect(String(failed)).toContain("the cluster's DNS is not known");
    expect(String(failed)).not.toContain("moat:tenancy");
  } finally {
    await stack.close();
  }
});
