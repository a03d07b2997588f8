import type { Rule } from "../../rule";
import { cloud } from "../../samples";

const type = "openstack:loadbalancer/pool:Pool";
const pool = { protocol: "HTTP", lbMethod: "ROUND_ROBIN" };

export const octaviaPool: Rule = {
  id: "S2e",
  title: "A pool belongs to a load balancer, and listeners name it",
  why: "A pool that names a listener becomes what it serves, even where it is a plain one that should only redirect.",
  severity: "medium",
  references: ["https://docs.openstack.org/api-ref/load-balancer/v2/#create-pool"],
  scope: "everywhere",
  on: [type],
  validations: [
    {
      expression: `object.?listenerId.orValue("") == ""`,
      message: "Set loadbalancerId instead of listenerId, and defaultPoolId of the listener that speaks TLS.",
    },
  ],
  samples: {
    good: [
      cloud(type, { ...pool, loadbalancerId: "edge" }),
      cloud(type, { ...pool, protocol: "TCP", loadbalancerId: "edge", persistence: { type: "SOURCE_IP" } }),
    ],
    bad: [
      cloud(type, { ...pool, listenerId: "http" }),
      cloud(type, { ...pool, listenerId: "https", protocol: "HTTPS" }),
      cloud(type, { ...pool, listenerId: "http", loadbalancerId: "edge" }),
    ],
  },
};
