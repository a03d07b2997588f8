/** The checks of a cluster that is there already, against a real API server: as an administrator, and as somebody who may little. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kubeDns } from "../../components/cluster/dns";
import { inspect } from "../../components/cluster/existing/check";
import type { Wishes } from "../../components/cluster/existing/judge";
import { crdFile, crdFolder, kinds } from "../../components/metrics/crds";
import { prepareCrds } from "../../toolchain/crds";
import { root } from "../../toolchain/paths";
import {
  dnsService,
  documentedRules,
  rulesWithout,
  SomebodysCluster,
  storageClass,
} from "../support/existingCluster";
import { temporaryFolder } from "../support/kubeconfig";

const folder = temporaryFolder();
let cluster: SomebodysCluster;
beforeAll(async () => {
  cluster = await SomebodysCluster.start();
});
afterAll(() => cluster?.stop());

const wishes: Wishes = {
  platformNamespace: "moat-system",
  tenants: [{ name: "alpha", namespaces: ["alpha"] }],
  crds: "ours",
};
const look = (kubeconfigPath = cluster.kubeconfig, changes: Partial<Wishes> = {}) =>
  inspect({ ...wishes, ...changes, kubeconfigPath });
const reasons = (...args: Parameters<typeof look>): string[] => look(...args).problems.map((p) => p.reason);

test("a bare cluster lacks a storage class, a DNS and an enforcer of walls, and all are told", () => {
  const found = look();
  expect(found.problems).toEqual([
    {
      path: "moat:storageClass",
      reason: "is missing, and the cluster has no default storage class",
      mend: "the cluster has none: install a CSI driver first",
    },
    {
      path: "moat:cluster.dns",
      reason: expect.stringMatching(/^is missing, and the cluster's DNS is not known/),
      mend: expect.stringContaining("docs/existing-clusters.md"),
    },
  ]);
  expect(found.warnings).toEqual([expect.stringMatching(/NetworkPolicies/)]);
});

test("with a default class and a DNS an administrator may begin, and a class that is named must be there", () => {
  cluster.apply(storageClass("standard", true), dnsService);
  expect(look()).toMatchObject({ problems: [], dns: kubeDns });
  expect(look(undefined, { storageClass: "ssd" }).problems).toMatchObject([
    { reason: 'the cluster has no storage class "ssd"', mend: "take one of: standard" },
  ]);
});

test("a cache for names on every node is found by its DaemonSet", () => {
  const labels = { "k8s-app": "node-local-dns" };
  cluster.apply({
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: "nodelocaldns", namespace: "kube-system" },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          hostNetwork: true,
          containers: [
            { name: "node-cache", image: "k8s-dns-node-cache", args: ["-localip", "169.254.25.10"] },
          ],
        },
      },
    },
  });
  const found = look();
  expect(found.dns).toEqual({
    pods: [...kubeDns.pods, { namespace: "kube-system", labels, port: 53 }],
    addresses: ["169.254.25.10"],
  });
  // Whoever looks again sees the same.
  expect(look().dns).toEqual(found.dns);
  cluster.kubectl("delete", "daemonset", "nodelocaldns", "--namespace=kube-system");
});

describe("rights", () => {
  test("whoever may little is told every right that is missing, by name", () => {
    const [reason = "", ...others] = reasons(cluster.accountWith("reader", []));
    expect(others).toEqual([]);
    expect(reason).toMatch(/^user "system:serviceaccount:default:reader" may not, in all namespaces: /);
    expect(reason).toContain(
      "get, list, watch, create, patch, delete, update customresourcedefinitions.apiextensions.k8s.io",
    );
    expect(reason).toContain("bind, escalate clusterroles.rbac.authorization.k8s.io");
  });

  test("whoever has the role that is documented may begin, and everything is seen", () => {
    const found = look(cluster.accountWith("deployer", documentedRules()));
    expect(found).toEqual(look());
    expect(found.problems).toEqual([]);
  });

  test.each([
    ["bypass", "bypass isolation.moat.dev"],
    ["update", "update customresourcedefinitions.apiextensions.k8s.io"],
  ])("without %s the role is not enough, and that is said", (verb, missing) => {
    const path = cluster.accountWith(`without-${verb}`, rulesWithout(verb));
    expect(reasons(path)).toEqual([
      `user "system:serviceaccount:default:without-${verb}" may not, in all namespaces: ${missing}`,
    ]);
  });
});

describe("another operator", () => {
  const image = "quay.io/prometheus-operator/prometheus-operator";
  const operator = (tag: string): object => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "operator", namespace: "default" },
    spec: {
      selector: { matchLabels: { app: "operator" } },
      template: {
        metadata: { labels: { app: "operator" } },
        spec: { containers: [{ name: "operator", image: `${image}:${tag}` }] },
      },
    },
  });
  const definitions = (version: string): object[] =>
    kinds.map((kind) => {
      const definition = JSON.parse(readFileSync(join(root, crdFolder, crdFile(kind)), "utf8"));
      definition.metadata.annotations["operator.prometheus.io/version"] = version;
      return definition;
    });

  beforeAll(async () => {
    await prepareCrds();
    cluster.apply(...definitions("0.90.1"));
    cluster.kubectl("wait", "--for=condition=Established", "crd", "--all");
  });

  test("its definitions are in the way, unless they are to stay", () => {
    expect(look().problems).toEqual([
      {
        path: "moat:cluster.crds",
        reason: `is ours, but the cluster has definitions of monitoring.coreos.com already: ${kinds.join(", ")} (version 0.90.1, of kubectl)`,
        mend: "set it to theirs: they stay as they are",
      },
    ]);
    expect(reasons(undefined, { crds: "theirs" })).toEqual([]);
  });

  test("older ones will not do", () => {
    cluster.apply(...definitions("0.80.1"));
    expect(reasons(undefined, { crds: "theirs" })).toEqual([
      expect.stringMatching(/^is theirs, but definitions of monitoring.coreos.com are older than 0\.90\.1/),
    ]);
    cluster.apply(...definitions("0.91.0"));
    expect(reasons(undefined, { crds: "theirs" })).toEqual([]);
  });

  test("it must leave objects alone that are marked as another one's", () => {
    cluster.apply(operator("v0.71.2"));
    expect(reasons(undefined, { crds: "theirs" })).toEqual([
      expect.stringMatching(/^the Prometheus Operator 0\.71\.2 in default takes every Prometheus object/),
    ]);
    cluster.apply(operator("v0.91.0"));
    expect(reasons(undefined, { crds: "theirs" })).toEqual([]);
  });

  test("its servers that take from tenants are named", () => {
    cluster.apply({
      apiVersion: "monitoring.coreos.com/v1",
      kind: "Prometheus",
      metadata: { name: "k8s", namespace: "default" },
      spec: { ruleSelector: {}, ruleNamespaceSelector: {} },
    });
    expect(look(undefined, { crds: "theirs" }).warnings).toContainEqual(
      expect.stringMatching(/^Prometheus "k8s" in default takes rules from namespaces of tenants/),
    );
  });
});

test("credentials that the server does not know are refused in words", () => {
  const path = cluster.withUser("stranger", { token: "made-up" });
  expect(reasons(path)).toEqual([expect.stringMatching(/context "test" does not know these credentials$/)]);
});

test("a server with another certificate is not trusted, and told no credentials", () => {
  const path = join(folder, "impostor");
  const config = JSON.parse(readFileSync(cluster.kubeconfig, "utf8"));
  const [{ name, cluster: server }] = config.clusters;
  const { "certificate-authority-data": _, ...bare } = server;
  writeFileSync(path, JSON.stringify({ ...config, clusters: [{ name, cluster: bare }] }));
  expect(reasons(path)).toEqual([expect.stringMatching(/its certificate is not of the authority/)]);
});
