import { quote, type Rule } from "../../rule";
import { cloud } from "../../samples";
import { says, statementsOf } from "./parts";

const type = "aws:s3/bucketPolicy:BucketPolicy";
const policyOf = (...statements: readonly object[]) =>
  cloud(type, {
    bucket: "blocks",
    policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
  });
const tls = (value: unknown) => ({ Condition: { Bool: { "aws:SecureTransport": value } } });
const deny = {
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: ["arn:aws:s3:::blocks", "arn:aws:s3:::blocks/*"],
};
const read = {
  Effect: "Allow",
  Principal: { AWS: "arn:aws:iam::123456789012:role/thanos-store" },
  Action: "s3:GetObject",
  Resource: "arn:aws:s3:::blocks/*",
};

export const bucketTlsOnly: Rule = {
  id: "S1d",
  title: "Policies of buckets refuse requests without TLS",
  why: "Over plain HTTP whoever listens on the way reads blocks of all tenants, and session tokens with them.",
  severity: "high",
  references: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html#transit"],
  scope: "everywhere",
  on: [type],
  validations: [
    {
      expression: `type(object.policy) == string && ${statementsOf("object.policy")}.exists(s,
        s.contains('"Effect":"Deny"')
        && (${says("s", "Principal", "\\*")} || s.contains('"Principal":{"AWS":"*"}'))
        && ${says("s", "Action", "s3:\\*")}
        && s.matches(${quote('"Condition":\\{"Bool":\\{"aws:[Ss]ecure[Tt]ransport":\\[?"?false"?\\]?\\}\\}')}))`,
      message: `Add a statement with Effect Deny, Principal "*", Action "s3:*" and Condition {"Bool": {"aws:SecureTransport": "false"}}. The policy must be JSON in a text.`,
    },
  ],
  samples: {
    good: [
      policyOf({ ...deny, ...tls("false") }),
      policyOf(read, { ...tls(["false"]), ...deny, Principal: { AWS: "*" } }),
      cloud(type, {
        bucket: "blocks",
        policy: JSON.stringify({ Statement: { ...deny, ...tls(false) } }, undefined, 2),
      }),
    ],
    bad: [
      policyOf(read),
      policyOf({ ...deny, ...tls("true") }),
      policyOf({ ...deny, ...tls("false"), Effect: "Allow", Principal: read.Principal }),
      policyOf({ ...deny, ...tls("false"), Action: "s3:GetObject" }),
      policyOf({ ...deny, ...tls("false"), Principal: read.Principal }),
      policyOf({
        ...deny,
        Condition: {
          Bool: { "aws:SecureTransport": "false" },
          IpAddress: { "aws:SourceIp": "192.0.2.0/24" },
        },
      }),
      policyOf(deny, { ...read, ...tls("false") }),
    ],
  },
};
