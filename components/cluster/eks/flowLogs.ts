/** Records of the VPC's connections, in CloudWatch, and the role that writes them there and nowhere else. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { serviceTrust } from "./iam";

export interface FlowLogsArgs {
  readonly cluster: string;
  readonly vpcId: pulumi.Input<string>;
  /** Days for which CloudWatch keeps them. */
  readonly retentionDays: number;
}

export function flowLogs(
  name: string,
  { cluster, vpcId, retentionDays }: FlowLogsArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  const group = new aws.cloudwatch.LogGroup(
    `${name}-flow-logs`,
    { name: `/aws/vpc/${cluster}/flows`, retentionInDays: retentionDays },
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
  // https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html, but for this group alone
  const rights = new aws.iam.RolePolicy(
    `${name}-flow-logs-rights`,
    {
      name: "write",
      role: role.name,
      policy: group.arn.apply((arn) =>
        JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
              Resource: [arn, `${arn}:*`],
            },
          ],
        }),
      ),
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
