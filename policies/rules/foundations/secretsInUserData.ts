import { quote, type Rule } from "../../rule";
import { cloud } from "../../samples";
import { holdsSecret, namesSecret, noSecret } from "./parts";

const aws = "aws:ec2/instance:Instance";
const openstack = "openstack:compute/instance:Instance";

/** Lines of nftables that leave the metadata service to root: for packets of pods, and for those of the machine's own programs. */
const wall = {
  pods: "ip daddr 169.254.0.0/16 drop",
  programs: "ip daddr 169.254.169.254 meta skuid != 0 drop",
} as const;
const secret = "-----BEGIN RSA PRIVATE KEY-----";

export const secretsInUserData: Rule = {
  id: "S3f",
  title: "No secret stands in a machine's user data for others than its root",
  why: "The metadata service hands user data to every process of the machine, and to every pod that reaches it.",
  severity: "high",
  references: [
    "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html",
    "https://docs.openstack.org/nova/latest/user/metadata.html",
  ],
  scope: "everywhere",
  on: [aws, openstack],
  // Of keys that are made with the machine.
  knownLater: ["userData"],
  variables: {
    userData: 'object.?userData.orValue("")',
    walled: `variables.userData.contains(${quote(wall.pods)}) && variables.userData.contains(${quote(wall.programs)})`,
  },
  validations: [
    {
      expression: `!${holdsSecret("variables.userData.lowerAscii()")} || variables.walled`,
      message: `Let the machine fetch the secret with rights of its own; or have nftables keep all but root off the metadata service, in the same userData: \`${wall.pods}\` before routing, \`${wall.programs}\` on output.`,
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
      cloud(openstack, { userData: [secret, wall.pods, wall.programs].join("\n") }),
    ],
    bad: [
      cloud(aws, { userData: "#!/bin/sh\nexport DB_PASSWORD=sample\n" }),
      cloud(openstack, { userData: `write_files:\n- content: |\n    ${secret}\n` }),
      cloud(openstack, { userData: [secret, wall.pods].join("\n") }),
      cloud(openstack, { userData: [secret, wall.programs].join("\n") }),
      cloud(openstack, { adminPass: "sample" }),
      cloud(openstack, { metadata: { join_token: "sample" } }),
    ],
  },
};
