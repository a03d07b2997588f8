/** Machines that run the workloads: a managed group in each zone, so that a volume finds a node that can mount it. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EksClusterConfig } from "../../../config/eksCluster";
import { kubernetesMinor } from "./controlPlane";
import { roleWith, serviceTrust } from "./iam";
import { amiTypeOf, disksOf } from "./machines";
import type { ZoneNetwork } from "./network";
import { tagsOf } from "./tags";

export interface NodesArgs {
  readonly cluster: string;
  readonly config: EksClusterConfig;
  readonly clusterName: pulumi.Output<string>;
  readonly zones: readonly ZoneNetwork[];
  /** What a node needs to be ready: the network, its plugin and their kind. */
  readonly needed: readonly pulumi.Resource[];
}

export class EksNodes extends pulumi.ComponentResource {
  /** When it stands, so do all. */
  readonly last: pulumi.Resource;

  constructor(name: string, args: NodesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:cluster:EksNodes", name, {}, opts);
    const parent = { parent: this };
    const { cluster, config } = args;
    const { role, rights } = roleWith(
      `${name}-role`,
      {
        name: `${cluster}-nodes`,
        description: `Nodes of the Kubernetes cluster ${cluster}`,
        trust: serviceTrust("ec2.amazonaws.com"),
        // Join, hand out pods' credentials, and fetch AWS's own images. What add-ons do, they do by roles of their own.
        managed: ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"],
        region: config.region,
      },
      parent,
    );
    const template = launchTemplate(name, args, this);
    // One group after the other, and within a group one node: EKS would replace one of each zone at the same time.
    let before: readonly pulumi.Resource[] = [...args.needed, ...rights];
    for (const zone of args.zones)
      before = [
        new aws.eks.NodeGroup(
          `${name}-${zone.zone}`,
          {
            ...groupOf(args, zone),
            nodeRoleArn: role.arn,
            launchTemplate: {
              id: template.id,
              version: template.latestVersion.apply((version) => String(version)),
            },
          },
          { parent: this, dependsOn: [...before] },
        ),
      ];
    this.last = before[0] ?? this;
    this.registerOutputs({});
  }
}

/**
 * Of a group: all but the machine's own settings. Its name is the engine's to find, so that where EKS cannot change a group the new one
 * stands before the old one is drained.
 */
const groupOf = ({ config: { nodes }, clusterName }: NodesArgs, { nodes: subnetId }: ZoneNetwork) => ({
  clusterName,
  version: kubernetesMinor,
  amiType: amiTypeOf(nodes),
  instanceTypes: nodes.instanceTypes,
  subnetIds: [subnetId],
  scalingConfig: { minSize: nodes.perZone, desiredSize: nodes.perZone, maxSize: nodes.perZone },
  updateConfig: { maxUnavailable: 1 },
  // A machine that is broken for good is replaced without anybody's doing.
  nodeRepairConfig: { enabled: true },
  ...(nodes.release !== undefined && { releaseVersion: nodes.release }),
});

function launchTemplate(
  name: string,
  { cluster, config }: NodesArgs,
  parent: pulumi.Resource,
): aws.ec2.LaunchTemplate {
  const tags = { ...tagsOf(cluster), Name: `${cluster}-node` };
  return new aws.ec2.LaunchTemplate(
    `${name}-template`,
    {
      name: `${cluster}-nodes`,
      description: `Nodes of the Kubernetes cluster ${cluster}`,
      updateDefaultVersion: true,
      metadataOptions: {
        httpEndpoint: "enabled",
        httpTokens: "required",
        // Pods are a hop further away: the machine's credentials are not for them.
        httpPutResponseHopLimit: 1,
      },
      blockDeviceMappings: disksOf(config.nodes).map(({ device, gibibytes }) => ({
        deviceName: device,
        ebs: { volumeType: "gp3", volumeSize: gibibytes, encrypted: "true", deleteOnTermination: "true" },
      })),
      // The provider's tags end at the template; machines and disks are made by AWS.
      tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({
        resourceType,
        tags,
      })),
    },
    { parent },
  );
}
