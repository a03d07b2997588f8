import type { Rule } from "../../rule";
import { cloud } from "../../samples";

const type = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const ofAccount = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock";
const locks = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];
const all = { bucket: "blocks", ...Object.fromEntries(locks.map((lock) => [lock, true])) };

export const bucketPublicAccess: Rule = {
  id: "S1a",
  title: "Public access to buckets is blocked in all four ways",
  why: "A bucket holds every tenant's blocks; one public list or policy, even of a single object, shows them to the world.",
  severity: "critical",
  references: [
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
  ],
  scope: "everywhere",
  on: [type, ofAccount],
  validations: locks.map((lock) => ({
    expression: `object.?${lock}.orValue(false) == true`,
    message: `Set ${lock} to true.`,
  })),
  samples: {
    good: [cloud(type, all), cloud(ofAccount, { ...all, bucket: undefined })],
    bad: [
      ...locks.map((lock) => cloud(type, { ...all, [lock]: undefined })),
      cloud(type, { ...all, blockPublicPolicy: false }),
      cloud(ofAccount, { ...all, bucket: undefined, ignorePublicAcls: false }),
    ],
  },
};
