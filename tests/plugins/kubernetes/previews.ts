import type { Cluster } from "../support/cluster";
import { configMap, mutable } from "../support/programs";

const opts = "const opts = {};\n";
const errors = (messages: readonly string[]) => messages.filter((m) => m.startsWith("error")).join("\n");

export function previews(cluster: Cluster): void {
  test("refuses a field that the kind does not have, before anything is created", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    const program = `new k8s.core.v1.ConfigMap("c", { metadata: { name: "c", namespace: "${ns}" }, dta: { a: "1" } });
      new k8s.core.v1.Service("s", { metadata: { name: "s", namespace: "${ns}" }, spec: { ports: [{ prot: 80, port: 80 }] } });`;
    // The SDK's classes drop unknown fields at the top, so the object goes in as it is.
    const raw = program.replace(
      "new k8s.core.v1.ConfigMap(",
      `const raw = (name, args) => new k8s.apiextensions.CustomResource(name, { apiVersion: "v1", kind: "ConfigMap", ...args });
      raw(`,
    );
    const refused = await stack.failing("preview", raw);
    expect(errors(refused.messages)).toMatch(/unknown field "dta"/);
    expect(errors(refused.messages)).toMatch(/unknown field "spec\.ports\[0\]\.prot"/);
    await stack.failing("up", raw);
    expect(await cluster.get("configmap", ns, "c")).toBeUndefined();
    await stack.close();
  });

  test("refuses a value that the server does not accept, in a create and in an update", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    const program = (name: string) => mutable + configMap(ns, { [name]: "1" });
    expect(errors((await stack.failing("preview", program("not a key"))).messages)).toMatch(
      /data\[not a key\]/,
    );
    await stack.up(program("key"));
    expect(errors((await stack.failing("preview", program("not a key"))).messages)).toMatch(
      /data\[not a key\]/,
    );
    await stack.close();
  });

  test("creates and changes nothing", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    await stack.preview(opts + configMap(ns, {}));
    expect(await cluster.get("configmap", ns, "c")).toBeUndefined();
    await stack.close();
  });

  test("passes what is in a namespace or of a kind that is not there yet", async () => {
    const ns = cluster.freshNamespace();
    const stack = await cluster.stack();
    const program = `${opts}
      new k8s.core.v1.Namespace("ns", { metadata: { name: "${ns}" } });
      ${configMap(ns, {})}
      new k8s.apiextensions.CustomResource("w", { apiVersion: "none.moat.dev/v1", kind: "None",
        metadata: { name: "w", namespace: "${ns}" }, spec: {} });`;
    expect((await stack.preview(program)).changes).toMatchObject({ create: 4 });
    await stack.close();
  });

  test("passes values that are known only later", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    const program = `const id = new random.RandomId("id", { byteLength: 4 });
      const c = new k8s.core.v1.ConfigMap("c", { metadata: { namespace: "${ns}", name: id.hex }, data: { id: id.hex } });
      exports.data = c.data;`;
    expect((await stack.preview(program)).changes).toMatchObject({ create: 3 });
    await stack.up(program);
    const { data } = await stack.outputs();
    expect(data).toEqual({ id: expect.stringMatching(/^[0-9a-f]{8}$/) });
    await stack.close();
  });

  test("shows defaults of the server, and leaves unknown what only a real create decides", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    const program = `const s = new k8s.core.v1.Service("s", { metadata: { name: "s", namespace: "${ns}" }, spec: { ports: [{ port: 80 }] } });
      pulumi.all([s.spec.type, s.spec.ports[0].protocol]).apply((v) => console.log("known", ...v));
      s.spec.clusterIP.apply((v) => console.log("address", v)); s.metadata.uid.apply((v) => console.log("uid", v));`;
    const { text } = await stack.preview(program);
    expect(text).toMatch(/known ClusterIP TCP/);
    expect(text).not.toMatch(/address \S|uid \S/);
    await stack.close();
  });

  test("refuses to take over an object that something else made, unless it is told to", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    await cluster.kubectl("create", "configmap", "c", "-n", ns, "--from-literal=a=theirs");
    // A preview cannot tell it from an object that is to be replaced.
    await stack.preview(opts + configMap(ns, { b: "ours" }));
    const refused = await stack.failing("up", opts + configMap(ns, { b: "ours" }));
    expect(errors(refused.messages)).toMatch(/ConfigMap .*\/c is there already/);
    const upsert = 'const opts = { provider: new k8s.Provider("p", { upsertExistingObjects: true }) };\n';
    await stack.preview(upsert + configMap(ns, { b: "ours" }));
    const conflict = await stack.failing("up", upsert + configMap(ns, { a: "ours" }));
    expect(errors(conflict.messages)).toMatch(/conflict[\s\S]*patchForce/);
    const forced = { name: "c", annotations: { "pulumi.com/patchForce": "true" } };
    await stack.up(upsert + configMap(ns, { a: "ours" }, forced));
    expect(await cluster.get("configmap", ns, "c")).toMatchObject({ data: { a: "ours" } });
    await stack.close();
  });

  test("says clearly what is not supported", async () => {
    const stack = await cluster.stack();
    const release = `new k8s.helm.v3.Release("r", { chart: "none" });`;
    expect(errors((await stack.failing("preview", release)).messages)).toMatch(
      /does not support .*Release.*official/,
    );
    const chart = `new k8s.helm.v4.Chart("c", { chart: "none" });`;
    expect(errors((await stack.failing("preview", chart)).messages)).toMatch(/does not support .*Chart/);
    const group = `new k8s.yaml.v2.ConfigGroup("g", { files: ["none.json"] });`;
    expect(errors((await stack.failing("preview", group)).messages)).toMatch(
      /does not support .*ConfigGroup/,
    );
    const patch = `new k8s.core.v1.ConfigMapPatch("p", { metadata: { name: "x" } });`;
    expect(errors((await stack.failing("preview", patch)).messages)).toMatch(
      /does not support patch resources/,
    );
    await stack.close();
  });
}
