/** A cluster that is there already, by its kubeconfig. Whoever made it is of no concern here. */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { providerSettings } from "./madeProvider";

export interface ExistingClusterArgs {
  /** Path of the kubeconfig: from the project's folder, absolute, or `~/…`. Default: where kubectl looks. */
  readonly kubeconfig?: string | undefined;
  /** Context in it. Default: its current context. */
  readonly context?: string | undefined;
}

export class ExistingCluster extends pulumi.ComponentResource {
  /** Provider for everything that runs on the cluster. */
  readonly provider: kubernetes.Provider;

  constructor(name: string, args: ExistingClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:cluster:ExistingCluster", name, {}, opts);
    this.provider = new kubernetes.Provider(
      `${name}-kubernetes`,
      {
        // The path, not the content: credentials in it may rotate, and they stay out of the state. As it is configured, not where it
        // leads to: the state must be the same for everybody, in whatever folder. Empty is what kubectl would take; left out, the
        // SDK would put in the value of $KUBECONFIG.
        kubeconfig: args.kubeconfig ?? "",
        ...providerSettings,
        ...(args.context === undefined ? {} : { context: args.context }),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
