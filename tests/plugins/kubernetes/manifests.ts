/** ConfigFile and ConfigGroup: manifests that the plugin reads, so that the program does not carry them. */
import { readFileSync } from "node:fs";
import type { Cluster } from "../support/cluster";
import { configMap, json, widgetDefinition } from "../support/programs";
import type { Stack } from "../support/stack";

const errors = (messages: readonly string[]) => messages.filter((m) => m.startsWith("error")).join("\n");

const map = (namespace: string, name: string, data: object, annotations: object = {}) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace, annotations },
  data,
});

const yaml = (...objects: object[]): string => objects.map(json).join("\n---\n");

const provider = 'const p = new k8s.Provider("p", { enableConfigMapMutable: true });\n';

const file = (path: string, opts = "{ provider: p }"): string =>
  `${provider}const f = new k8s.yaml.v2.ConfigFile("f", { file: "${path}" }, ${opts});\n`;

const group = (args: string, opts = "{ provider: p }"): string =>
  `${provider}const g = new k8s.yaml.v2.ConfigGroup("g", ${args}, ${opts});\n`;

/** Types and names of the resources. */
const urnsOf = async (stack: Stack) =>
  (await stack.resources()).map(({ urn }) => urn.split("::").slice(2).join("::")).sort();

export function manifests(cluster: Cluster): void {
  test("creates, leaves alone, updates and deletes the objects of a file", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    stack.write("all.yaml", yaml(map(ns, "a", { x: "1" }), map(ns, "b", { x: "1" })));
    expect((await stack.preview(file("all.yaml"))).changes).toMatchObject({ create: 5 });
    expect(await cluster.get("configmap", ns, "a")).toBeUndefined();

    await stack.up(file("all.yaml"));
    expect(await cluster.get("configmap", ns, "a")).toMatchObject({ data: { x: "1" } });
    expect(await urnsOf(stack)).toEqual([
      `kubernetes:yaml/v2:ConfigFile$kubernetes:core/v1:ConfigMap::f:${ns}/a`,
      `kubernetes:yaml/v2:ConfigFile$kubernetes:core/v1:ConfigMap::f:${ns}/b`,
      "kubernetes:yaml/v2:ConfigFile::f",
    ]);
    await stack.preview(file("all.yaml"), "--expect-no-changes");
    await stack.preview(file("all.yaml"), "--refresh", "--expect-no-changes");

    stack.write("all.yaml", yaml(map(ns, "a", { x: "2" }), map(ns, "b", { x: "1" })));
    expect((await stack.up(file("all.yaml"))).steps).toEqual([
      `update kubernetes:core/v1:ConfigMap f:${ns}/a`,
    ]);
    expect(await cluster.get("configmap", ns, "a")).toMatchObject({ data: { x: "2" } });

    stack.write("all.yaml", yaml(map(ns, "b", { x: "1" })));
    expect((await stack.up(file("all.yaml"))).steps).toEqual([
      `delete kubernetes:core/v1:ConfigMap f:${ns}/a`,
    ]);
    expect(await cluster.get("configmap", ns, "a")).toBeUndefined();

    await stack.destroy();
    expect(await cluster.get("configmap", ns, "b")).toBeUndefined();
    await stack.close();
  });

  test("a group takes files by pattern, text and objects together, under a prefix of its own", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    stack.write("m-1.yaml", `# nothing but a comment\n---\n${yaml(map(ns, "a", {}))}\n---\n`);
    stack.write("m-2.json", JSON.stringify({ apiVersion: "v1", kind: "List", items: [map(ns, "b", {})] }));
    const program = group(
      `{ files: ["m-*"], yaml: ${json(yaml(map(ns, "c", {})))}, objs: [${json(map(ns, "d", {}))}], resourcePrefix: "" }`,
    );
    await stack.up(program);
    const names = (await urnsOf(stack)).map((urn) => urn.split("::")[1]);
    expect(names.sort()).toEqual(["g", ...["a", "b", "c", "d"].map((name) => `${ns}/${name}`)]);
    await stack.preview(program, "--expect-no-changes");
    await stack.close();
  });

  test("makes definitions and namespaces before what needs them, and takes them down after", async () => {
    const ns = cluster.freshNamespace();
    const kind = `${ns}.moat.dev`;
    const stack = await cluster.stack();
    const widget = {
      apiVersion: `${kind}/v1`,
      kind: "Widget",
      metadata: { name: "w", namespace: ns },
      spec: {},
    };
    const definition = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      ...widgetDefinition(kind),
    };
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: ns } };
    stack.write("all.yaml", yaml(widget, map(ns, "c", {}), definition, namespace));
    const program = `${file("all.yaml")} new k8s.apiextensions.CustomResource("after", { apiVersion: "${kind}/v1",
      kind: "Widget", metadata: { name: "after", namespace: "${ns}" } }, { dependsOn: f });`;
    await stack.preview(program);
    await stack.up(program);
    expect(await cluster.get(`widgets.${kind}`, ns, "w")).toMatchObject({ spec: { size: 1 } });
    await stack.preview(program, "--expect-no-changes");
    const gone = (await stack.destroy()).steps.map((step) => step.split(" ").at(-1));
    expect(gone.indexOf("after")).toBeLessThan(gone.indexOf(`f:widgets.${kind}`));
    expect(gone.indexOf(`f:${ns}/w`)).toBeLessThan(gone.indexOf(`f:widgets.${kind}`));
    await stack.close();
  });

  test("puts objects without a namespace into the provider's", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    const program = `const p = new k8s.Provider("p", { namespace: "${ns}" });
      new k8s.yaml.v2.ConfigGroup("g", { yaml: ${json(json({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" } }))} },
        { provider: p });`;
    await stack.up(program);
    expect(await cluster.get("configmap", ns, "c")).toBeDefined();
    expect((await urnsOf(stack))[0]).toMatch(`::g:${ns}/c`);
    await stack.preview(program, "--expect-no-changes");
    await stack.close();
  });

  test("keeps secrets secret, and what a Secret holds", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    const secret = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "s", namespace: ns },
      stringData: { x: "plain" },
    };
    stack.write("secret.yaml", yaml(secret));
    const text = json(yaml(map(ns, "b", { x: "hush-text" })));
    await stack.up(
      group(`{ files: ["secret.yaml"], yaml: pulumi.secret(${text}), objs: [{ apiVersion: "v1", kind: "ConfigMap",
        metadata: { name: "c", namespace: "${ns}" }, data: { open: "seen", x: pulumi.secret("hush-field") } }] }`),
    );
    expect(await cluster.get("configmap", ns, "b")).toMatchObject({ data: { x: "hush-text" } });
    expect(await cluster.get("configmap", ns, "c")).toMatchObject({
      data: { open: "seen", x: "hush-field" },
    });
    const state = json(await stack.resources());
    expect(state).toContain("seen");
    expect(state).not.toMatch(/hush|plain|cGxhaW4/);
    await stack.close();
  });

  test("passes values that are known only later", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    const program =
      group(`{ objs: [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c", namespace: "${ns}" },
      data: { id: id.hex } }, { apiVersion: "v1", kind: "ConfigMap", metadata: { name: id.hex, namespace: "${ns}" } }] }`).replace(
        "const g",
        'const id = new random.RandomId("id", { byteLength: 4 });\nconst g',
      );
    const previewed = await stack.preview(program);
    expect(previewed.changes).toMatchObject({ create: 5 });
    expect(previewed.messages.join()).toMatch(/names of objects are not known yet/);
    const later = group("{ yaml: id.hex }").replace(
      "const g",
      'const id = new random.RandomId("id", { byteLength: 4 });\nconst g',
    );
    expect((await stack.preview(later)).messages.join()).toMatch(/not known yet, so the preview leaves/);
    await stack.up(program);
    expect(await cluster.get("configmap", ns, "c")).toMatchObject({
      data: { id: expect.stringMatching(/^[0-9a-f]{8}$/) },
    });
    await stack.close();
  });

  test("hands the program's options on: provider, protection, transforms", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    stack.write("all.yaml", yaml(map(ns, "a", {})));
    const program = (protect: boolean) =>
      file(
        "all.yaml",
        `{ providers: [p], protect: ${protect}, transforms: [({ type, props, opts }) => type.endsWith("ConfigMap")
        ? { props: { ...props, data: { from: "transform" } }, opts } : undefined] }`,
      );
    await stack.up(program(true));
    expect(await cluster.get("configmap", ns, "a")).toMatchObject({ data: { from: "transform" } });
    expect((await stack.failing("destroy")).text).toMatch(/protect/);
    await stack.up(program(false));
    await stack.close();
  });

  test("skips the wait when told to", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    await stack.up(group(`{ objs: [${json(map(ns, "a", {}))}], skipAwait: true }`));
    expect(await cluster.get("configmap", ns, "a")).toMatchObject({
      metadata: { annotations: { "pulumi.com/skipAwait": "true" } },
    });
    await stack.close();
  });

  test("what fails half way is finished by the next run", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    const needy = map(
      ns,
      "b",
      { "not a key": "1" },
      { "config.kubernetes.io/depends-on": `/namespaces/${ns}/ConfigMap/a` },
    );
    stack.write("all.yaml", yaml(map(ns, "a", {}), needy));
    expect(errors((await stack.failing("up", file("all.yaml"))).messages)).toMatch(/not a key/);
    expect(await cluster.get("configmap", ns, "a")).toBeDefined();
    stack.write("all.yaml", yaml(map(ns, "a", {}), { ...needy, data: { key: "1" } }));
    const finished = await stack.up(file("all.yaml"));
    expect(finished.steps).toContain(`create kubernetes:core/v1:ConfigMap f:${ns}/b`);
    expect(finished.steps).not.toContain(`create kubernetes:core/v1:ConfigMap f:${ns}/a`);
    await stack.close();
  });

  test("says which file is wrong and how", async () => {
    const stack = await cluster.stack();
    const refusal = async (program: string) => errors((await stack.failing("preview", program)).messages);
    expect(await refusal(file("none.yaml"))).toMatch(/ConfigFile f: .*none\.yaml: no such file/);
    stack.write("broken.yaml", "kind: ConfigMap\n  data: [");
    expect(await refusal(file("broken.yaml"))).toMatch(/broken\.yaml: document 1 is no Kubernetes object/);
    stack.write("list.yaml", "- kind: ConfigMap");
    expect(await refusal(file("list.yaml"))).toMatch(/list\.yaml: document 1 is no Kubernetes object/);
    stack.write("nameless.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {}}");
    expect(await refusal(file("nameless.yaml"))).toMatch(/nameless\.yaml: .*ConfigMap has no metadata\.name/);
    stack.write("kindless.yaml", "{metadata: {name: a}}");
    expect(await refusal(file("kindless.yaml"))).toMatch(/kindless\.yaml: .*no kind/);
    expect(await refusal(file("https://none.invalid/a.yaml"))).toMatch(/reads files only/);
    const twice = json(yaml(map("n", "a", {}), map("n", "a", {})));
    expect(await refusal(group(`{ yaml: ${twice} }`))).toMatch(/n\/a is in yaml and again in yaml/);
    await stack.close();
  });

  test("a preview without changes needs no cluster", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack({ KUBECONFIG: "kubeconfig" });
    const kubeconfig = readFileSync(cluster.kubeconfig, "utf8");
    const definition = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      ...widgetDefinition(`${ns}.moat.dev`),
    };
    stack.write("all.yaml", yaml(map(ns, "a", {}), definition));
    stack.write("kubeconfig", kubeconfig);
    await stack.up(file("all.yaml"));
    stack.write("kubeconfig", kubeconfig.replaceAll(/https:\/\/[^"\s]+/g, "https://127.0.0.1:1"));
    await stack.preview(file("all.yaml"), "--expect-no-changes");
    stack.write("kubeconfig", kubeconfig);
    await stack.close();
  });

  test("an object that another resource had is neither taken over nor deleted", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    const before = `${provider}const opts = { provider: p };\n${configMap(ns, { x: "1" })}`;
    await stack.up(before);
    const uid = await cluster.uid("configmap", ns, "c");
    stack.write("all.yaml", yaml(map(ns, "c", { x: "1" })));
    for (const command of ["preview", "up"] as const) {
      expect(errors((await stack.failing(command, file("all.yaml"))).messages)).toMatch(
        /\/c is there already/,
      );
    }
    expect(await cluster.uid("configmap", ns, "c")).toBe(uid);
    await stack.close();
  });
}
