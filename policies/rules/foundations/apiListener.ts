import type { Rule } from "../../rule";
import { cloud } from "../../samples";
import { edgePorts, wide } from "./parts";

const type = "openstack:loadbalancer/listener:Listener";
const listener = (fields: object) =>
  cloud(type, { loadbalancerId: "api", protocol: "TCP", protocolPort: 6443, ...fields });

export const apiListener: Rule = {
  id: "S7b",
  title: "Only the edge's listeners are open to the world",
  why: "A leaked token or a hole in the API server, or whatever else listens there, is of use to anybody anywhere, past every gateway.",
  severity: "high",
  references: ["https://docs.openstack.org/api-ref/load-balancer/v2/#create-listener"],
  scope: "everywhere",
  on: [type],
  variables: { ranges: "object.?allowedCidrs.orValue([])" },
  validations: [
    {
      expression: `object.protocolPort in ${edgePorts}
        || variables.ranges.size() > 0 && !variables.ranges.exists(c, ${wide("c")})`,
      message:
        "Set allowedCidrs to the ranges of those who need the port; only 80 and 443 may be open to all.",
    },
  ],
  samples: {
    good: [
      listener({ allowedCidrs: ["192.0.2.0/24", "10.20.0.0/16"] }),
      listener({ protocol: "TERMINATED_HTTPS", protocolPort: 443 }),
      listener({ protocol: "HTTP", protocolPort: 80 }),
    ],
    bad: [
      listener({}),
      listener({ allowedCidrs: [] }),
      listener({ allowedCidrs: ["192.0.2.0/24", "0.0.0.0/0"] }),
      listener({ protocolPort: 9090, allowedCidrs: ["::/0"] }),
    ],
  },
};
