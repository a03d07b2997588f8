/** The whole path of metrics as objects: valid, complete, and nothing beside. */
import { output } from "@pulumi/pulumi";
import { crdFolder } from "../../../components/metrics/crds";
import { Metrics } from "../../../components/metrics/metrics";
import { afterDefinitions, OperatorCrds } from "../../../components/metrics/operatorCrds";
import { SelfMonitoring } from "../../../components/metrics/selfMonitoring";
import { environment } from "../../support/environment";
import { guardFlags } from "../../support/guards";
import { type Made, madeBy, objects, ofType } from "../../support/mocks";
import { validateAll } from "../../support/schemas";

const namespace = "moat-system";
const metricsOf = (config = environment()) =>
  madeBy(() => {
    const metrics = new Metrics("metrics", {
      namespace,
      config,
      objectStore: { secretName: output("bucket") },
    });
    new SelfMonitoring("self", { namespace, config, certificates: { gateway: "2030-01-01T00:00:00Z" } });
    return metrics;
  });

const nameOf = ({ inputs }: Made): unknown =>
  typeof inputs.metadata === "object" && inputs.metadata !== null && "name" in inputs.metadata
    ? inputs.metadata.name
    : undefined;

const namesOf = (made: readonly Made[], kind: string) => objects(made, kind).map(nameOf).sort();

let made: Made[];
beforeAll(async () => {
  made = await metricsOf();
});

/** The model wants what the API does not ask for: version and kind of a template that can be of one kind only. */
const flaw = /data\/spec\/storage\/volumeClaimTemplate must have required property (apiVersion|kind)(, )?/g;

test("every object holds to its schema", () => {
  expect(validateAll(made).filter((text) => /: \S/.test(text.replace(flaw, "")))).toEqual([]);
});

test("defines the kinds in use and no ScrapeConfig, each as a resource that takes the place of the one in the former group", () => {
  const kinds = ["podmonitors", "probes", "prometheuses", "prometheusrules", "servicemonitors"];
  const definitions = ofType(made, "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition");
  expect(definitions.map(({ name }) => name).sort()).toEqual(kinds.map((kind) => `metrics-crds-${kind}`));
  expect(definitions.map(nameOf).sort()).toEqual(kinds.map((kind) => `${kind}.monitoring.coreos.com`));
  expect(ofType(made, "kubernetes:yaml/v2:ConfigGroup")).toEqual([]);
});

test("defines nothing where the definitions are somebody else's", async () => {
  const cluster = { kind: "existing", crds: "theirs" } as const;
  const there = await metricsOf(environment({ cluster }));
  expect(ofType(there, "kubernetes:yaml/v2:ConfigGroup")).toEqual([]);
  expect(namesOf(there, "Prometheus")).toEqual(namesOf(made, "Prometheus"));
});

test("its servers are marked as this operator's, so that no other takes them", () => {
  const marks = objects(made, "Prometheus").map(({ inputs }) => inputs.metadata);
  const mark = { annotations: { "operator.prometheus.io/controller-id": namespace } };
  expect(marks).toMatchObject([mark, mark]);
});

test("reads the definitions from where the toolchain puts them", async () => {
  expect(crdFolder).toBe(".moat/crds/prometheus-operator/v0.90.1");
  await expect(madeBy(() => new OperatorCrds("crds", { folder: "/nowhere" }))).rejects.toThrow(
    "run `make crds`",
  );
});

test("what is of these kinds comes after their definitions, and nothing else waits for them", async () => {
  let definitions: OperatorCrds | undefined;
  await madeBy(() => {
    definitions = new OperatorCrds("crds");
  });
  const waits = (type: string) => {
    if (definitions === undefined) throw new Error("there are no definitions");
    const [wait] = afterDefinitions(definitions).transformations ?? [];
    return wait?.({ resource: definitions, type, name: "any", props: {}, opts: {} })?.opts.dependsOn;
  };
  expect(waits("kubernetes:monitoring.coreos.com/v1:PodMonitor")).toContain(definitions);
  expect(waits("kubernetes:apps/v1:Deployment")).toBeUndefined();
});

test("runs each program once, in a monitor's sight", () => {
  expect(namesOf(made, "Prometheus")).toEqual(["platform", "tenants"]);
  expect(namesOf(made, "Deployment")).toEqual([
    "prometheus-operator",
    "thanos-query",
    "thanos-query-frontend",
    "thanos-query-operators",
  ]);
  expect(namesOf(made, "StatefulSet")).toEqual(["thanos-compact", "thanos-store"]);
  expect(namesOf(made, "PodMonitor")).toEqual([
    "prometheus-operator",
    "prometheus-platform",
    "prometheus-tenants",
    "thanos-compact",
    "thanos-query",
    "thanos-query-frontend",
    "thanos-query-operators",
    "thanos-store",
  ]);
});

