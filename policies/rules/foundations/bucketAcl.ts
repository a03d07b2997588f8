import { quoteAll, type Rule } from "../../rule";
import { cloud } from "../../samples";

const acl = "aws:s3/bucketAcl:BucketAcl";
const aclV2 = "aws:s3/bucketAclV2:BucketAclV2";
const bucket = "aws:s3/bucket:Bucket";
const bucketV2 = "aws:s3/bucketV2:BucketV2";

/** Lists of rights that let in nobody but the owner and AWS's own delivery of logs. */
const closed = ["private", "bucket-owner-read", "bucket-owner-full-control", "log-delivery-write"];

/** Groups that stand for everybody, or for everybody with an account of any kind. */
const groups = "/groups/global/(AllUsers|AuthenticatedUsers)$";

const grant = (uri: string) => ({ permission: "READ", grantee: { type: "Group", uri } });

export const bucketAcl: Rule = {
  id: "S1b",
  title: "Lists of rights on buckets name nobody outside",
  why: "public-read and authenticated-read let every holder of an AWS account list and fetch all tenants' blocks.",
  severity: "critical",
  references: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl"],
  scope: "everywhere",
  on: [acl, aclV2, bucket, bucketV2],
  validations: [
    {
      expression: `object.?acl.orValue("private") in ${quoteAll(closed)}`,
      message: `Set acl to "private", or leave it out.`,
    },
    {
      expression: `(object.?accessControlPolicy.?grants.orValue([]).map(g, g.?grantee.?uri.orValue(""))
        + object.?grants.orValue([]).map(g, g.?uri.orValue(""))).all(uri, !uri.matches("${groups}"))`,
      message: "Leave the groups AllUsers and AuthenticatedUsers out of the grants.",
    },
  ],
  samples: {
    good: [
      cloud(aclV2, { bucket: "blocks", acl: "private" }),
      cloud(bucket, { forceDestroy: false }),
      cloud(acl, {
        bucket: "logs",
        accessControlPolicy: {
          owner: { id: "platform" },
          grants: [
            grant("http://acs.amazonaws.com/groups/s3/LogDelivery"),
            { permission: "READ", grantee: { type: "CanonicalUser", id: "platform" } },
          ],
        },
      }),
    ],
    bad: [
      cloud(aclV2, { bucket: "blocks", acl: "public-read" }),
      cloud(acl, { bucket: "blocks", acl: "authenticated-read" }),
      cloud(bucketV2, { acl: "public-read-write" }),
      cloud(bucket, {
        grants: [
          { type: "Group", permissions: ["READ"], uri: "http://acs.amazonaws.com/groups/global/AllUsers" },
        ],
      }),
      cloud(aclV2, {
        bucket: "blocks",
        accessControlPolicy: {
          owner: { id: "platform" },
          grants: [grant("http://acs.amazonaws.com/groups/global/AuthenticatedUsers")],
        },
      }),
    ],
  },
};
