/** The Kubernetes provider for a cluster that the environment makes itself. */
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

export interface MadeProviderArgs {
  /** Name of the cluster. */
  readonly cluster: string;
  /** Kubeconfig of an administrator. Secret. */
  readonly kubeconfig: pulumi.Output<string>;
}

export const madeProvider = (
  name: string,
  { cluster, kubeconfig }: MadeProviderArgs,
  opts: pulumi.ResourceOptions,
): kubernetes.Provider =>
  new kubernetes.Provider(
    name,
    {
      kubeconfig,
      // A new certificate in the kubeconfig is no new cluster, and neither is one that is not known yet.
      clusterIdentifier: cluster,
      ...providerSettings,
    },
    opts,
  );

/** Of every provider for a cluster, however that came to be. */
export const providerSettings = {
  // Changed in place: replacing them takes certificates and settings away from under the programs for a moment.
  enableConfigMapMutable: true,
  enableSecretMutable: true,
  // What somebody has set by hand is set back. Without it every update of such an object ends in a conflict, for ever.
  enablePatchForce: true,
} as const;
