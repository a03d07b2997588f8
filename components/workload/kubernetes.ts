import * as pulumi from "@pulumi/pulumi";
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
  /** Name under which the cluster's DNS has it: `<service>.<namespace>.svc`. */
  readonly host: pulumi.Output<string>;

  constructor(name: string, args: KubernetesWorkloadArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:workload:KubernetesWorkload", name, {}, opts);
    this.serviceName = pulumi.output(args.workload.name);
    this.host = pulumi.interpolate`${this.serviceName}.${args.namespace}.svc`;
    this.registerOutputs({ serviceName: this.serviceName, host: this.host });
  }
}
