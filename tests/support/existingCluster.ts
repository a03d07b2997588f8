/** An API server without nodes that stands for somebody's cluster: people of other rights, and what such clusters have. */
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { program } from "../../toolchain/paths";
import { type ApiServer, startOwnApiServer } from "./apiServer";

const texts = z.array(z.string());
const role = z.object({
  rules: z.array(z.object({ apiGroups: texts, resources: texts, verbs: texts })),
});

export type RoleRules = z.output<typeof role>["rules"];

/** Rules of the role `moat-deployer`, as the documentation offers it. */
export function documentedRules(): RoleRules {
  const page = readFileSync(resolve(__dirname, "../../docs/existing-clusters.md"), "utf8");
  const [, yaml = ""] = /```yaml\n(apiVersion: rbac[\s\S]*?)```/.exec(page) ?? [];
  return role.parse(parse(yaml)).rules;
}

/** The same without some verbs, whatever they are of. */
export const rulesWithout = (...verbs: readonly string[]): RoleRules =>
  documentedRules()
    .map((rule) => ({ ...rule, verbs: rule.verbs.filter((verb) => !verbs.includes(verb)) }))
    .filter((rule) => rule.verbs.length > 0);

const rbac = "rbac.authorization.k8s.io";
const kubeconfig = z.looseObject({ users: z.array(z.object({ name: z.string() })) });

export class SomebodysCluster {
  private constructor(
    private readonly server: ApiServer,
    private readonly folder: string,
  ) {}

  static async start(): Promise<SomebodysCluster> {
    return new SomebodysCluster(await startOwnApiServer(), mkdtempSync(join(tmpdir(), "moat-somebodys-")));
  }

  async stop(): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true });
    await this.server.stop();
  }

  /** Of an administrator. */
  get kubeconfig(): string {
    return this.server.kubeconfig;
  }

  kubectl(...args: string[]): string {
    return execFileSync(program("kube"), ["kubectl", `--kubeconfig=${this.kubeconfig}`, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** What kubectl says as somebody else, be it done or refused. */
  async said(account: string, ...args: string[]): Promise<string> {
    const all = ["kubectl", `--kubeconfig=${join(this.folder, account)}`, ...args];
    return new Promise((resolve) => {
      execFile(program("kube"), all, (_, stdout, stderr) => resolve(stdout + stderr));
    });
  }

  /** Path of a file with the object. */
  file(name: string, object: object): string {
    const path = join(this.folder, `${name}.json`);
    writeFileSync(path, JSON.stringify(object));
    return path;
  }

  apply(...objects: readonly object[]): void {
    const items = { apiVersion: "v1", kind: "List", items: objects };
    this.kubectl("apply", "--server-side", "--force-conflicts", "-f", this.file("objects", items));
  }

  /** Path of a kubeconfig of a service account with these rights. */
  accountWith(name: string, rules: RoleRules): string {
    this.apply(
      { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace: "default" } },
      { apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata: { name }, rules },
      {
        apiVersion: `${rbac}/v1`,
        kind: "ClusterRoleBinding",
        metadata: { name },
        roleRef: { apiGroup: rbac, kind: "ClusterRole", name },
        subjects: [{ kind: "ServiceAccount", name, namespace: "default" }],
      },
    );
    const token = this.kubectl("create", "token", name, "--namespace=default", "--duration=2h").trim();
    return this.withUser(name, { token });
  }

  /** Path of a kubeconfig with other credentials. */
  withUser(name: string, user: object): string {
    const config = kubeconfig.parse(JSON.parse(readFileSync(this.kubeconfig, "utf8")));
    const path = join(this.folder, name);
    writeFileSync(path, JSON.stringify({ ...config, users: [{ name: "admin", user }] }), { mode: 0o600 });
    return path;
  }
}

/** What every environment wants of a cluster: somebody who makes volumes, and names. */
export const storageClass = (name: string, isDefault: boolean): object => ({
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name, annotations: { "storageclass.kubernetes.io/is-default-class": String(isDefault) } },
  provisioner: "example.org/none",
});

const dns = { "k8s-app": "kube-dns" };
export const dnsService = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "kube-dns", namespace: "kube-system", labels: dns },
  spec: { selector: dns, ports: [{ name: "dns", port: 53, protocol: "UDP" }] },
};
