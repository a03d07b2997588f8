import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Cluster } from "../support/cluster";

const plain = "hunter2-in-the-clear";

export function secrets(cluster: Cluster): void {
  test("secrets stay secret in the state: those of a Secret, and any other secret input", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    const encoded = Buffer.from(plain).toString("base64");
    await stack.up(`
      new k8s.core.v1.Secret("string-data", { metadata: { namespace: "${ns}" }, stringData: { a: "${plain}" } });
      new k8s.core.v1.Secret("data", { metadata: { namespace: "${ns}" }, data: { a: "${encoded}" } });
      new k8s.core.v1.ConfigMap("c", { metadata: { namespace: "${ns}" }, data: { a: pulumi.secret("${plain}"), b: "plain" } });
      new k8s.core.v1.Service("s", { metadata: { namespace: "${ns}", annotations: { a: pulumi.secret("${plain}") } },
        spec: { ports: [{ port: 80 }] } });`);
    await stack.refresh();
    const state = filesUnder(join(stack.dir, "state")).join("\n");
    expect(state).toMatch(/kubernetes:core\/v1:Secret/);
    expect(state).not.toContain(plain);
    expect(state).not.toContain(encoded);
    await stack.close();
  });

  test("a value that becomes secret is no longer in the clear", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    const program = (value: string) =>
      `new k8s.core.v1.ConfigMap("c", { metadata: { name: "c", namespace: "${ns}" }, data: { a: ${value} } });`;
    await stack.up(program(`"${plain}"`));
    await stack.up(program(`pulumi.secret("${plain}")`));
    const resources = JSON.stringify(await stack.resources());
    expect(resources).not.toContain(plain);
    await stack.close();
  });
}

/** All files, backups and history too. */
function filesUnder(dir: string): string[] {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    return statSync(path).isDirectory() ? filesUnder(path) : [readFileSync(path, "utf8")];
  });
}
