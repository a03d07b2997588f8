/**
 * A Kubernetes cluster in AWS, from nothing: a VPC over several zones, and EKS in it with managed nodes.
 *
 * administrators → private API ← nodes; everybody → load balancers → nodes → NAT gateways → outside; pods —roles→ AWS
 */
import type * as aws from "@pulumi/aws";
import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { EksClusterConfig } from "../../config/eksCluster";
import { addonsBeforeNodes, addonsOnNodes } from "./eks/addons";
import { EksControlPlane } from "./eks/controlPlane";
import { EksNetwork } from "./eks/network";
import { EksNodes } from "./eks/nodes";
import { storageClass } from "./eks/storageClass";
import { madeProvider } from "./madeProvider";

export interface EksClusterArgs {
  /** Name of the cluster, with which names in AWS begin; no other environment of the account may have it. */
  readonly cluster: string;
  readonly config: EksClusterConfig;
  /** Region, credentials and tags. */
  readonly provider: aws.Provider;
}

export class EksCluster extends pulumi.ComponentResource {
  /** Provider for everything that runs on the cluster. It waits for nodes, add-ons and administrators' rights. */
  readonly provider: kubernetes.Provider;
  /** Kubeconfig for whoever AWS knows as an administrator: `aws eks get-token` says who asks. Secret. */
  readonly kubeconfig: pulumi.Output<string>;
  /** Provider for what else the environment makes in AWS. */
  readonly cloud: { readonly aws: aws.Provider };

  constructor(name: string, args: EksClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:cluster:EksCluster", name, {}, { ...opts, providers: { aws: args.provider } });
    const parent = { parent: this };
    const { cluster, config } = args;
    const network = new EksNetwork(`${name}-network`, { cluster, config }, parent);
    const control = new EksControlPlane(`${name}-control-plane`, { cluster, config, network }, parent);

    const { clusterName } = control;
    const addons = { cluster, region: config.region, clusterName };
    const nodes = new EksNodes(
      `${name}-nodes`,
      {
        cluster,
        config,
        clusterName,
        zones: network.zones,
        // With its ways outside, by which nodes join.
        needed: [network, ...addonsBeforeNodes(name, addons, this)],
      },
      parent,
    );
    const running = addonsOnNodes(name, addons, { parent: this, nodes: nodes.last });

    this.kubeconfig = control.kubeconfig;
    this.cloud = { aws: args.provider };
    this.provider = madeProvider(
      `${name}-kubernetes`,
      { cluster, kubeconfig: this.kubeconfig },
      { parent: this, dependsOn: [...control.administration, ...running] },
    );
    storageClass(`${name}-gp3`, { parent: this, provider: this.provider });
    this.registerOutputs({ kubeconfig: this.kubeconfig });
  }
}
