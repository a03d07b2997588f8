/** The nightly look for drift, by the command of the workflow: silent while nothing differs, an error and nothing changed when something does. */

import { workflowOf } from "../support/workflows";
import { Cluster } from "./support/cluster";
import { configMap, firm } from "./support/programs";

const cluster = new Cluster();
beforeAll(() => cluster.start());
afterAll(() => cluster.stop());

/** Options of `pulumi refresh` in the workflow, without the stack. */
function options(): string[] {
  const text = (workflowOf("drift").jobs.look?.steps ?? []).flatMap(({ run }) => run ?? []).join("\n");
  const [, given = ""] =
    /pulumi refresh --stack "\$STACK" ([\s\S]*?) >/.exec(text.replaceAll("\\\n", " ")) ?? [];
  return given.split(/\s+/);
}

test("is told by an error, and the cluster is left as it is", async () => {
  const stack = await cluster.stack();
  const namespace = await cluster.namespace();
  try {
    const program = (data: string) => firm + configMap(namespace, { key: data });
    await stack.up(program("ours"));
    const look = () => stack.pulumi(["refresh", "--stack", "test", ...options()]);
    expect(await look()).toMatchObject({ ok: true });

    await cluster.patch("configmap", namespace, "c", { data: { key: "theirs" } });
    expect(await look()).toEqual({
      ok: false,
      text: expect.stringMatching(/no changes were expected/),
    });
    expect(await cluster.get("configmap", namespace, "c")).toMatchObject({ data: { key: "theirs" } });

    await stack.up(program("ours"), "--refresh");
    expect(await cluster.get("configmap", namespace, "c")).toMatchObject({ data: { key: "ours" } });
    expect(await look()).toMatchObject({ ok: true });
  } finally {
    await stack.close();
  }
});
