/** The cluster itself: its key, its logs, who reaches its API and who may administrate it. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EksClusterConfig } from "../../../config/eksCluster";
import { versions } from "../../../versions";
import { partitionOf } from "../../storage/awsPolicies";
import { wholeRange } from "./addressPlan";
import { roleWith, serviceTrust } from "./iam";
import { kubeconfigOf } from "./kubeconfig";
import type { EksNetwork } from "./network";

export interface ControlPlaneArgs {
  /** Name of the cluster. */
  readonly cluster: string;
  readonly config: EksClusterConfig;
  readonly network: EksNetwork;
}

/** Kubernetes' version as EKS counts them: 1.34. */
export const kubernetesMinor = versions.kubernetes.split(".").slice(0, 2).join(".");

const apiPort = 443;

export class EksControlPlane extends pulumi.ComponentResource {
  /** Name of the cluster, known when it is there. */
  readonly clusterName: pulumi.Output<string>;
  /** Kubeconfig for whoever AWS knows as an administrator. Secret. */
  readonly kubeconfig: pulumi.Output<string>;
  /** Rights of administrators. Without them nobody has any, who made the cluster neither. */
  readonly administration: readonly pulumi.Resource[];

  constructor(name: string, args: ControlPlaneArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:cluster:EksControlPlane", name, {}, opts);
    const parent = { parent: this };
    const { cluster, config, network } = args;
    const { region } = config;
    const kept = { ...parent, protect: config.protect, retainOnDelete: config.protect };

    const key = new aws.kms.Key(
      `${name}-secrets-key`,
      {
        description: `Secrets of the Kubernetes cluster ${cluster}`,
        enableKeyRotation: true,
        // The longest there is: without the key every Secret is lost.
        deletionWindowInDays: 30,
      },
      kept,
    );
    new aws.kms.Alias(
      `${name}-secrets-key-name`,
      { name: `alias/${cluster}-secrets`, targetKeyId: key.keyId },
      parent,
    );
    // EKS would make it itself, and keep everything for ever.
    const logs = new aws.cloudwatch.LogGroup(
      `${name}-logs`,
      { name: `/aws/eks/${cluster}/cluster`, retentionInDays: config.logRetentionDays },
      kept,
    );
    const { role, rights } = roleWith(
      `${name}-role`,
      {
        name: `${cluster}-control-plane`,
        description: `Control plane of the Kubernetes cluster ${cluster}`,
        trust: serviceTrust("eks.amazonaws.com"),
        managed: ["AmazonEKSClusterPolicy"],
        region,
      },
      parent,
    );
    const made = new aws.eks.Cluster(
      `${name}-cluster`,
      {
        name: cluster,
        version: kubernetesMinor,
        roleArn: role.arn,
        accessConfig: {
          // By entries in AWS alone: no ConfigMap that somebody in the cluster could edit.
          authenticationMode: "API",
          bootstrapClusterCreatorAdminPermissions: false,
        },
        // Add-ons come pinned, and nothing before them.
        bootstrapSelfManagedAddons: false,
        deletionProtection: config.protect,
        enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
        encryptionConfig: { provider: { keyArn: key.arn }, resources: ["secrets"] },
        kubernetesNetworkConfig: { ipFamily: "ipv4", serviceIpv4Cidr: wholeRange(config.serviceCidr) },
        // A version that is behind is upgraded by AWS, not kept for a sixfold price.
        upgradePolicy: { supportType: "STANDARD" },
        vpcConfig: {
          subnetIds: network.zones.map(({ control }) => control),
          securityGroupIds: [apiGroup(name, args, this)],
          endpointPrivateAccess: true,
          ...publicAccess(config),
        },
      },
      { ...parent, protect: config.protect, dependsOn: [logs, ...rights] },
    );
    this.clusterName = made.name;
    this.administration = config.administrators.flatMap((principalArn) =>
      administrator(name, { principalArn, clusterName: made.name, region }, this),
    );
    this.kubeconfig = pulumi.secret(
      pulumi
        .all([made.endpoint, made.certificateAuthority])
        .apply(([server, { data }]) => kubeconfigOf({ name: cluster, region, server, ca: data })),
    );
    this.registerOutputs({ clusterName: this.clusterName });
  }
}

type Access = Pick<aws.types.input.eks.ClusterVpcConfig, "endpointPublicAccess" | "publicAccessCidrs">;

const publicAccess = ({ publicAccessCidrs }: Pick<EksClusterConfig, "publicAccessCidrs">): Access =>
  publicAccessCidrs.length === 0
    ? { endpointPublicAccess: false }
    : { endpointPublicAccess: true, publicAccessCidrs };

/** Opens the API's private address to administrators. Nodes have a group of their own with it, which EKS makes. */
function apiGroup(
  name: string,
  { cluster, config, network }: ControlPlaneArgs,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const group = new aws.ec2.SecurityGroup(
    `${name}-api`,
    {
      name: `${cluster}-api`,
      description: `Kubernetes API of ${cluster}, for administrators`,
      vpcId: network.vpcId,
      tags: { Name: `${cluster}-api` },
    },
    { parent },
  );
  for (const cidrIpv4 of config.adminCidrs)
    new aws.vpc.SecurityGroupIngressRule(
      `${name}-api-from-${cidrIpv4}`,
      {
        securityGroupId: group.id,
        ipProtocol: "tcp",
        fromPort: apiPort,
        toPort: apiPort,
        cidrIpv4,
        description: "Kubernetes API, for administrators",
        tags: { Name: cidrIpv4 },
      },
      { parent: group },
    );
  return group.id;
}

interface AdministratorArgs {
  readonly principalArn: string;
  readonly clusterName: pulumi.Output<string>;
  readonly region: string;
}

function administrator(
  name: string,
  { principalArn, clusterName, region }: AdministratorArgs,
  parent: pulumi.Resource,
): pulumi.Resource[] {
  const id = `${name}-admin-${principalArn.split(":").at(-1)}`;
  const entry = new aws.eks.AccessEntry(id, { clusterName, principalArn }, { parent });
  const rights = new aws.eks.AccessPolicyAssociation(
    `${id}-rights`,
    {
      clusterName,
      principalArn,
      policyArn: `arn:${partitionOf(region).name}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy`,
      accessScope: { type: "cluster" },
    },
    { parent: entry },
  );
  return [entry, rights];
}
