import type { Rule } from "../../rule";
import { cloud } from "../../samples";

const toRole = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
const toUser = "aws:iam/userPolicyAttachment:UserPolicyAttachment";
const toGroup = "aws:iam/groupPolicyAttachment:GroupPolicyAttachment";
const toAny = "aws:iam/policyAttachment:PolicyAttachment";

const managed = (name: string) => `arn:aws:iam::aws:policy/${name}`;

export const managedPolicies: Rule = {
  id: "S1i",
  title: "No component gets a policy for every bucket",
  why: "AWS's own policies for S3 and for administrators hold for all buckets, so one stolen credential opens all tenants' data.",
  severity: "high",
  references: ["https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonS3FullAccess.html"],
  scope: "everywhere",
  on: [toRole, toUser, toGroup, toAny],
  validations: [
    {
      expression: `!object.policyArn.matches(":aws:policy/(AdministratorAccess|PowerUserAccess|AmazonS3[A-Za-z]*Access)$")`,
      message: "Attach a policy of your own that names the actions and the bucket.",
    },
  ],
  samples: {
    good: [
      cloud(toRole, { role: "store", policyArn: "arn:aws:iam::123456789012:policy/thanos-store" }),
      cloud(toRole, { role: "node", policyArn: managed("AmazonEKSWorkerNodePolicy") }),
    ],
    bad: [
      cloud(toRole, { role: "store", policyArn: managed("AmazonS3FullAccess") }),
      cloud(toUser, { user: "store", policyArn: managed("AmazonS3ReadOnlyAccess") }),
      cloud(toGroup, { group: "platform", policyArn: managed("AdministratorAccess") }),
      cloud(toAny, { roles: ["store"], policyArn: managed("PowerUserAccess") }),
    ],
  },
};
