import type { Rule } from "../../rule";
import { cloud } from "../../samples";

const type = "aws:ebs/volume:Volume";
const volume = (fields: object) => cloud(type, { availabilityZone: "eu-central-1a", size: 10, ...fields });

export const diskVolumes: Rule = {
  id: "S1l",
  title: "Volumes in AWS are encrypted",
  why: "Samples of all tenants wait on disks until they are in the bucket; a snapshot that is shared by mistake shows them to whoever has it.",
  severity: "medium",
  references: ["https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html"],
  scope: "everywhere",
  on: [type],
  validations: [
    { expression: "object.?encrypted.orValue(false) == true", message: "Set encrypted to true." },
  ],
  samples: {
    good: [volume({ encrypted: true }), volume({ encrypted: true, kmsKeyId: "k" })],
    bad: [volume({}), volume({ encrypted: false })],
  },
};
