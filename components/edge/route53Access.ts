/** Lets one program of the platform change a few names in one zone of Route 53, and nothing else in the account. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AwsIdentityConfig } from "../../config/fields";
import { PodIdentity } from "../cluster/eks/podIdentity";

export interface Route53AccessArgs {
  readonly identity: AwsIdentityConfig;
  /** The program's namespace and service account. */
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Name of the role or user; no other in the account may have it. */
  readonly awsName: string;
  /** IAM policy, JSON. */
  readonly policy: string;
}

export class Route53Access extends pulumi.ComponentResource {
  /** Key of the user; a role has none. */
  readonly key: { readonly id: pulumi.Output<string>; readonly secret: pulumi.Output<string> } | undefined;

  constructor(name: string, args: Route53AccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:edge:Route53Access", name, {}, opts);
    const parent = { parent: this };
    const { identity, namespace, serviceAccount, awsName, policy } = args;
    if (identity.type === "podIdentity") {
      const { cluster } = identity;
      new PodIdentity(
        `${name}-role`,
        { cluster, namespace, serviceAccounts: [serviceAccount], role: awsName, policy },
        parent,
      );
      this.key = undefined;
    } else {
      const user = new aws.iam.User(`${name}-user`, { name: awsName }, parent);
      const rights = new aws.iam.UserPolicy(
        `${name}-rights`,
        { name: "records", user: user.name, policy },
        parent,
      );
      const key = new aws.iam.AccessKey(
        `${name}-key`,
        { user: user.name },
        { parent: this, dependsOn: rights },
      );
      this.key = { id: key.id, secret: pulumi.secret(key.secret) };
    }
    this.registerOutputs({});
  }
}

export interface RecordRights {
  readonly zoneId: string;
  /** Names that may be written, as IAM compares them: lower case, without the last dot, `*` for any text. */
  readonly names: readonly string[];
  readonly types: readonly string[];
}

/** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html */
export const recordRights = ({ zoneId, names, types }: RecordRights, ...more: readonly object[]): string => {
  const zone = `arn:aws:route53:::hostedzone/${zoneId}`;
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Action: ["route53:ChangeResourceRecordSets"],
        Resource: [zone],
        Condition: {
          "ForAllValues:StringLike": { "route53:ChangeResourceRecordSetsNormalizedRecordNames": names },
          "ForAllValues:StringEquals": { "route53:ChangeResourceRecordSetsRecordTypes": types },
        },
      },
      { Action: ["route53:ListResourceRecordSets"], Resource: [zone] },
      ...more,
    ].map((statement) => ({ Effect: "Allow", ...statement })),
  });
};

/** For cert-manager: the records of a challenge, and whether Route 53 has taken them over. */
export const challengeRights = (zoneId: string, hosts: readonly string[]): string =>
  recordRights(
    { zoneId, names: hosts.map((host) => `_acme-challenge.${host}`), types: ["TXT"] },
    { Action: ["route53:GetChange"], Resource: ["arn:aws:route53:::change/*"] },
  );
