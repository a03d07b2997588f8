import type { Rule } from "../../rule";
import { cloud } from "../../samples";

const bucket = "aws:s3/bucket:Bucket";
const bucketV2 = "aws:s3/bucketV2:BucketV2";
const container = "openstack:objectstorage/container:Container";

export const bucketKept: Rule = {
  id: "S1g",
  title: "A bucket that is not empty is never deleted",
  why: "With forceDestroy a renamed resource, or a stack taken down by mistake, empties the bucket with all tenants' history.",
  severity: "high",
  references: [
    "https://www.pulumi.com/registry/packages/aws/api-docs/s3/bucket/#forcedestroy_nodejs",
    "https://www.pulumi.com/registry/packages/openstack/api-docs/objectstorage/container/#forcedestroy_nodejs",
  ],
  scope: "everywhere",
  on: [bucket, bucketV2, container],
  validations: [
    {
      expression: "object.?forceDestroy.orValue(false) == false",
      message: "Leave forceDestroy out: empty the bucket by hand if it really shall go.",
    },
  ],
  samples: {
    good: [cloud(bucket, { bucket: "blocks" }), cloud(container, { name: "blocks", forceDestroy: false })],
    bad: [
      cloud(bucket, { bucket: "blocks", forceDestroy: true }),
      cloud(bucketV2, { forceDestroy: true }),
      cloud(container, { name: "blocks", forceDestroy: true }),
    ],
  },
};
