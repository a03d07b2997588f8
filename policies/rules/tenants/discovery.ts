import { podMonitor, serviceMonitor } from "../../monitors";
import type { Rule } from "../../rule";

export const discovery: Rule = {
  id: "T3b",
  title: "Monitors ask for what their Prometheus may look at",
  why: "Prometheus may list the pods, Services and EndpointSlices of tenants and no nodes: a monitor that needs more finds no target at all, and nothing says why.",
  severity: "low",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.AttachMetadata",
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.ServiceDiscoveryRole",
  ],
  scope: "tenants",
  // A Probe has neither field.
  on: ["monitoring.coreos.com/v1/ServiceMonitor", "monitoring.coreos.com/v1/PodMonitor"],
  validations: [
    {
      expression: "dyn(object).?spec.?attachMetadata.?node.orValue(false) == false",
      message:
        "Leave spec.attachMetadata.node out: labels of nodes are not for tenants. The node's name is in __meta_kubernetes_pod_node_name without it.",
    },
    {
      expression: 'dyn(object).?spec.?serviceDiscoveryRole.orValue("EndpointSlice") != "Endpoints"',
      message: "Leave spec.serviceDiscoveryRole out, or set it to EndpointSlice.",
    },
  ],
  samples: {
    good: [
      serviceMonitor({}),
      serviceMonitor({}, { attachMetadata: { node: false }, serviceDiscoveryRole: "EndpointSlice" }),
      podMonitor({}, { attachMetadata: {} }),
    ],
    bad: [
      serviceMonitor({}, { attachMetadata: { node: true } }),
      podMonitor({}, { attachMetadata: { node: true } }),
      serviceMonitor({}, { serviceDiscoveryRole: "Endpoints" }),
    ],
  },
};
