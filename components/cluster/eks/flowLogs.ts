/** Records of the VPC's connections, in CloudWatch, and the role that writes them there and nowhere else. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { partitionOf } from "../../storage/awsPolicies";
import { serviceTrust } from "./iam";

export interface FlowLogsArgs {
  readonly cluster: string;
  readonly region: string;
  readonly vpcId: pulumi.Input<string>;
  /** Days for which CloudWatch keeps them. */
  readonly retentionDays: number;
}

export function flowLogs(
  name: string,
  { cluster, region, vpcId, retentionDays }: FlowLogsArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  const groupName = `/aws/vpc/${cluster}/flows`;
  const group = new aws.cloudwatch.LogGroup(
    `${name}-flow-logs`,
    { name: groupName, retentionInDays: retentionDays },
    opts,
  );
  const role = new aws.iam.Role(
    `${name}-flow-logs-role`,
    {
      name: `${cluster}-flow-logs`,
      description: `Writes the flow logs of ${cluster}`,
      assumeRolePolicy: serviceTrust("vpc-flow-logs.amazonaws.com"),
    },
    opts,
  );
  const rights = new aws.iam.RolePolicy(
    `${name}-flow-logs-rights`,
    {
      name: "write",
      role: role.name,
      policy: writing(groupName, region),
    },
    opts,
  );
  new aws.ec2.FlowLog(
    `${name}-flows`,
    {
      vpcId,
      trafficType: "ALL",
      logDestinationType: "cloud-watch-logs",
      logDestination: group.arn,
      iamRoleArn: role.arn,
      // In seconds; ten minutes unless set, which is long when something is going on.
      maxAggregationInterval: 60,
      tags: { Name: cluster },
    },
    { ...opts, dependsOn: rights },
  );
}

/**
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html, but for this group alone. Written from names, so that a
 * preview knows it; a role has no rights in other accounts, whatever stands for the account.
 */
const writing = (group: string, region: string): string => {
  const arn = `arn:${partitionOf(region).name}:logs:${region}:*:log-group:${group}`;
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
        Resource: [arn, `${arn}:*`],
      },
    ],
  });
};
