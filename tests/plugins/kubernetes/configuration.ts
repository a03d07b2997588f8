import { readFileSync } from "node:fs";
import type { Cluster } from "../support/cluster";
import { configMap, json } from "../support/programs";

const provider = (args: object): string =>
  `const opts = { provider: new k8s.Provider("p", ${json(args)}) };\n`;

export function configuration(cluster: Cluster): void {
  test("takes a kubeconfig as content, as a path, and as a path relative to the program", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack({ KUBECONFIG: "/nonexistent" });
    const content = readFileSync(cluster.kubeconfig, "utf8");
    stack.write("relative.kubeconfig", content);
    await stack.up(provider({ kubeconfig: content }) + configMap(ns, {}));
    await stack.up(provider({ kubeconfig: cluster.kubeconfig }) + configMap(ns, {}));
    const { steps } = await stack.up(provider({ kubeconfig: "relative.kubeconfig" }) + configMap(ns, {}));
    expect(steps).toEqual([]); // the same cluster, so nothing is made anew
    await stack.close();
  });

  test("puts objects without a namespace into the provider's", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    const program = `${provider({ namespace: ns })}
      new k8s.core.v1.ConfigMap("c", { metadata: { name: "c" } }, opts);
      new k8s.rbac.v1.ClusterRole("r", { metadata: { name: "${ns}" }, rules: [] }, opts);`;
    await stack.up(program);
    expect((await stack.resources()).map((r) => r.id).sort()).toEqual([ns, `${ns}/c`].sort());
    await stack.preview(program, "--expect-no-changes");
    await stack.close();
  });

  test.each([
    ["a kubeconfig that is not there", { kubeconfig: "none.kubeconfig" }, /cannot be read.*none\.kubeconfig/],
    ["a kubeconfig that is none", { kubeconfig: "a:\n  - b: [" }, /is not a kubeconfig/],
    ["a context that is not there", { context: "none" }, /context .*none.* does not exist/],
    [
      "an argument that this plugin does not know",
      { renderYamlToDirectory: "x" },
      /does not support this argument/,
    ],
  ])("refuses at preview: %s", async (_, args, message) => {
    const stack = await cluster.stack();
    const refused = await stack.failing("preview", provider(args) + configMap("default", {}));
    expect(refused.messages.join("\n")).toMatch(message);
    await stack.close();
  });

  test("says that the cluster cannot be reached, at preview too, and can drop what was there", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    await stack.up(provider({ context: "" }) + configMap(ns, {}));
    const away = JSON.parse(readFileSync(cluster.kubeconfig, "utf8"));
    away.clusters[0].cluster.server = "https://127.0.0.1:1";
    stack.write("away.kubeconfig", JSON.stringify(away));
    // By the identifier it is the same cluster, so its objects are not made anew elsewhere.
    const lost = { kubeconfig: "away.kubeconfig" };
    const refused = await stack.failing("preview", provider(lost) + configMap(ns, { a: "1" }));
    expect(refused.messages.join("\n")).toMatch(
      /the Kubernetes API server at https:\/\/127\.0\.0\.1:1 cannot be reached.*refused/,
    );
    await stack.close();
  });

  test("drops what was on a cluster that cannot be reached, when told so", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    const id = { clusterIdentifier: "one", deleteUnreachable: true };
    await stack.up(provider(id) + configMap(ns, {}));
    const away = JSON.parse(readFileSync(cluster.kubeconfig, "utf8"));
    away.clusters[0].cluster.server = "https://127.0.0.1:1";
    stack.write("away.kubeconfig", JSON.stringify(away));
    const gone = await stack.up(provider({ ...id, kubeconfig: "away.kubeconfig" }));
    expect(gone.steps).toEqual(["delete kubernetes:core/v1:ConfigMap c"]);
    expect(gone.messages.join("\n")).toMatch(/dropped from the state only/);
    await stack.close();
  });

  test("previews without the cluster when the kubeconfig is known only later", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack({ KUBECONFIG: "/nonexistent" });
    const program = `const id = new random.RandomId("id", { byteLength: 4 });
      const kubeconfig = id.hex.apply(() => ${json(readFileSync(cluster.kubeconfig, "utf8"))});
      const opts = { provider: new k8s.Provider("p", { kubeconfig }) };
      ${configMap(ns, {})}`;
    expect((await stack.preview(program)).changes).toMatchObject({ create: 4 });
    await stack.up(program);
    expect(await cluster.get("configmap", ns, "c")).toBeDefined();
    await stack.close();
  });
}
