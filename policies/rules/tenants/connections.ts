import type { Kind } from "../../kinds";
import { quoteAll, type Rule } from "../../rule";
import { sample } from "../../samples";

/** Ask the container runtime for the pod itself. */
const byPod = [
  "v1/PodAttachOptions",
  "v1/PodExecOptions",
  "v1/PodPortForwardOptions",
] as const satisfies readonly Kind[];

/** Ask the address in the pod's status. */
const byAddress = ["v1/PodProxyOptions", "v1/ServiceProxyOptions"] as const satisfies readonly Kind[];

export const connections: Rule = {
  id: "T13a",
  title: "Nobody goes through the API server to an address",
  why: "A pod that has ended keeps its address in its status after somebody else's pod got it: pods/proxy goes there from inside the control plane, past every wall.",
  severity: "critical",
  references: [
    "https://kubernetes.io/docs/tasks/access-application-cluster/access-cluster-services/#manually-constructing-apiserver-proxy-urls",
    "https://kubernetes.io/docs/tasks/access-application-cluster/port-forward-access-application-cluster/",
  ],
  scope: "tenants",
  platformMay: true,
  judges: "connections",
  on: [...byPod, ...byAddress],
  validations: [
    {
      expression: `!(object.kind in ${quoteAll(byAddress.map((kind) => kind.slice(3)))})`,
      message: "Use kubectl port-forward, which goes to the pod itself, instead of the proxy.",
    },
  ],
  samples: {
    good: byPod.map((kind) => sample(kind, {})),
    bad: byAddress.map((kind) => sample(kind, { path: "metrics" })),
  },
};
