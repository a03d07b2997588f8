/** Identities of the cluster in IAM: each with the rights of its own work. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { partitionOf } from "../../storage/awsPolicies";

/** A policy that AWS keeps up to date: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html */
const managedPolicy = (name: string, region: string): string =>
  `arn:${partitionOf(region).name}:iam::aws:policy/${name}`;

/** Lets one service of AWS take the role. */
export const serviceTrust = (service: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  });

export interface RoleArgs {
  /** Name of the role; no other in the account may have it. */
  readonly name: string;
  readonly description: string;
  /** Who may take it, in JSON. */
  readonly trust: string;
  /** Policies of AWS, by their names. */
  readonly managed?: readonly string[];
  readonly region: string;
}

/** A role, and what must be there before it is of use. */
export interface MadeRole {
  readonly role: aws.iam.Role;
  readonly rights: readonly pulumi.Resource[];
}

export function roleWith(
  resource: string,
  { name, description, trust, managed = [], region }: RoleArgs,
  opts: pulumi.CustomResourceOptions,
): MadeRole {
  const role = new aws.iam.Role(resource, { name, description, assumeRolePolicy: trust }, opts);
  const rights = managed.map(
    (policy) =>
      new aws.iam.RolePolicyAttachment(
        `${resource}-${policy.split("/").at(-1)}`,
        { role: role.name, policyArn: managedPolicy(policy, region) },
        { parent: role },
      ),
  );
  return { role, rights };
}
