/** The platform's namespace with its walls. Everything in it starts only when the walls stand. */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../config";
import type { ClusterDns } from "../../config/clusterDns";
import { apiRanges } from "../cluster/apiRanges";
import { objectLabels } from "../names";
import { NetworkWalls } from "./networkWalls";

export interface PlatformNamespaceArgs {
  readonly config: EnvironmentConfig;
  /** The cluster's DNS. Default: the pods `k8s-app=kube-dns` of `kube-system`. */
  readonly dns?: ClusterDns | undefined;
}

export class PlatformNamespace extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;

  constructor(name: string, args: PlatformNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:tenancy:PlatformNamespace", name, {}, opts);
    const { platformNamespace, cluster } = args.config;
    const namespace = new kubernetes.core.v1.Namespace(
      name,
      {
        metadata: {
          name: platformNamespace,
          labels: {
            [objectLabels.role]: "platform",
            "pod-security.kubernetes.io/enforce": "restricted",
            "pod-security.kubernetes.io/warn": "restricted",
          },
        },
      },
      { parent: this },
    );
    new NetworkWalls(
      `${name}-walls`,
      { namespace: platformNamespace, config: args.config, apiCidrs: apiRanges(cluster), dns: args.dns },
      { parent: this, dependsOn: namespace },
    );
    this.name = namespace.metadata.name;
    this.registerOutputs({ name: this.name });
  }
}