const queries = ["thanos-query", "thanos-query-frontend", "thanos-query-operators"];

test.each([
  ["small", ["prometheus-tenants", ...queries]],
  ["medium", ["prometheus-platform", "prometheus-tenants", ...queries]],
] as const)("at size %s, what runs twice may not be evicted all at once", async (size, budgets) => {
  expect(namesOf(await metricsOf(environment({ size })), "PodDisruptionBudget")).toEqual(budgets);
});

test("one compactor, whatever the size", async () => {
  const large = await metricsOf(environment({ size: "large", thanos: { storeReplicas: 3 } }));
  const sets = objects(large, "StatefulSet").map((set) => [String(nameOf(set)), set.inputs.spec]);
  expect(Object.fromEntries(sets)).toEqual({
    "thanos-store": expect.objectContaining({ replicas: 3 }),
    "thanos-compact": expect.objectContaining({ replicas: 1 }),
  });
});

test("the operator writes in the platform's namespace only", () => {
  const [role] = objects(made, "ClusterRole").filter((r) => nameOf(r) === "moat-system-prometheus-operator");
  const verbs = JSON.stringify(role?.inputs.rules);
  expect(verbs).not.toMatch(/secrets|configmaps|statefulsets|"\*"|update|delete/);
  for (const binding of objects(made, "RoleBinding")) {
    expect(binding.inputs.metadata).toMatchObject({ namespace });
  }
});

test("the right to read what monitors refer to is not bound anywhere here", () => {
  const bindings = [...objects(made, "RoleBinding"), ...objects(made, "ClusterRoleBinding")];
  expect(JSON.stringify(bindings.map((b) => b.inputs))).not.toContain("references");
  expect(namesOf(made, "ClusterRole")).toContain("moat-system-prometheus-operator-references");
});

test("Prometheus finds targets by roles that are bound namespace by namespace", () => {
  const bound = objects(made, "ClusterRoleBinding").map((b) => JSON.stringify(b.inputs.roleRef));
  expect(bound.join()).not.toContain("discovery");
  expect(namesOf(made, "RoleBinding")).toEqual(["prometheus-operator", "prometheus-platform-discovery"]);
});

test("keys of the bucket are in no argument", () => {
  const args = objects(made).map((object) => JSON.stringify(object.inputs));
  expect(args.filter((text) => /access_key|secret_key|--objstore\.config=/.test(text))).toEqual([]);
});

const endpointsOf = (program: string) => {
  const [query] = objects(made, "Deployment").filter((d) => nameOf(d) === program);
  return [...JSON.stringify(query?.inputs).matchAll(/dnssrv\+_(\w+)\._tcp\.([\w-]+)\./g)].map(
    ([, port, service]) => `${service} ${port}`,
  );
};

test("tenants' queries reach stores through guards alone, and nothing of the platform's", () => {
  expect(endpointsOf("thanos-query")).toEqual(["prometheus-tenants guard", "thanos-store guard"]);
  expect(endpointsOf("thanos-query-operators")).toEqual([
    "prometheus-tenants grpc",
    "prometheus-platform grpc",
    "thanos-store grpc",
  ]);
});

test("a guard stands beside each store that tenants' queries reach, and passes on to it alone", () => {
  const guarded = made.filter(({ inputs }) => JSON.stringify(inputs).includes('"name":"store-guard"'));
  expect(guarded.map(nameOf).sort()).toEqual(["tenants", "thanos-store"]);
  for (const { inputs } of guarded) {
    const text = JSON.stringify(inputs);
    expect(text).toContain(
      JSON.stringify(["store", "--grpc-address=0.0.0.0:10911", "--http-address=0.0.0.0:10912"]).slice(0, -1),
    );
    expect(text).toContain('"--store=127.0.0.1:10901","--label=namespace"');
  }
  const flags = guarded.flatMap(
    ({ inputs }) =>
      JSON.stringify(inputs).match(/(?<="--)(grpc-address|http-address|store|label)(?==)/g) ?? [],
  );
  for (const flag of flags) expect(guardFlags).toContain(flag);
});

test("outputs say where to ask and who scrapes", async () => {
  const found: unknown[] = [];
  await madeBy(() => {
    const config = environment();
    const metrics = new Metrics("metrics", {
      namespace,
      config,
      objectStore: { secretName: output("bucket") },
    });
    output([metrics.tenantQueries, metrics.operatorQueryHost, metrics.tenantScraper]).apply((value) =>
      found.push(...value),
    );
  });
  expect(found).toEqual([
    {
      frontendHost: "thanos-query-frontend.moat-system.svc",
      queryHost: "thanos-query.moat-system.svc",
      rulesEndpoint: "dnssrv+_guard._tcp.prometheus-tenants.moat-system.svc",
    },
    "thanos-query-operators.moat-system.svc",
    { account: "prometheus-tenants", role: "moat-system-prometheus-tenants-discovery" },
  ]);
});
