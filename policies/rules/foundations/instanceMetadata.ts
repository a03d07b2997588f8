import type { Rule } from "../../rule";
import { cloud } from "../../samples";
import { names } from "./parts";

const instance = "aws:ec2/instance:Instance";
const template = "aws:ec2/launchTemplate:LaunchTemplate";
const closed = { httpTokens: "required", httpPutResponseHopLimit: 1 };
const options = (metadataOptions: object) => ({ metadataOptions });

export const instanceMetadata: Rule = {
  id: "S4b",
  title: "The metadata service of EC2 answers the machine alone",
  why: "A pod, or a request that a program is tricked into, gets the machine's credentials unless a token is asked for and stops at the first hop.",
  severity: "critical",
  references: [
    "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html",
    "https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html",
  ],
  scope: "everywhere",
  on: [instance, template],
  variables: {
    options: "object.?metadataOptions.orValue({})",
    off: `variables.options.?httpEndpoint.orValue("enabled") == "disabled"`,
    // What a machine of a template does not say itself, the template says.
    byTemplate: `${names("launchTemplate")} && !${names("metadataOptions")}`,
  },
  validations: [
    {
      expression: `variables.byTemplate || variables.off || variables.options.?httpTokens.orValue("optional") == "required"`,
      message: 'Set metadataOptions.httpTokens to "required".',
    },
    {
      expression: `variables.byTemplate || variables.off || variables.options.?httpPutResponseHopLimit.orValue(2) == 1`,
      message: "Set metadataOptions.httpPutResponseHopLimit to 1.",
    },
  ],
  samples: {
    good: [
      cloud(instance, options(closed)),
      cloud(template, options(closed)),
      cloud(template, options({ httpEndpoint: "disabled" })),
      cloud(instance, { launchTemplate: { id: "lt-1" } }),
    ],
    bad: [
      cloud(instance, { ami: "ami-1" }),
      cloud(instance, options({ ...closed, httpTokens: "optional" })),
      cloud(template, options({ ...closed, httpTokens: undefined })),
      cloud(template, options({ ...closed, httpPutResponseHopLimit: 2 })),
      cloud(instance, {
        launchTemplate: { id: "lt-1" },
        ...options({ ...closed, httpPutResponseHopLimit: 64 }),
      }),
    ],
  },
};
