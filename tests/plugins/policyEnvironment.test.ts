/** Our own environments keep our own rules: previews of dev and prod pass with the pack, though every rule is mandatory. */
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { root } from "../../toolchain/paths";
import { Cluster } from "./support/cluster";
import { ourPack } from "./support/packs";
import type { Stack } from "./support/stack";

jest.setTimeout(240_000);

const cluster = new Cluster();
beforeAll(() => cluster.start());
afterAll(() => cluster.stop());

const project = z.object({ runtime: z.unknown() });
const settings = z.object({ config: z.record(z.string(), z.unknown()) });
const read = (name: string): unknown => parse(readFileSync(join(root, name), "utf8"));

test.each(["dev", "prod"])("%s", async (name) => {
  const stack = await cluster.stack();
  try {
    for (const part of ["index.ts", "package.json"]) symlinkSync(join(root, part), join(stack.dir, part));
    mkdirSync(join(stack.dir, ".moat"));
    symlinkSync(join(root, ".moat/crds"), join(stack.dir, ".moat/crds"));
    const { runtime } = project.parse(read("Pulumi.yaml"));
    stack.write("Pulumi.yaml", stringify({ name: "moat", main: "index.ts", runtime }));
    await stack.init();
    await configure(stack, name);
    const { text } = await stack.preview("", ...ourPack);
    expect(text).toContain("✅ moat");
    expect(text).not.toContain("[mandatory]");
  } finally {
    await stack.close();
  }
});

/** The stack's own configuration, but for the cluster, the keys of the object store and the level. */
async function configure(stack: Stack, name: string): Promise<void> {
  const { config } = settings.parse(read(`Pulumi.${name}.yaml`));
  stack.write(
    "Pulumi.test.yaml",
    stringify({
      config: {
        ...config,
        "moat:cluster": { kubeconfig: cluster.kubeconfig },
        "moat:policies": { level: "mandatory" },
      },
    }),
  );
  if (name !== "prod") return;
  for (const key of ["objectStoreAccessKey", "objectStoreSecretKey"])
    await stack.pulumi(["config", "set", "--secret", key, "not-a-key", "--stack", "test"]);
}
