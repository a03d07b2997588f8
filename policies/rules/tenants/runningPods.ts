import { podMonitor, serviceMonitor } from "../../monitors";
import type { Rule } from "../../rule";

export const runningPods: Rule = {
  id: "T3c",
  title: "Monitors find running pods",
  why: "A pod that has ended keeps its address in its status after somebody else's pod got it: a monitor of ended pods scrapes other tenants and the platform.",
  severity: "critical",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PodMetricsEndpoint",
    "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase",
  ],
  scope: "tenants",
  // A Probe has no such field.
  on: ["monitoring.coreos.com/v1/ServiceMonitor", "monitoring.coreos.com/v1/PodMonitor"],
  variables: {
    endpoints:
      "dyn(object).?spec.?endpoints.orValue([]) + dyn(object).?spec.?podMetricsEndpoints.orValue([])",
  },
  validations: [
    {
      expression: "variables.endpoints.all(e, e.?filterRunning.orValue(true) == true)",
      message: "Leave filterRunning out: pods that have ended are not scraped.",
    },
  ],
  samples: {
    good: [serviceMonitor({}), podMonitor({}), podMonitor({ filterRunning: true })],
    bad: [podMonitor({ filterRunning: false }), serviceMonitor({ filterRunning: false })],
  },
};
