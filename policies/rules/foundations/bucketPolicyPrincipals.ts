import { quote, type Rule } from "../../rule";
import { cloud } from "../../samples";
import { allows, statementsOf } from "./parts";

const type = "aws:s3/bucketPolicy:BucketPolicy";
const bucket = "aws:s3/bucket:Bucket";
const policyOf = (...statements: readonly object[]) =>
  cloud(type, {
    bucket: "blocks",
    policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
  });
const resource = "arn:aws:s3:::blocks/*";
const role = "arn:aws:iam::123456789012:role/thanos-store";
const read = { Effect: "Allow", Action: "s3:GetObject", Resource: resource };
const deny = {
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: resource,
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};

/** Everybody, alone or in a list, whatever sort of principal; or everybody but some. */
const everybody = `"NotPrincipal":|"Principal":("\\*"|\\{[^}]*"\\*"[^}]*\\}?)`;

export const bucketPolicyPrincipals: Rule = {
  id: "S1c",
  title: "Policies of buckets allow nothing to everybody",
  why: "A statement that allows to the principal * publishes all tenants' blocks; a condition on it is one typing error from nothing.",
  severity: "critical",
  references: [
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
  ],
  scope: "everywhere",
  on: [type, bucket],
  validations: [
    {
      expression: `!has(object.policy) || type(object.policy) == string
        && ${statementsOf("object.policy")}.all(s, !${allows("s")} || !s.matches(${quote(everybody)}))`,
      message:
        "In statements that allow, name the roles in Principal instead of *, and do without NotPrincipal. The policy must be JSON in a text.",
    },
  ],
  samples: {
    good: [
      policyOf(deny),
      cloud(bucket, { forceDestroy: false }),
      policyOf({ ...read, Principal: { AWS: role } }, deny),
      policyOf({ ...read, Principal: { AWS: [role, "arn:aws:iam::123456789012:role/thanos-compact"] } }),
      cloud(type, {
        bucket: "blocks",
        policy: JSON.stringify({ Statement: [deny, { Principal: { AWS: role }, ...read }] }, undefined, 2),
      }),
    ],
    bad: [
      policyOf({ ...read, Principal: "*" }),
      policyOf({ Principal: { AWS: "*" }, ...read }, deny),
      cloud(bucket, { policy: JSON.stringify({ Statement: [{ ...read, Principal: "*" }] }) }),
      policyOf(deny, { ...read, Principal: { AWS: [role, "*"] } }),
      policyOf({ ...read, NotPrincipal: { AWS: role } }),
      policyOf({ ...read, Principal: "*", Condition: { StringEquals: { "aws:SourceVpce": "vpce-1" } } }),
      cloud(type, {
        bucket: "blocks",
        policy: JSON.stringify({ Statement: { ...read, Principal: "*" } }, undefined, 2),
      }),
      cloud(type, { bucket: "blocks", policy: { Statement: [{ ...read, Principal: { AWS: role } }] } }),
    ],
  },
};
