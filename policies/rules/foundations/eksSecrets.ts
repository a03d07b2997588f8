import type { Rule } from "../../rule";
import { cloud } from "../../samples";

const type = "aws:eks/cluster:Cluster";
const cluster = (encryptionConfig?: object) => cloud(type, { roleArn: "r", vpcConfig: {}, encryptionConfig });

export const eksSecrets: Rule = {
  id: "S7d",
  title: "Secrets of an EKS cluster are encrypted by a key of your own",
  why: "Keys of buckets and passwords of programs are Secrets; with a key of your own you see in the trail who opens them, and can end it.",
  severity: "medium",
  references: ["https://docs.aws.amazon.com/eks/latest/userguide/envelope-encryption.html"],
  scope: "everywhere",
  on: [type],
  validations: [
    {
      expression: `object.?encryptionConfig.?resources.orValue([]).exists(r, r == "secrets")`,
      message: 'Set encryptionConfig: its provider.keyArn to a KMS key, its resources to ["secrets"].',
    },
  ],
  samples: {
    good: [cluster({ provider: { keyArn: "k" }, resources: ["secrets"] })],
    bad: [cluster(), cluster({ provider: { keyArn: "k" }, resources: [] })],
  },
};
