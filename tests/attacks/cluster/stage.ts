/** What parts of the attacks on the cluster have in common: throwaway objects, and a tenant who may do all that RBAC can give. */
import { objectLabels } from "../../../components/names";
import { run } from "../../../toolchain/shell";
import type { KubernetesObject } from "../../support/live/kubectl";

/** On everything that is made for attacks and lies outside the throwaway namespaces. */
export const testLabel = "moat.dev/test";

export function namespace(
  name: string,
  labels: Readonly<Record<string, string>> = {},
  annotations: Readonly<Record<string, string>> = {},
): KubernetesObject {
  const metadata = { name, labels, annotations };
  return { apiVersion: "v1", kind: "Namespace", metadata };
}

/** What makes a namespace a tenant's: the walls, Prometheus's selectors and admission go by it. */
export const tenantLabels = (tenant: string): Record<string, string> => ({
  [objectLabels.role]: "tenant",
  [objectLabels.tenant]: tenant,
});

export const networkPolicy = (
  inNamespace: string,
  name: string,
  spec: Readonly<Record<string, unknown>>,
): KubernetesObject => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name, namespace: inNamespace, labels: { [testLabel]: name } },
  spec,
});

const rbac = "rbac.authorization.k8s.io";

export const clusterRole = (name: string, rules: readonly unknown[]): KubernetesObject => ({
  apiVersion: `${rbac}/v1`,
  kind: "ClusterRole",
  metadata: { name },
  rules,
});

/** Binds a ClusterRole: in one namespace, or everywhere. */
export const binding = (
  name: string,
  role: string,
  subject: Readonly<Record<string, string>>,
  inNamespace?: string,
): KubernetesObject => ({
  apiVersion: `${rbac}/v1`,
  kind: inNamespace === undefined ? "ClusterRoleBinding" : "RoleBinding",
  metadata: { name, ...(inNamespace === undefined ? {} : { namespace: inNamespace }) },
  roleRef: { apiGroup: rbac, kind: "ClusterRole", name: role },
  subjects: [subject],
});

/**
 * A tenant's person with every right on every kind that a namespace may hold, so that it is admission that refuses, not RBAC. Not the
 * right by which admission knows the platform.
 */
export const mightyTenant = (name: string): KubernetesObject[] => [
  clusterRole(name, [
    {
      apiGroups: [
        "",
        "apps",
        "batch",
        "discovery.k8s.io",
        "networking.k8s.io",
        "monitoring.coreos.com",
        rbac,
      ],
      resources: ["*"],
      verbs: ["*"],
    },
  ]),
  binding(name, name, { kind: "User", apiGroup: rbac, name }),
];

export interface Submission {
  readonly accepted: number;
  /** Ids of the rules by which the API server refused, once for each object. */
  readonly rules: readonly string[];
  /** Refusals for other reasons, in the API server's words. */
  readonly others: readonly string[];
}

/**
 * Submits objects to the API server, or asks it to delete them: it goes all the way but changes nothing. Without a name, as the
 * cluster's administrator.
 */
export async function submit(
  as: string | undefined,
  objects: readonly unknown[],
  verb: "create" | "delete" = "create",
): Promise<Submission> {
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
  const author = as === undefined ? [] : ["--as", as];
  const args = [verb, "--dry-run=server", ...author, "-f", "-"];
  const { stdout, stderr } = await run("kubectl", args, { input: list });
  return read(stdout, stderr);
}

/** What kubectl's words mean. */
export function read(stdout: string, stderr: string): Submission {
  const refusals = stderr
    .split(/^(?=Error from server|error:|The )/m)
    .map((text) => text.trim())
    .filter((text) => /^(Error from server|error:|The )/.test(text));
  const ids = refusals.map((text) => /denied (?:the )?request: ([A-Z]\d+[a-z]?): /.exec(text)?.[1]);
  return {
    accepted: stdout.split("\n").filter((line) => line.endsWith("(server dry run)")).length,
    rules: ids.filter((id) => id !== undefined),
    others: refusals.filter((_, i) => ids[i] === undefined),
  };
}
