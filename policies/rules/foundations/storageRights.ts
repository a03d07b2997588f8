import type { Rule } from "../../rule";
import { cloud } from "../../samples";
import { allows, says, statementsOf } from "./parts";

const policy = "aws:iam/policy:Policy";
const rolePolicy = "aws:iam/rolePolicy:RolePolicy";
const userPolicy = "aws:iam/userPolicy:UserPolicy";
const groupPolicy = "aws:iam/groupPolicy:GroupPolicy";

const blocks = "arn:aws:s3:::blocks/*";
const policyOf = (...statements: readonly object[]) => ({
  policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
});
const allow = (action: unknown, resource: unknown) => ({
  Effect: "Allow",
  Action: action,
  Resource: resource,
});
const store = [
  allow("s3:ListBucket", "arn:aws:s3:::blocks"),
  allow(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], [blocks]),
];

/** Whether a statement says something about buckets: by name, or by saying everything. */
const onBuckets = `s.contains('"s3:') || ${says("s", "Action", "\\*")} || s.contains('"NotAction":')`;

export const storageRights: Rule = {
  id: "S1h",
  title: "Rights on buckets name their actions and their bucket",
  why: "A component with s3:* or with all buckets, once broken into, rewrites policies and reads what is none of its business.",
  severity: "high",
  references: [
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
    "https://thanos.io/tip/thanos/storage.md/#s3",
  ],
  scope: "everywhere",
  on: [policy, rolePolicy, userPolicy, groupPolicy],
  variables: {
    // An object in place of a text has no statements to look at, and is refused for it.
    statements: `type(object.policy) == string ? ${statementsOf("object.policy")} : ['"Effect":"Allow","NotAction":"NotResource":']`,
    allowed: `variables.statements.filter(s, ${allows("s")} && (${onBuckets}))`,
  },
  validations: [
    {
      expression: `variables.allowed.all(s, !${says("s", "Action", "\\*|s3:\\*|s3:(Get|Put|Delete|List)?\\*")} && !s.contains('"NotAction":'))`,
      message:
        "Name the actions, such as s3:GetObject, without * and NotAction. The policy must be JSON in a text.",
    },
    {
      expression: `variables.allowed.all(s, !${says("s", "Resource", '\\*|arn:aws[a-z-]*:s3:::\\*[^"]*')} && !s.contains('"NotResource":'))`,
      message: "Name the bucket in Resource: arn:aws:s3:::<bucket> and arn:aws:s3:::<bucket>/*.",
    },
  ],
  samples: {
    good: [
      cloud(policy, policyOf(...store)),
      cloud(rolePolicy, { role: "node", ...policyOf(allow("ec2:DescribeInstances", "*"), ...store) }),
      cloud(userPolicy, {
        user: "thanos",
        ...policyOf({ Effect: "Deny", Action: "s3:*", Resource: "*" }, allow("s3:GetObject", blocks)),
      }),
    ],
    bad: [
      cloud(policy, policyOf(allow("s3:*", blocks))),
      cloud(rolePolicy, { role: "store", ...policyOf(...store, allow(["s3:GetObject", "s3:Put*"], blocks)) }),
      cloud(policy, policyOf(allow("s3:GetObject", "*"))),
      cloud(policy, policyOf(allow("s3:GetObject", ["arn:aws:s3:::*/*"]))),
      cloud(groupPolicy, { group: "g", ...policyOf(allow("*", blocks)) }),
      cloud(userPolicy, {
        user: "u",
        ...policyOf({ Effect: "Allow", NotAction: "iam:*", Resource: blocks }),
      }),
      cloud(policy, { policy: { Statement: store } }),
    ],
  },
};
