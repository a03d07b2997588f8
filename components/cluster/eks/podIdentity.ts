/**
 * Rights in AWS for pods, without a key: a role that only these service accounts of this cluster can take. The agent on each node hands
 * their pods credentials that expire within hours.
 */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { podTrust } from "../../storage/awsPolicies";

export interface PodIdentityArgs {
  /** Name of the EKS cluster; it must run the add-on `eks-pod-identity-agent`. */
  readonly cluster: string;
  readonly namespace: string;
  readonly serviceAccounts: readonly string[];
  /** Name of the role; no other in the account may have it. */
  readonly role: string;
  /** What pods may do: an IAM policy in JSON, written from names, so that a preview knows it. */
  readonly policy: pulumi.Input<string>;
}

export class PodIdentity extends pulumi.ComponentResource {
  readonly roleArn: pulumi.Output<string>;

  constructor(name: string, args: PodIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:cluster:PodIdentity", name, {}, opts);
    const parent = { parent: this };
    const { cluster: clusterName, namespace, serviceAccounts } = args;
    const role = new aws.iam.Role(
      `${name}-role`,
      {
        name: args.role,
        description: `For ${serviceAccounts.join(", ")} in ${namespace} of ${clusterName}`,
        assumeRolePolicy: podTrust({ cluster: clusterName, namespace, serviceAccounts }),
      },
      parent,
    );
    const rights = new aws.iam.RolePolicy(
      `${name}-rights`,
      { name: "work", role: role.name, policy: args.policy },
      parent,
    );
    for (const serviceAccount of serviceAccounts)
      new aws.eks.PodIdentityAssociation(
        `${name}-${serviceAccount}`,
        { clusterName, namespace, serviceAccount, roleArn: role.arn },
        // Pods that start with the association find its rights.
        { parent: this, dependsOn: rights },
      );
    this.roleArn = role.arn;
    this.registerOutputs({ roleArn: this.roleArn });
  }
}
