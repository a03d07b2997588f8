/** What a killed run left, and what becomes of it. */
import { createdObject, idOf, mayBeLost, type Operation, pendingOperations, resumed } from "./pending";
import { type Reach, resumePending } from "./resume";

const operation = (type: string, inputs: Record<string, unknown>, what = "creating"): Operation => ({
  type: what,
  resource: { urn: `urn:pulumi:dev::moat::${type}::x`, type, custom: true, inputs },
});

const deployment = operation("kubernetes:apps/v1:Deployment", {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "a" },
});
const role = operation("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRole",
  metadata: { name: "r" },
});
const secret = operation("kubernetes:core/v1:Secret", {
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "s", namespace: "a" },
});
const password = operation("random:index/randomPassword:RandomPassword", { length: 20 });
const machine = operation("openstack:compute/instance:Instance", { name: "agent-0" });
const change = operation("kubernetes:apps/v1:Deployment", deployment.resource.inputs ?? {}, "updating");

test.each([
  [deployment, { kind: "Deployment.v1.apps", name: "web", namespace: "a" }],
  [role, { kind: "ClusterRole.v1.rbac.authorization.k8s.io", name: "r", namespace: undefined }],
  [secret, { kind: "Secret.v1.", name: "s", namespace: "a" }],
  [password, undefined],
  [machine, undefined],
  [change, undefined],
])("the object of $resource.type", (one, expected) => {
  expect(createdObject(one)).toEqual(expected);
});

test("only a create in a cloud can have left what nobody can find", () => {
  expect([deployment, role, secret, password, change].filter(mayBeLost)).toEqual([]);
  expect(mayBeLost(machine)).toBe(true);
});

const found = (manager: string) => ({
  metadata: { name: "web", namespace: "a", managedFields: [{ manager }] },
});

test("an object is ours by the manager that made it", () => {
  expect(idOf(found("pulumi-kubernetes"))).toBe("a/web");
  expect(idOf(found("pulumi-kubernetes-1a2b"))).toBe("a/web");
  expect(idOf(found("kubectl-create"))).toBeUndefined();
  expect(idOf({ metadata: { name: "web" } })).toBeUndefined();
});

const exported = (pending: readonly Operation[]) => ({
  version: 3,
  deployment: { manifest: {}, resources: [{ urn: "first" }], pending_operations: pending },
});

test("what was made comes last in the state, after all that it needs", () => {
  const state = resumed(exported([deployment, role]), new Map([[deployment.resource.urn, "a/web"]]));
  expect(pendingOperations(state)).toEqual([]);
  expect(state.deployment.resources).toEqual([
    { urn: "first" },
    { ...deployment.resource, id: "a/web", outputs: deployment.resource.inputs },
  ]);
});

describe("on a stack", () => {
  async function ran(pending: readonly Operation[], answer: Awaited<ReturnType<Reach["kubectl"]>>) {
    const commands: string[][] = [];
    let imported: unknown;
    const kubectl = async () => answer;
    const pulumi: Reach["pulumi"] = async (args, options) => {
      commands.push([...args]);
      if (options?.input !== undefined) imported = JSON.parse(options.input);
      return JSON.stringify(exported(pending));
    };
    await resumePending({ stack: "dev", pulumi, kubectl });
    return { commands: commands.map((c) => c.slice(0, 2).join(" ")), imported, last: commands.at(-1) };
  }
  const says = (stdout: string, code = 0, stderr = "") => ({ code, stdout, stderr });

  test("nothing open: nothing is done", async () => {
    expect((await ran([], says(""))).commands).toEqual(["stack export"]);
  });

  test("what was made is read from the cluster", async () => {
    const { commands, last } = await ran([deployment], says(JSON.stringify(found("pulumi-kubernetes"))));
    expect(commands).toEqual(["stack export", "stack import", "refresh --yes"]);
    expect(last).toContain(deployment.resource.urn);
  });

  test.each([
    ["was not made", says("")],
    ["is of a kind that is not there", says("", 1, `error: the server doesn't have a resource type "X"`)],
    ["is somebody else's", says(JSON.stringify(found("helm")))],
  ])("what %s is not taken into the state", async (_, answer) => {
    const { commands, imported } = await ran([deployment], answer);
    expect(commands).toEqual(["stack export", "stack import"]);
    expect(pendingOperations(imported)).toEqual([]);
  });

  test("a cluster that does not answer leaves the state as it is", async () => {
    await expect(ran([deployment], says("", 1, "connection refused"))).rejects.toThrow("connection refused");
  });
});
