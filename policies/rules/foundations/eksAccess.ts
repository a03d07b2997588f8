import type { Rule } from "../../rule";
import { cloud } from "../../samples";

const type = "aws:eks/cluster:Cluster";
const cluster = (accessConfig?: object) => cloud(type, { roleArn: "r", vpcConfig: {}, accessConfig });

export const eksAccess: Rule = {
  id: "S7e",
  title: "Who administrates an EKS cluster is said by access entries alone",
  why: "Who may edit the ConfigMap aws-auth makes himself an administrator, and who once made the cluster is one for ever, seen in no list.",
  severity: "high",
  references: ["https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html"],
  scope: "everywhere",
  on: [type],
  validations: [
    {
      expression: `object.?accessConfig.?authenticationMode.orValue("CONFIG_MAP") == "API"`,
      message: "Set accessConfig.authenticationMode to API, and make an AccessEntry for each administrator.",
    },
    {
      expression: "object.?accessConfig.?bootstrapClusterCreatorAdminPermissions.orValue(true) == false",
      message:
        "Set accessConfig.bootstrapClusterCreatorAdminPermissions to false, and make an AccessEntry for who runs Pulumi.",
    },
  ],
  samples: {
    good: [cluster({ authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false })],
    bad: [
      cluster(),
      cluster({ authenticationMode: "API" }),
      cluster({ authenticationMode: "API_AND_CONFIG_MAP", bootstrapClusterCreatorAdminPermissions: false }),
      cluster({ authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: true }),
    ],
  },
};
