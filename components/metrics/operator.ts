/**
 * The Prometheus Operator: watches monitors and rules in all namespaces and turns them into the configuration of the Prometheus
 * servers in the platform's namespace. It makes objects in that namespace only. Its admission webhook is not used.
 */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { imageRef, images } from "../../versions";
import { ports, programs } from "../names";
import { KubernetesWorkload } from "../workload/kubernetes";
import { resourcesFor, type Size } from "../workload/sizes";
import type { Resources, Workload } from "../workload/workload";
import { clusterRules, namespaceRules, referenceRules } from "./operatorRights";

export interface PrometheusOperatorArgs {
  /** Namespace of the platform: the only one in which Prometheus objects count. */
  readonly namespace: string;
  /** Resource requests. */
  readonly size: Size;
}

export class PrometheusOperator extends pulumi.ComponentResource {
  /** Its account and the role by which it reads what monitors refer to. Bind it where monitors use secrets or CA files. */
  readonly references: { readonly account: pulumi.Output<string>; readonly role: pulumi.Output<string> };

  constructor(name: string, args: PrometheusOperatorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:metrics:PrometheusOperator", name, {}, opts);
    const { namespace } = args;
    const parent = { parent: this };
    const metadata = { name: programs.operator, namespace };
    const clusterName = `${namespace}-${programs.operator}`;

    const account = new kubernetes.core.v1.ServiceAccount(
      `${name}-account`,
      { metadata, automountServiceAccountToken: false },
      parent,
    );
    const subjects = [{ kind: "ServiceAccount", name: account.metadata.name, namespace }];
    const role = new kubernetes.rbac.v1.Role(`${name}-role`, { metadata, rules: namespaceRules }, parent);
    const clusterRole = new kubernetes.rbac.v1.ClusterRole(
      `${name}-cluster-role`,
      { metadata: { name: clusterName }, rules: clusterRules },
      parent,
    );
    const references = new kubernetes.rbac.v1.ClusterRole(
      `${name}-references`,
      { metadata: { name: `${clusterName}-references` }, rules: referenceRules },
      parent,
    );
    const rights = [
      new kubernetes.rbac.v1.RoleBinding(
        `${name}-role-binding`,
        { metadata, roleRef: { ...rbac, kind: "Role", name: role.metadata.name }, subjects },
        parent,
      ),
      new kubernetes.rbac.v1.ClusterRoleBinding(
        `${name}-cluster-role-binding`,
        {
          metadata: { name: clusterName },
          roleRef: { ...rbac, kind: "ClusterRole", name: clusterRole.metadata.name },
          subjects,
        },
        parent,
      ),
    ];
    new KubernetesWorkload(
      name,
      { namespace, workload: operator({ ...args, account: account.metadata.name }) },
      // It asks for its rights once, at its start, and leaves out whatever it may not do.
      { parent: this, dependsOn: rights },
    );
    this.references = { account: account.metadata.name, role: references.metadata.name };
    this.registerOutputs({});
  }
}

const rbac = { apiGroup: "rbac.authorization.k8s.io" };

interface OperatorParts extends PrometheusOperatorArgs {
  readonly account: pulumi.Input<string>;
}

/** The operator as a plain description. One copy: it elects no leader, and Prometheus runs on while it is away. */
export const operator = ({ namespace, size, account }: OperatorParts): Workload => ({
  name: programs.operator,
  kind: "stateless",
  replicas: 1,
  identity: { account, mountToken: true },
  containers: [
    {
      name: programs.operator,
      image: images.prometheusOperator,
      args: operatorArgs(namespace, resourcesFor("config-reloader", size)),
      ports: [{ name: "http", number: ports.operator, metrics: {} }],
      readiness: { path: "/healthz", port: "http" },
      liveness: { path: "/healthz", port: "http" },
      resources: resourcesFor(programs.operator, size),
    },
  ],
});

/**
 * Annotation of a Prometheus object that is for the operator of this namespace. Another one on the cluster, which takes all that are not
 * marked, leaves it alone: https://prometheus-operator.dev/docs/platform/troubleshooting/
 */
export const ownedBy = (namespace: string): Record<string, string> => ({
  "operator.prometheus.io/controller-id": namespace,
});

/** Command line of the operator. `reloader` are the resources of the config reloader in every Prometheus pod. */
export const operatorArgs = (namespace: string, reloader: Resources): string[] => [
  `--web.listen-address=:${ports.operator}`,
  // Objects of these kinds elsewhere are ignored: a tenant cannot have a Prometheus of its own made.
  `--prometheus-instance-namespaces=${namespace}`,
  `--alertmanager-instance-namespaces=${namespace}`,
  `--alertmanager-config-namespaces=${namespace}`,
  `--thanos-ruler-instance-namespaces=${namespace}`,
  // Objects that are not marked by `ownedBy` are another operator's.
  `--controller-id=${namespace}`,
  `--prometheus-config-reloader=${imageRef(images.prometheusConfigReloader)}`,
  `--config-reloader-cpu-request=${reloader.cpu}`,
  // Throttled, it would delay reloads.
  "--config-reloader-cpu-limit=0",
  `--config-reloader-memory-request=${reloader.memory}`,
  `--config-reloader-memory-limit=${reloader.memoryLimit}`,
  "--enable-config-reloader-probes=true",
  // An object without selectors would otherwise take its configuration from a secret that nobody checks.
  "--disable-unmanaged-prometheus-configuration=true",
  // No objects for the kubelets in kube-system.
  "--kubelet-endpoints=false",
];
