/** Environments from before the definitions of the Prometheus Operator were read from files by the plugin. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { withMovedDefinitions } from "../../../toolchain/moved";
import type { Cluster } from "../support/cluster";
import { json, widgetDefinition } from "../support/programs";
import type { Stack } from "../support/stack";

const program = (group: string, definitions: string): string => `
  const definition = ${json(widgetDefinition(group))};
  class OperatorCrds extends pulumi.ComponentResource {
    constructor() {
      super("moat:metrics:OperatorCrds", "crds", {});
      ${definitions}
      this.registerOutputs({});
    }
  }
  new k8s.apiextensions.CustomResource("w", { apiVersion: "${group}/v1", kind: "Widget",
    metadata: { name: "w", namespace: "default" }, spec: { size: 3 } }, { dependsOn: new OperatorCrds() });`;

const before = (group: string) =>
  program(
    group,
    'new k8s.apiextensions.v1.CustomResourceDefinition("crds-widgets", definition, { parent: this });',
  );

const after = (group: string) =>
  program(group, 'new k8s.yaml.v2.ConfigGroup("crds", { files: ["widgets.json"] }, { parent: this });');

async function move(stack: Stack): Promise<void> {
  const file = join(stack.dir, "state.json");
  await stack.pulumi(["stack", "export", "--file", file]);
  stack.write("state.json", json(withMovedDefinitions(JSON.parse(readFileSync(file, "utf8")))));
  const done = await stack.pulumi(["stack", "import", "--file", file]);
  expect(done).toMatchObject({ ok: true });
}

export function moves(cluster: Cluster): void {
  test("a definition moves into the group that reads it, and it and its objects stay as they are", async () => {
    const ns = await cluster.namespace();
    const group = `${ns}.moat.dev`;
    const stack = await cluster.stack();
    stack.write(
      "widgets.json",
      json({
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        ...widgetDefinition(group),
      }),
    );
    await stack.up(before(group));
    const uids = () =>
      Promise.all([
        cluster.uid("crd", "default", `widgets.${group}`),
        cluster.uid(`widgets.${group}`, "default", "w"),
      ]);
    const made = await uids();

    // Without the move nothing is lost: the engine makes before it deletes, and the plugin takes nothing over.
    const refused = await stack.failing("up", after(group));
    expect(refused.messages.join("\n")).toMatch(/CustomResourceDefinition widgets\..* is there already/);
    expect(await uids()).toEqual(made);

    await move(stack);
    await stack.preview(after(group), "--expect-no-changes");
    expect((await stack.up(after(group))).steps).toEqual([]);
    expect(await uids()).toEqual(made);
    await stack.close();
  });
}
