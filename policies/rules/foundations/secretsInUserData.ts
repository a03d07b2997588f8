import type { Rule } from "../../rule";
import { cloud } from "../../samples";
import { holdsSecret, namesSecret, noSecret } from "./parts";

const aws = "aws:ec2/instance:Instance";
const openstack = "openstack:compute/instance:Instance";

export const secretsInUserData: Rule = {
  id: "S3f",
  title: "No secret stands in a machine's user data",
  why: "The metadata service hands user data to every process of the machine, and to every pod that reaches it.",
  severity: "high",
  references: [
    "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html",
    "https://docs.openstack.org/nova/latest/user/metadata.html",
  ],
  scope: "everywhere",
  on: [aws, openstack],
  validations: [
    {
      expression: `!${holdsSecret('object.?userData.orValue("").lowerAscii()')}`,
      message: "Let the machine fetch the secret with rights of its own instead of writing it into userData.",
    },
    {
      expression: `object.?adminPass.orValue("") == "" && object.?metadata.orValue({}).all(key,
        !${namesSecret("key.lowerAscii()")} || ${noSecret("object.metadata[key]")})`,
      message: "Leave adminPass and secrets in metadata out; machines are entered by keys.",
    },
  ],
  samples: {
    good: [
      cloud(aws, { userData: "#!/bin/sh\nsystemctl enable --now node\n" }),
      cloud(openstack, { userData: "#cloud-config\nssh_pwauth: false\n", metadata: { role: "node" } }),
      cloud(openstack, { name: "node" }),
    ],
    bad: [
      cloud(aws, { userData: "#!/bin/sh\nexport DB_PASSWORD=sample\n" }),
      cloud(openstack, { userData: "write_files:\n- content: |\n    -----BEGIN RSA PRIVATE KEY-----\n" }),
      cloud(openstack, { adminPass: "sample" }),
      cloud(openstack, { metadata: { join_token: "sample" } }),
    ],
  },
};
