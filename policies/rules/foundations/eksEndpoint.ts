import type { Rule } from "../../rule";
import { cloud } from "../../samples";
import { wide } from "./parts";

const type = "aws:eks/cluster:Cluster";
const cluster = (vpcConfig: object) => cloud(type, { roleArn: "r", vpcConfig });

export const eksEndpoint: Rule = {
  id: "S7a",
  title: "The API of an EKS cluster is not open to the world",
  why: "A leaked token or a hole in the API server is of use to anybody anywhere, past every gateway.",
  severity: "high",
  references: ["https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html"],
  scope: "everywhere",
  on: [type],
  variables: { ranges: "object.vpcConfig.?publicAccessCidrs.orValue([])" },
  validations: [
    {
      expression: `object.vpcConfig.?endpointPublicAccess.orValue(true) == false
        || variables.ranges.size() > 0 && !variables.ranges.exists(c, ${wide("c")})`,
      message:
        "Set vpcConfig.endpointPublicAccess to false, or publicAccessCidrs to the ranges of those who need it.",
    },
  ],
  samples: {
    good: [
      cluster({ endpointPublicAccess: false, endpointPrivateAccess: true }),
      cluster({ endpointPublicAccess: true, publicAccessCidrs: ["192.0.2.0/24"] }),
    ],
    bad: [
      cluster({ subnetIds: ["s"] }),
      cluster({ endpointPublicAccess: true }),
      cluster({ publicAccessCidrs: [] }),
      cluster({ publicAccessCidrs: ["192.0.2.0/24", "0.0.0.0/0"] }),
      cluster({ publicAccessCidrs: ["0.0.0.0/1", "128.0.0.0/1"] }),
    ],
  },
};
