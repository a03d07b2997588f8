/** What EKS runs in every cluster for it to be one: each add-on pinned, with the rights of its own work. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { eksAddons } from "../../../versions";
import { podTrust } from "../../storage/awsPolicies";
import { roleWith } from "./iam";
import { tagsOf } from "./tags";

type AddonName = keyof typeof eksAddons;

export interface AddonsArgs {
  readonly cluster: string;
  readonly region: string;
  readonly clusterName: pulumi.Output<string>;
}

interface Addon {
  readonly name: AddonName;
  /** Settings, as its schema has them: `aws eks describe-addon-configuration`. */
  readonly settings?: object;
  /** As whom it comes to AWS, and with which of AWS's policies. */
  readonly identity?: { readonly serviceAccount: string; readonly policy: string };
}

/** Before the first node: without them none gets ready. They run on nodes' own network, so they need no other. */
const beforeNodes = (): readonly Addon[] => [
  { name: "eks-pod-identity-agent" },
  { name: "kube-proxy" },
  {
    name: "vpc-cni",
    // The platform's walls are NetworkPolicies; without this nobody keeps them. The schema wants texts.
    settings: { enableNetworkPolicy: "true" },
    identity: { serviceAccount: "aws-node", policy: "AmazonEKS_CNI_Policy" },
  },
];

/** They run in pods, so they need nodes. */
const onNodes = (cluster: string): readonly Addon[] => [
  { name: "coredns" },
  {
    name: "aws-ebs-csi-driver",
    settings: { controller: { extraVolumeTags: tagsOf(cluster) } },
    identity: { serviceAccount: "ebs-csi-controller-sa", policy: "service-role/AmazonEBSCSIDriverPolicy" },
  },
];

export const addonsBeforeNodes = (name: string, args: AddonsArgs, parent: pulumi.Resource): aws.eks.Addon[] =>
  beforeNodes().map((addon) => addonOf(name, addon, args, { parent }));

export const addonsOnNodes = (
  name: string,
  args: AddonsArgs,
  place: { readonly parent: pulumi.Resource; readonly nodes: pulumi.Resource },
): aws.eks.Addon[] =>
  onNodes(args.cluster).map((addon) =>
    addonOf(name, addon, args, { parent: place.parent, after: [place.nodes] }),
  );

function addonOf(
  name: string,
  { name: addonName, settings, identity }: Addon,
  { cluster, region, clusterName }: AddonsArgs,
  { parent, after = [] }: { readonly parent: pulumi.Resource; readonly after?: readonly pulumi.Resource[] },
): aws.eks.Addon {
  const known =
    identity &&
    roleWith(
      `${name}-${addonName}-role`,
      {
        name: `${cluster}-${addonName}`,
        description: `Add-on ${addonName} of the Kubernetes cluster ${cluster}`,
        trust: podTrust({ cluster, namespace: "kube-system", serviceAccounts: [identity.serviceAccount] }),
        managed: [identity.policy],
        region,
      },
      { parent },
    );
  return new aws.eks.Addon(
    `${name}-${addonName}`,
    {
      clusterName,
      addonName,
      addonVersion: eksAddons[addonName],
      // What stands here is what runs, whatever somebody has edited in the cluster.
      resolveConflictsOnCreate: "OVERWRITE",
      resolveConflictsOnUpdate: "OVERWRITE",
      ...(settings !== undefined && { configurationValues: JSON.stringify(settings) }),
      ...(identity &&
        known && {
          podIdentityAssociations: [{ serviceAccount: identity.serviceAccount, roleArn: known.role.arn }],
        }),
    },
    { parent, dependsOn: [...(known?.rights ?? []), ...after] },
  );
}
