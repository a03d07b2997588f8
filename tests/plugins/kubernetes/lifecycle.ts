import type { Cluster } from "../support/cluster";
import { configMap, deployment, json, mutable, skipAwait, widgetDefinition } from "../support/programs";

const opts = "const opts = {};\n";

export function lifecycle(cluster: Cluster): void {
  test("creates, leaves alone, updates and deletes an object", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    const program = (data: object) => mutable + configMap(ns, data);

    const created = await stack.up(program({ a: "1", b: "2" }));
    expect(created.steps).toEqual(["create kubernetes:core/v1:ConfigMap c"]);
    expect(await cluster.get("configmap", ns, "c")).toMatchObject({ data: { a: "1", b: "2" } });

    await stack.preview(program({ a: "1", b: "2" }), "--expect-no-changes");

    const updated = await stack.up(program({ a: "1", b: "3" }));
    expect(updated.steps).toContain("update kubernetes:core/v1:ConfigMap c");
    expect(await cluster.get("configmap", ns, "c")).toMatchObject({ data: { a: "1", b: "3" } });

    await stack.destroy();
    expect(await cluster.get("configmap", ns, "c")).toBeUndefined();
    await stack.close();
  });

  test("removes from the live object what the inputs no longer have, and nothing else", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    await stack.up(mutable + configMap(ns, { a: "1", b: "2" }));
    // A controller's. What people add by kubectl, the next update makes the resource's own, and removes.
    await cluster.patch("configmap", ns, "c", { data: { foreign: "stays" } }, "--field-manager=controller");
    await cluster.patch("configmap", ns, "c", { data: { byHand: "goes" } });
    await stack.up(mutable + configMap(ns, { a: "1" }));
    const live = await cluster.get("configmap", ns, "c");
    expect(live?.data).toEqual({ a: "1", foreign: "stays" });
    await stack.close();
  });

  test("sees no change in what the server fills in or spells otherwise", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    const resources = { requests: { cpu: "1000m", memory: "1024Mi" }, limits: { cpu: 2 } };
    const spec = {
      nodeSelector: { none: "1" },
      containers: [{ name: "main", image: "none.invalid/a", resources }],
    };
    const program = `${opts}${deployment({ namespace: ns, annotations: skipAwait, pod: spec })}
      new k8s.core.v1.Service("s", { metadata: { name: "s", namespace: "${ns}" },
        spec: { ports: [{ port: 80 }], selector: { app: "web" } } });`;
    await stack.up(program);
    await stack.preview(program, "--expect-no-changes");
    await stack.preview(program, "--refresh", "--expect-no-changes");
    await stack.close();
  });

  test("names an object that has no name, and replaces it by a new one before the old one goes", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    const program = (data: object) => opts + configMap(ns, data, {});
    await stack.up(program({ a: "1" }));
    const [before] = await stack.resources();
    expect(before?.id).toMatch(new RegExp(`^${ns}/c-[0-9a-f]{8}$`));
    await stack.preview(program({ a: "1" }), "--expect-no-changes");

    const replaced = await stack.up(program({ a: "2" }));
    expect(replaced.steps.map((s) => s.split(" ")[0])).toEqual([
      "create-replacement",
      "replace",
      "delete-replaced",
    ]);
    const [after] = await stack.resources();
    expect(after?.id).not.toBe(before?.id);
    await stack.close();
  });

  test("moves an object to another namespace and another name by a new object", async () => {
    const [a, b] = [await cluster.namespace(), await cluster.namespace()];
    const stack = await cluster.stack();
    await stack.up(opts + configMap(a, {}));
    const moved = await stack.up(opts + configMap(b, {}));
    expect(moved.steps[0]).toBe("create-replacement kubernetes:core/v1:ConfigMap c");
    expect(await cluster.get("configmap", a, "c")).toBeUndefined();
    expect(await cluster.get("configmap", b, "c")).toBeDefined();
    await stack.up(opts + configMap(b, {}, { name: "d" }));
    expect(await cluster.get("configmap", b, "c")).toBeUndefined();
    expect(await cluster.get("configmap", b, "d")).toBeDefined();
    await stack.close();
  });

  test("leaves fields under ignoreChanges as another controller has set them", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    const program = (image: string) =>
      deployment({ namespace: ns, annotations: skipAwait, image }, '{ ignoreChanges: ["spec.replicas"] }');
    await stack.up(program("none.invalid/web:1"));
    await cluster.patch("deployment", ns, "web", { spec: { replicas: 4 } });
    await stack.up(program("none.invalid/web:2"));
    expect(await cluster.get("deployment", ns, "web")).toMatchObject({
      spec: { replicas: 4, template: { spec: { containers: [{ image: "none.invalid/web:2" }] } } },
    });
    await stack.close();
  });

  test("deletes what hangs on an object first, and takes what has vanished for deleted", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    await stack.up(opts + deployment({ namespace: ns, replicas: 0 }) + configMap(ns, {}));
    await cluster.waitFor("replicaset", ns, "app=web");
    await cluster.kubectl("delete", "configmap", "c", "-n", ns);
    await stack.destroy();
    expect(await cluster.kubectl("get", "replicasets", "-n", ns, "-o", "name")).toBe("");
    await stack.close();
  });

  test("makes a definition and its objects in one run, and survives that the definition vanishes", async () => {
    const ns = await cluster.namespace();
    const group = `${ns}.moat.dev`;
    const stack = await cluster.stack();
    const program = (size: number, flavour = "plain") => `
      const crd = new k8s.apiextensions.v1.CustomResourceDefinition("crd", ${json(widgetDefinition(group))});
      new k8s.apiextensions.CustomResource("w", { apiVersion: "${group}/v1", kind: "Widget",
        metadata: { name: "w", namespace: "${ns}" }, spec: { size: ${size}, flavour: "${flavour}" } }, { dependsOn: crd });`;
    await stack.preview(program(2));
    await stack.up(program(2));
    expect((await stack.up(program(3))).steps).toContain(`update kubernetes:${group}/v1:Widget w`);
    // The rule stands in the definition only; the server's word decides.
    expect((await stack.up(program(3, "sweet"))).steps[0]).toBe(
      `delete-replaced kubernetes:${group}/v1:Widget w`,
    );
    await cluster.kubectl("delete", "crd", `widgets.${group}`);
    await stack.destroy();
    await stack.close();
  });
}
