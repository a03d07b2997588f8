import type { Rule } from "../../rule";
import { cloud } from "../../samples";

const type = "aws:eks/cluster:Cluster";
const cluster = (enabledClusterLogTypes?: readonly string[]) =>
  cloud(type, { roleArn: "r", vpcConfig: {}, enabledClusterLogTypes });

export const eksAudit: Rule = {
  id: "S7f",
  title: "An EKS cluster keeps an audit log",
  why: "Whoever got in and read Secrets, or bound himself a role, leaves no trace without it.",
  severity: "medium",
  references: ["https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html"],
  scope: "everywhere",
  on: [type],
  variables: { logs: "object.?enabledClusterLogTypes.orValue([])" },
  validations: [
    {
      expression: `["audit", "authenticator"].all(log, variables.logs.exists(l, l == log))`,
      message: "Name audit and authenticator in enabledClusterLogTypes.",
    },
  ],
  samples: {
    good: [cluster(["api", "audit", "authenticator"])],
    bad: [cluster(), cluster(["api"]), cluster(["audit"])],
  },
};
