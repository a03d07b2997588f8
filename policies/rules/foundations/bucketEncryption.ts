import type { Rule } from "../../rule";
import { cloud } from "../../samples";

const type = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
const typeV2 = "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2";
const by = (sseAlgorithm: string) => ({ applyServerSideEncryptionByDefault: { sseAlgorithm } });

export const bucketEncryption: Rule = {
  id: "S1e",
  title: "Buckets encrypt what is stored",
  why: "Whoever gets at a disk, a copy or a snapshot of the store reads the blocks of all tenants.",
  severity: "medium",
  references: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-encryption.html"],
  scope: "everywhere",
  on: [type, typeV2],
  validations: [
    {
      expression: `object.?rules.orValue([]).size() > 0 && object.rules.all(r,
        r.?applyServerSideEncryptionByDefault.?sseAlgorithm.orValue("") in ["AES256", "aws:kms", "aws:kms:dsse"])`,
      message: "Give every rule applyServerSideEncryptionByDefault with the sseAlgorithm aws:kms or AES256.",
    },
  ],
  samples: {
    good: [
      cloud(type, { bucket: "blocks", rules: [by("AES256")] }),
      cloud(typeV2, { bucket: "blocks", rules: [{ ...by("aws:kms"), bucketKeyEnabled: true }] }),
    ],
    bad: [
      cloud(type, { bucket: "blocks", rules: [] }),
      cloud(type, { bucket: "blocks", rules: [{ bucketKeyEnabled: true }] }),
      cloud(typeV2, { bucket: "blocks", rules: [by("none")] }),
    ],
  },
};
