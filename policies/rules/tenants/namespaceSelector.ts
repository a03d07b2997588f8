import { monitorKinds } from "../../kinds";
import { podMonitor, probe, serviceMonitor } from "../../monitors";
import type { Rule } from "../../rule";

const ingress = (namespaceSelector: object) =>
  probe({ targets: { ingress: { selector: {}, namespaceSelector } } });

export const namespaceSelector: Rule = {
  id: "T3",
  title: "Monitors find targets in their own namespace",
  why: "A monitor that selects other namespaces scrapes another tenant's programs into the own view.",
  severity: "critical",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.NamespaceSelector",
  ],
  scope: "tenants",
  on: monitorKinds,
  variables: {
    selectors: `[dyn(object).?spec.?namespaceSelector.orValue({}),
      dyn(object).?spec.?targets.?ingress.?namespaceSelector.orValue({})]`,
  },
  validations: [
    {
      expression: "variables.selectors.all(s, s.?any.orValue(false) == false)",
      message: "Leave namespaceSelector.any out: a monitor finds targets in its own namespace.",
    },
    {
      // Prometheus ignores these selectors: with another namespace of the tenant's the monitor would find nothing, and nobody would say so.
      expression:
        "variables.selectors.all(s, s.?matchNames.orValue([]).all(n, n == namespaceObject.metadata.name))",
      message:
        "Leave namespaceSelector.matchNames out, and put the monitor into the namespace of its targets, one into each: it finds them in its own namespace alone.",
    },
  ],
  samples: {
    good: [
      serviceMonitor({}),
      serviceMonitor({}, { namespaceSelector: { any: false } }),
      serviceMonitor({}, { namespaceSelector: { matchNames: ["alpha"] } }),
      podMonitor({}, { namespaceSelector: { matchNames: [] } }),
      probe({}),
    ],
    bad: [
      serviceMonitor({}, { namespaceSelector: { any: true } }),
      serviceMonitor({}, { namespaceSelector: { matchNames: ["alpha", "beta"] } }),
      serviceMonitor({}, { namespaceSelector: { matchNames: ["alpha-jobs"] } }),
      podMonitor({}, { namespaceSelector: { any: true } }),
      podMonitor({}, { namespaceSelector: { matchNames: ["alpha,alpha-jobs"] } }),
      ingress({ matchNames: ["beta"] }),
      ingress({ any: true }),
    ],
  },
};
