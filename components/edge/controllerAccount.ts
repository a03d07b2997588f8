/** As whom a controller comes to the API server, and what it may do in its own namespace. */
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

export interface ControllerAccountArgs {
  /** Name and labels of all three objects. */
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly rules: kubernetes.types.input.rbac.v1.PolicyRule[];
}

export interface ControllerAccount {
  /** Name of the account. */
  readonly account: pulumi.Output<string>;
  /** Before this it has no rights. */
  readonly binding: pulumi.Resource;
}

export function controllerAccount(
  name: string,
  { metadata, rules }: ControllerAccountArgs,
  opts: pulumi.CustomResourceOptions,
): ControllerAccount {
  const account = new kubernetes.core.v1.ServiceAccount(
    `${name}-account`,
    { metadata, automountServiceAccountToken: false },
    opts,
  );
  const role = new kubernetes.rbac.v1.Role(`${name}-role`, { metadata, rules }, opts);
  const binding = new kubernetes.rbac.v1.RoleBinding(
    `${name}-role-binding`,
    {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
      subjects: [{ kind: "ServiceAccount", name: account.metadata.name, namespace: metadata.namespace }],
    },
    opts,
  );
  return { account: account.metadata.name, binding };
}
