import type { Cluster } from "../support/cluster";
import { configMap, deployment, firm, mutable, skipAwait } from "../support/programs";

const opts = "const opts = {};\n";

export function drift(cluster: Cluster): void {
  test("a refresh sees a field that was changed by hand, and the next update restores it", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    const program =
      firm +
      configMap(ns, { a: "1", b: "2" }) +
      deployment({ namespace: ns, annotations: skipAwait, env: [{ name: "A", value: "1" }] });
    await stack.up(program);
    const drifted = { data: { a: "drifted", foreign: "1" } };
    await cluster.patch("configmap", ns, "c", drifted, "--field-manager=controller");
    await cluster.patch("deployment", ns, "web", { spec: { replicas: 3 } });
    await stack.failing("preview", program, "--refresh", "--expect-no-changes");
    expect((await stack.refresh()).changes).toMatchObject({ update: 2 });
    const state = (await stack.resources()).find((r) => r.type === "kubernetes:core/v1:ConfigMap");
    expect(state?.inputs).toMatchObject({ data: { a: "drifted", b: "2" } });
    expect((await stack.up(program)).changes).toMatchObject({ update: 2 });
    const live = await cluster.get("configmap", ns, "c");
    expect(live?.data).toEqual({ a: "1", b: "2", foreign: "1" });
    expect(await cluster.get("deployment", ns, "web")).toMatchObject({ spec: { replicas: 1 } });
    await stack.close();
  });

  test("without enablePatchForce an update does not take back what others have set: it ends in a conflict, every time", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    const program = (replicas: number) =>
      mutable + deployment({ namespace: ns, replicas, annotations: skipAwait });
    await stack.up(program(1));
    await cluster.kubectl("scale", "deployment", "web", "-n", ns, "--replicas=5");
    for (const attempt of [1, 2]) {
      const refused = await stack.failing("up", program(1 + attempt), "--refresh");
      expect(refused.messages.join("\n")).toMatch(/conflict/);
    }
    expect(await cluster.get("deployment", ns, "web")).toMatchObject({ spec: { replicas: 5 } });
    await stack.up(
      program(2).replace("enableConfigMapMutable", "enablePatchForce: true, enableConfigMapMutable"),
    );
    expect(await cluster.get("deployment", ns, "web")).toMatchObject({ spec: { replicas: 2 } });
    await stack.close();
  });

  test("an update of what has vanished fails until a refresh has said so", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    await stack.up(mutable + configMap(ns, { a: "1" }));
    await cluster.kubectl("delete", "configmap", "c", "-n", ns);
    const refused = await stack.failing("up", mutable + configMap(ns, { a: "2" }));
    expect(refused.messages.join("\n")).toMatch(/not found/);
    await stack.up(mutable + configMap(ns, { a: "2" }), "--refresh");
    expect(await cluster.get("configmap", ns, "c")).toMatchObject({ data: { a: "2" } });
    await stack.close();
  });

  test("a refresh sees a secret that was changed by hand, and does not show it", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    const program = `${firm}new k8s.core.v1.Secret("s", { metadata: { name: "s", namespace: "${ns}" }, stringData: { a: "first" } }, opts);`;
    await stack.up(program);
    await stack.preview(program, "--refresh", "--expect-no-changes");
    await cluster.patch("secret", ns, "s", { stringData: { a: "drifted" } });
    const refreshed = await stack.refresh();
    expect(refreshed.changes).toMatchObject({ update: 1 });
    expect(refreshed.text).not.toMatch(/drifted/);
    await stack.up(program);
    expect(await cluster.get("secret", ns, "s")).toMatchObject({
      data: { a: Buffer.from("first").toString("base64") },
    });
    await stack.close();
  });

  test("a refresh sees that an object is gone, and the next update makes it again", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    await stack.up(opts + configMap(ns, {}));
    await cluster.kubectl("delete", "configmap", "c", "-n", ns);
    expect((await stack.refresh()).changes).toMatchObject({ delete: 1 });
    expect((await stack.up(opts + configMap(ns, {}))).steps).toEqual([
      "create kubernetes:core/v1:ConfigMap c",
    ]);
    await stack.close();
  });

  test("imports a namespaced object by id, with fewer fields than it has, and owns it from then on", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    await cluster.kubectl("create", "deployment", "web", "-n", ns, "--image=none.invalid/web:1");
    const program = (options: string, labels: object, image = "none.invalid/web:1") =>
      `new k8s.apps.v1.Deployment("web", {
        metadata: { name: "web", namespace: "${ns}", labels: ${JSON.stringify(labels)}, annotations: ${JSON.stringify(skipAwait)} },
        spec: { selector: { matchLabels: { app: "web" } },
          template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "${image}" }] } } },
      }, ${options});`;
    await cluster.kubectl("annotate", "deployment", "web", "-n", ns, "pulumi.com/skipAwait=true");
    const imported = await stack.up(program(`{ import: "${ns}/web" }`, { app: "web" }));
    expect(imported.steps).toEqual(["import kubernetes:apps/v1:Deployment web"]);
    await stack.preview(program("{}", { app: "web" }), "--expect-no-changes");
    // The label came with the import; leaving it out now must remove it from the live object.
    await stack.up(program("{}", {}, "none.invalid/web:2"));
    const live = await cluster.get("deployment", ns, "web");
    expect(live).toMatchObject({
      spec: { template: { spec: { containers: [{ image: "none.invalid/web:2" }] } } },
    });
    expect(live?.metadata).not.toHaveProperty("labels");
    await stack.close();
  });

  test("imports a cluster-wide object by its name, and reads one with get", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    const program = `new k8s.core.v1.Namespace("ns", { metadata: { name: "${ns}" } }, { import: "${ns}", retainOnDelete: true });
      exports.phase = k8s.core.v1.Namespace.get("got", "${ns}").status.phase;`;
    expect((await stack.up(program)).steps).toContain("import kubernetes:core/v1:Namespace ns");
    expect(await stack.outputs()).toEqual({ phase: "Active" });
    await stack.close();
  });

  test("says which object an import does not find", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    const failed = await stack.failing("up", configMap(ns, {}).replace("opts", `{ import: "${ns}/c" }`));
    expect(failed.messages.join("\n")).toMatch(/resource '.*\/c' does not exist/);
    await stack.close();
  });
}
