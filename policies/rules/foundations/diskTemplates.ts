import type { Rule } from "../../rule";
import { cloud } from "../../samples";

const type = "aws:ec2/launchTemplate:LaunchTemplate";
const template = (...ebs: readonly object[]) =>
  cloud(type, { blockDeviceMappings: ebs.map((fields, i) => ({ deviceName: `/dev/xvd${i}`, ebs: fields })) });

export const diskTemplates: Rule = {
  id: "S1m",
  title: "Disks of machines from a launch template are encrypted",
  why: "Logs and scratch files of all programs, and tokens of their pods, lie on nodes' disks; a snapshot of one shows them to whoever has it.",
  severity: "medium",
  references: [
    "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html",
    "https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html",
  ],
  scope: "everywhere",
  on: [type],
  variables: { disks: "object.?blockDeviceMappings.orValue([])" },
  validations: [
    {
      // A template that names no disk leaves them to the image, and images' disks are plain.
      expression: `variables.disks.size() > 0 && variables.disks.all(d, d.?ebs.?encrypted.orValue("false") == "true")`,
      message: 'Name every disk in blockDeviceMappings, with ebs.encrypted "true".',
    },
  ],
  samples: {
    good: [template({ encrypted: "true" }), template({ encrypted: "true" }, { encrypted: "true" })],
    bad: [
      template(),
      template({ volumeSize: 20 }),
      template({ encrypted: "true" }, { encrypted: "false" }),
      cloud(type, { instanceType: "m7i.large" }),
      cloud(type, { blockDeviceMappings: [{ deviceName: "/dev/xvda" }] }),
    ],
  },
};
