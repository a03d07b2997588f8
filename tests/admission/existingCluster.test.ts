/** The checks of a cluster that is there already, against a real API server: as an administrator, and as somebody who may little. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "../../components/cluster/existing/check";
import { needed } from "../../components/cluster/existing/rights";
import { program } from "../../toolchain/paths";
import { type ApiServer, startOwnApiServer } from "../support/apiServer";
import { temporaryFolder } from "../support/kubeconfig";

const folder = temporaryFolder();
let server: ApiServer;
beforeAll(async () => {
  server = await startOwnApiServer();
});
afterAll(() => server?.stop());

const kubectl = (...args: string[]): string =>
  execFileSync(program("kube"), ["kubectl", `--kubeconfig=${server.kubeconfig}`, ...args], {
    encoding: "utf8",
  });

const apply = (name: string, object: object): void => {
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify(object));
  kubectl("apply", "-f", path);
};

/** A kubeconfig of a service account. */
function kubeconfigOf(account: string): string {
  kubectl("create", "serviceaccount", account, "--namespace=default");
  const token = kubectl("create", "token", account, "--namespace=default").trim();
  const path = join(folder, account);
  const config = JSON.parse(readFileSync(server.kubeconfig, "utf8"));
  writeFileSync(path, JSON.stringify({ ...config, users: [{ name: "admin", user: { token } }] }));
  return path;
}

const reasons = (kubeconfigPath: string): string[] =>
  inspect({ kubeconfigPath }).problems.map((p) => p.reason);

const storageClass = (name: string, isDefault: boolean): object => ({
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name, annotations: { "storageclass.kubernetes.io/is-default-class": String(isDefault) } },
  provisioner: "example.org/none",
});

test("a bare cluster lacks a storage class and an enforcer of walls, and both are told", () => {
  const found = inspect({ kubeconfigPath: server.kubeconfig });
  expect(found.problems).toEqual([
    {
      path: "moat:storageClass",
      reason: "is missing, and the cluster has no default storage class",
      mend: "the cluster has none: install a CSI driver first",
    },
  ]);
  expect(found.warnings).toEqual([expect.stringMatching(/NetworkPolicies/)]);
});

test("with a default class an administrator may begin, and one that is named must be there", () => {
  apply("standard", storageClass("standard", true));
  expect(reasons(server.kubeconfig)).toEqual([]);
  expect(inspect({ kubeconfigPath: server.kubeconfig, storageClass: "ssd" }).problems).toMatchObject([
    { reason: 'the cluster has no storage class "ssd"', mend: "take one of: standard" },
  ]);
});

test("whoever may little is told every right that is missing, by name", () => {
  const path = kubeconfigOf("reader");
  const [reason = "", ...others] = reasons(path);
  expect(others).toEqual([]);
  expect(reason).toMatch(/^user "system:serviceaccount:default:reader" may not, in all namespaces: /);
  expect(reason).toContain(
    "get, watch, create, patch, delete customresourcedefinitions.apiextensions.k8s.io",
  );
  expect(reason).toContain("bind, escalate clusterroles.rbac.authorization.k8s.io");
});

test("whoever has just these rights may begin", () => {
  const path = kubeconfigOf("maker");
  const rules = needed.map(({ group, resource, verb }) => ({
    apiGroups: [group],
    resources: [resource],
    verbs: [verb],
  }));
  const metadata = { name: "maker" };
  apply("maker-role", { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata, rules });
  kubectl("create", "clusterrolebinding", "maker", "--clusterrole=maker", "--serviceaccount=default:maker");
  expect(reasons(path)).toEqual([]);
  // Storage classes it may not see, which is no obstacle.
  expect(inspect({ kubeconfigPath: path }).warnings[0]).toMatch(/^storage classes may not be listed/);
});

test("credentials that the server does not know are refused in words", () => {
  const path = join(folder, "stranger");
  const config = JSON.parse(readFileSync(server.kubeconfig, "utf8"));
  writeFileSync(path, JSON.stringify({ ...config, users: [{ name: "admin", user: { token: "made-up" } }] }));
  expect(reasons(path)).toEqual([expect.stringMatching(/context "test" does not know these credentials$/)]);
});

test("a server with another certificate is not trusted, and told no credentials", () => {
  const path = join(folder, "impostor");
  const config = JSON.parse(readFileSync(server.kubeconfig, "utf8"));
  const [{ name, cluster }] = config.clusters;
  const { "certificate-authority-data": _, ...bare } = cluster;
  writeFileSync(path, JSON.stringify({ ...config, clusters: [{ name, cluster: bare }] }));
  expect(reasons(path)).toEqual([expect.stringMatching(/its certificate is not of the authority/)]);
});
