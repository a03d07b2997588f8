/**
 * Who may read which namespace's metrics. One permission, `get` and `create` on `namespace/metrics` (a query by GET and by POST), is
 * bound namespace by namespace for tenants and for the whole cluster only to the named operators.
 */

import type { types } from "@pulumi/kubernetes";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { metricsPermission } from "../names";

type Subject = types.input.rbac.v1.Subject;

export interface MetricsAccessArgs {
  /** People and groups who may read every namespace. */
  readonly operators: { readonly users: readonly string[]; readonly groups: readonly string[] };
}

export class MetricsAccess extends pulumi.ComponentResource {
  /** ClusterRole that grants reading. By itself it grants nobody anything; tenants get it by RoleBinding. */
  readonly readerRole: pulumi.Output<string>;

  constructor(name: string, args: MetricsAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:tenancy:MetricsAccess", name, {}, opts);
    const parent = { parent: this };
    const role = new kubernetes.rbac.v1.ClusterRole(
      `${name}-reader`,
      { metadata: { name: "moat-metrics-reader" }, rules: [readerRule] },
      parent,
    );
    this.readerRole = role.metadata.name;

    const subjects = [...users(args.operators.users), ...groups(args.operators.groups)];
    if (subjects.length > 0) {
      new kubernetes.rbac.v1.ClusterRoleBinding(
        `${name}-operators`,
        {
          metadata: { name: "moat-metrics-operators" },
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: this.readerRole },
          subjects,
        },
        parent,
      );
    }
    this.registerOutputs({});
  }
}

/** POST is how Grafana sends long queries; the gateway asks for `create` then. Both reach the same filtered data. */
export const readerRule = {
  apiGroups: [metricsPermission.apiGroup],
  resources: [`${metricsPermission.resource}/${metricsPermission.subresource}`],
  verbs: ["get", "create"],
};

export const users = (names: readonly string[]): Subject[] =>
  names.map((name) => ({ kind: "User", apiGroup: "rbac.authorization.k8s.io", name }));

export const groups = (names: readonly string[]): Subject[] =>
  names.map((name) => ({ kind: "Group", apiGroup: "rbac.authorization.k8s.io", name }));
