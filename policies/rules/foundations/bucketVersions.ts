import type { Rule } from "../../rule";
import { cloud } from "../../samples";

const type = "aws:s3/bucketVersioning:BucketVersioning";
const typeV2 = "aws:s3/bucketVersioningV2:BucketVersioningV2";
const of = (status: string) => ({ bucket: "blocks", versioningConfiguration: { status } });

export const bucketVersions: Rule = {
  id: "S1f",
  title: "Buckets keep versions",
  why: "Whoever holds a component's key, or a compactor gone wrong, deletes the history of all tenants for good.",
  severity: "medium",
  references: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html"],
  scope: "everywhere",
  on: [type, typeV2],
  validations: [
    {
      expression: `object.?versioningConfiguration.?status.orValue("") == "Enabled"`,
      message:
        'Set versioningConfiguration.status to "Enabled", and let a lifecycle rule expire old versions after some days.',
    },
  ],
  samples: {
    good: [
      cloud(type, of("Enabled")),
      cloud(typeV2, {
        bucket: "blocks",
        versioningConfiguration: { status: "Enabled", mfaDelete: "Disabled" },
      }),
    ],
    bad: [
      cloud(type, of("Suspended")),
      cloud(type, of("Disabled")),
      cloud(typeV2, { bucket: "blocks", versioningConfiguration: {} }),
    ],
  },
};
