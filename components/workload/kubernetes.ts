/** Runs a plain description of a program on Kubernetes. What its objects look like is decided in objects.ts; this places them. */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { objectsOf } from "./objects";
import type { Workload } from "./workload";

export interface KubernetesWorkloadArgs {
  /** The program to run. */
  readonly workload: Workload;
  /** Namespace that it runs in. */
  readonly namespace: pulumi.Input<string>;
}

export class KubernetesWorkload extends pulumi.ComponentResource {
  /** Name of the Service in front of it. */
  readonly serviceName: pulumi.Output<string>;
  /** Name under which the cluster's DNS has it: `<service>.<namespace>.svc`. Known once the program is ready. */
  readonly host: pulumi.Output<string>;
  /** Addresses or names of the load balancer that the cluster made for the Service; empty when it is of another type. */
  readonly loadBalancer: pulumi.Output<string[]>;

  constructor(name: string, args: KubernetesWorkloadArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:workload:KubernetesWorkload", name, {}, opts);
    const objects = objectsOf(args.workload, args.namespace);
    const parent = { parent: this };

    const account =
      objects.serviceAccount &&
      new kubernetes.core.v1.ServiceAccount(`${name}-account`, objects.serviceAccount, parent);
    const service =
      objects.service && new kubernetes.core.v1.Service(`${name}-service`, objects.service, parent);
    if (objects.podDisruptionBudget) {
      new kubernetes.policy.v1.PodDisruptionBudget(`${name}-budget`, objects.podDisruptionBudget, parent);
    }
    if (objects.podMonitor) {
      new kubernetes.apiextensions.CustomResource(`${name}-monitor`, objects.podMonitor, parent);
    }
    const needed = { parent: this, dependsOn: account ? [account] : [] };
    if (objects.deployment)
      new kubernetes.apps.v1.Deployment(`${name}-deployment`, objects.deployment, needed);
    if (objects.statefulSet) new kubernetes.apps.v1.StatefulSet(`${name}-set`, objects.statefulSet, needed);

    // The Service's own answer is not known before there is a cluster; its name is. Whoever takes it waits for the Service all the same.
    this.serviceName = (service?.urn ?? pulumi.output("")).apply(() => args.workload.name);
    this.host = pulumi.interpolate`${this.serviceName}.${args.namespace}.svc`;
    this.loadBalancer =
      service === undefined || args.workload.service?.type !== "loadBalancer"
        ? pulumi.output([])
        : service.status.apply((status) =>
            (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => ip ?? hostname ?? []),
          );
    this.registerOutputs({ serviceName: this.serviceName, host: this.host });
  }
}
