/**
 * The whole program on somebody's cluster, by an account that has the documented role `moat-deployer` and no other right, with the rules of
 * tenants in force. There are no nodes, so nobody waits for what would run on them.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { crdFile, crdFolder } from "../../components/metrics/crds";
import { prepareCrds, prepareTestCrds, testCrdFolder } from "../../toolchain/crds";
import { root } from "../../toolchain/paths";
import {
  dnsService,
  documentedRules,
  rulesWithout,
  SomebodysCluster,
  storageClass,
} from "../support/existingCluster";
import { until } from "../support/live/progress";
import { environmentOf } from "./support/environment";
import { inTypeScript, json, skipAwait } from "./support/programs";
import type { Stack } from "./support/stack";

const withoutWaiting = `${inTypeScript}
pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
  if (!type.startsWith("kubernetes:") || type.endsWith(":CustomResourceDefinition")) return undefined;
  const metadata = pulumi.output(props.metadata ?? {}).apply((m) => ({ ...m, annotations: { ...m.annotations, ...${json(skipAwait)} } }));
  return { props: { ...props, metadata }, opts };
});
module.exports = require(${json(join(root, "index.ts"))});
`;

let cluster: SomebodysCluster;
const stacks: Stack[] = [];
beforeAll(async () => {
  await prepareCrds();
  await prepareTestCrds();
  cluster = await SomebodysCluster.start();
  cluster.apply(storageClass("standard", true), dnsService);
});
afterAll(async () => {
  for (const stack of stacks) stack.abandon();
  await cluster?.stop();
});

/** The environment dev, by whoever the kubeconfig is of. */
async function dev(kubeconfig: string, config: object = {}, others: object = {}): Promise<Stack> {
  const stack = await environmentOf("Pulumi.dev.yaml", {
    config: { "moat:cluster": { kubeconfig, ...config }, ...others },
  });
  stacks.push(stack);
  return stack;
}

const definition = (folder: string, file: string): object =>
  JSON.parse(readFileSync(join(folder, file), "utf8"));
const prometheuses = () =>
  cluster.file("definition", definition(join(root, crdFolder), crdFile("prometheuses")));

test("the role without what is easily forgotten begins nothing, and is told", async () => {
  const stack = await dev(cluster.accountWith("lesser", rulesWithout("bypass", "update")));
  const { text, steps } = await stack.failing("up", withoutWaiting);
  expect(text).toContain(
    "may not, in all namespaces: update customresourcedefinitions.apiextensions.k8s.io; bypass isolation.moat.dev",
  );
  expect(steps).toEqual([]);
});

/** In this order: each test goes on from what the one before it left. */
describe("the role", () => {
  const tenants = { alpha: { namespaces: ["alpha"], authors: { users: ["amy"] } } };
  let deployer: string;
  let stack: Stack;

  test("makes the environment", async () => {
    deployer = cluster.accountWith("deployer", documentedRules());
    stack = await dev(deployer, {}, { "moat:tenants": tenants });
    const { changes } = await stack.up(withoutWaiting);
    expect(Object.keys(changes)).toEqual(["create"]);
    expect((await stack.preview(withoutWaiting)).steps).toEqual([]);
  });

  test("gives authors what it may not do itself", async () => {
    const may = ["auth", "can-i", "create", "cronjobs.batch", "--namespace=alpha"];
    expect(cluster.kubectl(...may, "--as=amy")).toBe("yes\n");
    expect(await cluster.said("deployer", ...may)).toMatch(/^no\b/);
  });

  test("makes another tenant when nobody without the right may make a namespace for one", async () => {
    const labels = { "moat.dev/role": "tenant", "moat.dev/tenant": "beta" };
    const wanted = { apiVersion: "v1", kind: "Namespace", metadata: { name: "beta", labels } };
    const file = cluster.file("namespace", wanted);
    await until("the rules of tenants to hold", 60, async () =>
      (await cluster.said("lesser", "create", "--dry-run=server", "-f", file)).includes("T12b: "),
    );
    await stack.pulumi([
      ...["config", "set", "--stack", "test", "--path", "moat:tenants.beta.namespaces[0]", "beta"],
    ]);
    const { changes } = await stack.up(withoutWaiting);
    expect(Object.keys(changes).sort()).toEqual(["create", "same"]);
    expect(cluster.kubectl("get", "namespace", "beta", "-o", "name")).toBe("namespace/beta\n");
  });

  test("replaces definitions, as the provider changes them, and without update it may not", async () => {
    expect(await cluster.said("deployer", "replace", "-f", prometheuses())).toMatch(/ replaced\n$/);
    expect(await cluster.said("lesser", "replace", "-f", prometheuses())).toContain("forbidden");
  });
});

describe("where the cluster has all kinds of the operator, of somebody else", () => {
  beforeAll(() => {
    cluster.apply(...readdirSync(testCrdFolder).map((file) => definition(testCrdFolder, file)));
    cluster.kubectl("wait", "--for=condition=Established", "crd", "--all");
  });

  test("an environment takes them as they are", async () => {
    const others = { "moat:platformNamespace": "moat-two", "moat:tenants": {} };
    const stack = await dev(cluster.kubeconfig, { crds: "theirs" }, others);
    const { steps } = await stack.preview(withoutWaiting);
    expect(steps).toContainEqual(
      expect.stringMatching(/^create kubernetes:monitoring\.coreos\.com\/v1:Prometheus /),
    );
    expect(steps.filter((step) => step.includes("CustomResourceDefinition"))).toEqual([]);
  });

  const spec = (kind: string, of: object, namespace: string): object => ({
    apiVersion: "monitoring.coreos.com/v1alpha1",
    kind,
    metadata: { name: kind.toLowerCase(), namespace },
    spec: of,
  });

  test.each([
    ["ScrapeConfig", "T6", { staticConfigs: [{ targets: ["prometheus-tenants.moat-system:9090"] }] }],
    [
      "AlertmanagerConfig",
      "T9",
      {
        route: { receiver: "r" },
        receivers: [{ name: "r", webhookConfigs: [{ url: "http://prometheus-tenants.moat-system:9090" }] }],
      },
    ],
  ])("a tenant's %s is held to %s", async (kind, rule, of) => {
    cluster.accountWith("author", [
      { apiGroups: ["monitoring.coreos.com"], resources: ["*"], verbs: ["create"] },
    ]);
    const create = (namespace: string) =>
      cluster.said(
        "author",
        "create",
        "--dry-run=server",
        "-f",
        cluster.file(kind, spec(kind, of, namespace)),
      );
    // The server learns of new kinds after a moment, and its rules after another.
    await until(`${kind} to be known`, 60, async () => (await create("default")).includes(" created"));
    await until("the rule to know it as well", 60, async () => (await create("alpha")).includes(`${rule}: `));
    // Elsewhere nobody is held to it.
    expect(await create("default")).toContain(" created");
  });
});
