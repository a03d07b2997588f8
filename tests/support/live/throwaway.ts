/** A tenant and readers that a test makes with kubectl, beside those of the stack, to take rights away from. */
import { objectLabels } from "../../../components/names";
import { apply, type KubernetesObject, remove } from "./kubectl";

export const readerRole = "moat-metrics-reader";

export const namespaceOf = (name: string): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name, labels: { [objectLabels.role]: "tenant", [objectLabels.tenant]: name } },
});

export const accountIn = (namespace: string, name: string): KubernetesObject => ({
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: { name, namespace },
  automountServiceAccountToken: false,
});

const binding = (kind: string, name: string, namespace: string | undefined, account: KubernetesObject) => ({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: readerRole },
  subjects: [{ kind: "ServiceAccount", name: account.metadata.name, namespace: account.metadata.namespace }],
});

/** Lets an account read the metrics of one namespace. */
export const readerBinding = (namespace: string, account: KubernetesObject): KubernetesObject =>
  binding("RoleBinding", `${account.metadata.name}-reads`, namespace, account);

/** Lets an account read the metrics of every namespace, as the platform's operators are let. */
export const operatorBinding = (account: KubernetesObject): KubernetesObject =>
  binding("ClusterRoleBinding", `${account.metadata.name}-reads-all`, undefined, account);

/** Makes objects for as long as `use` runs. */
export async function withObjects<T>(
  objects: readonly KubernetesObject[],
  use: () => Promise<T>,
): Promise<T> {
  await apply(...objects);
  try {
    return await use();
  } finally {
    await remove(...objects);
  }
}
