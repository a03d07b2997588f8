/** Another Prometheus Operator on the cluster: whether it leaves the environment alone, and what its servers take from tenants. */
import type { Answer } from "../../../../components/cluster/existing/ask";
import { findOperators } from "../../../../components/cluster/existing/operators";

const ok = (...items: object[]): Answer => ({ status: 200, body: JSON.stringify({ items }) });

const here = "moat-system";
const tenants = [{ name: "alpha", namespaces: ["alpha", "alpha-jobs"] }];

const deployment = (image: string, args: readonly string[] = [], namespace = "monitoring"): object => ({
  metadata: { name: "operator", namespace },
  spec: { template: { spec: { containers: [{ name: "operator", image, args }] } } },
});
const operator = (tag: string, ...args: string[]): object =>
  deployment(`quay.io/prometheus-operator/prometheus-operator:${tag}`, args);

const find = (deployments: readonly object[], prometheuses: readonly object[] = []) =>
  findOperators(
    { deployments: ok(...deployments), prometheuses: ok(...prometheuses) },
    { platformNamespace: here, tenants },
  );

const fine = { problems: [], warnings: [] };

describe("the operator", () => {
  test.each<[string, object]>([
    ["leaves marked objects alone from 0.73 on", operator("v0.73.0")],
    ["is a late one", operator("v0.91.0@sha256:0123")],
    ["watches other namespaces", operator("v0.60.0", "--namespaces=monitoring,default")],
    [
      "watches other namespaces for servers",
      operator("v0.60.0", "--prometheus-instance-namespaces", "monitoring"),
    ],
    [
      "leaves this one out",
      operator("v0.60.0", "--deny-namespaces=kube-system", "--deny-namespaces=moat-system"),
    ],
    ["is the environment's own", deployment("example.org/prometheus-operator:v0.1.0", [], here)],
    ["is none", deployment("quay.io/prometheus-operator/admission-webhook:v0.60.0")],
    ["is none, by far", deployment("docker.io/library/nginx")],
  ])("%s", (_, found) => {
    expect(find([found])).toEqual(fine);
  });

  test.each([
    ["upstream's", "quay.io/prometheus-operator/prometheus-operator:v0.68.0", "0.68.0"],
    ["Rancher's", "rancher/mirrored-prometheus-operator-prometheus-operator:v0.65.1", "0.65.1"],
    ["Bitnami's", "docker.io/bitnami/prometheus-operator:0.72.0-debian-12-r0", "0.72.0"],
  ])("%s, too old, takes the environment's servers", (_, image, version) => {
    expect(find([deployment(image)])).toEqual({
      problems: [
        {
          path: "moat:platformNamespace",
          reason: expect.stringMatching(`^the Prometheus Operator ${version} in monitoring takes every`),
          mend: expect.stringContaining("--deny-namespaces=moat-system"),
        },
      ],
      warnings: [],
    });
  });

  test("that watches this namespace among others is no better", () => {
    expect(find([operator("v0.60.0", "--namespaces=monitoring,moat-system")]).problems).toHaveLength(1);
  });

  test("without a version, as OpenShift has it, gives a warning", () => {
    const image = "quay.io/openshift-release-dev/ocp-v4.0-art-dev@sha256:0123";
    expect(find([deployment(image, ["--prometheus-config-reloader=x"])])).toEqual({
      problems: [],
      warnings: [expect.stringMatching(/^the image of the Prometheus Operator in monitoring does not say/)],
    });
  });

  test("may not be seen, which is no obstacle", () => {
    const refused: Answer = { status: 403, body: "{}" };
    expect(
      findOperators({ deployments: refused, prometheuses: refused }, { platformNamespace: here, tenants }),
    ).toEqual(fine);
  });
});

const server = (spec: object, namespace = "monitoring"): object => ({
  metadata: { name: "k8s", namespace },
  spec,
});
const warned = (found: object): string[] =>
  find([], [found]).warnings.map((text) => /takes (.*) from namespaces/.exec(text)?.[1] ?? text);

describe("a Prometheus of somebody", () => {
  const platform = { "moat.dev/role": "platform" };
  const leavesOut = { matchExpressions: [{ key: "moat.dev/tenant", operator: "DoesNotExist" }] };

  test.each<[string, object]>([
    ["takes nothing without selectors", {}],
    ["takes what is in its own namespace", { serviceMonitorSelector: {}, ruleSelector: {} }],
    ["takes no objects", { serviceMonitorNamespaceSelector: {}, ruleNamespaceSelector: {} }],
    ["leaves tenants out", { ruleSelector: {}, ruleNamespaceSelector: leavesOut }],
    ["asks for others", { podMonitorSelector: {}, podMonitorNamespaceSelector: { matchLabels: platform } }],
  ])("%s", (_, spec) => {
    expect(warned(server(spec))).toEqual([]);
  });

  test.each<[string, object, string]>([
    ["rules of everybody", { ruleSelector: {}, ruleNamespaceSelector: {} }, "rules"],
    [
      "whatever is labelled, as charts have it",
      {
        ruleSelector: { matchLabels: { release: "kps" } },
        ruleNamespaceSelector: {},
        serviceMonitorSelector: { matchLabels: { release: "kps" } },
        serviceMonitorNamespaceSelector: {},
      },
      "monitors and rules",
    ],
    [
      "one tenant's namespace",
      {
        probeSelector: {},
        probeNamespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "alpha-jobs" } },
      },
      "monitors",
    ],
  ])("takes %s", (_, spec, what) => {
    expect(warned(server(spec))).toEqual([what]);
  });

  test("is not one of the environment's own", () => {
    expect(warned(server({ ruleSelector: {}, ruleNamespaceSelector: {} }, here))).toEqual([]);
  });
});
