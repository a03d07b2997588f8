import { prometheusKinds } from "../../kinds";
import type { Rule } from "../../rule";
import { prometheus, sample } from "../../samples";

export const ignoreNamespaceSelectors: Rule = {
  id: "P4",
  title: "A monitor finds targets in its own namespace only",
  why: "A monitor of tenant A names the namespace of tenant B, and B's targets are scraped into A's view.",
  severity: "critical",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.CommonPrometheusFields",
  ],
  scope: "everywhere",
  on: prometheusKinds,
  validations: [
    {
      expression: "object.?spec.?ignoreNamespaceSelectors.orValue(false) == true",
      message: "Set spec.ignoreNamespaceSelectors to true.",
    },
  ],
  samples: {
    good: [
      prometheus({ ignoreNamespaceSelectors: true }),
      sample("monitoring.coreos.com/v1alpha1/PrometheusAgent", { spec: { ignoreNamespaceSelectors: true } }),
    ],
    bad: [
      prometheus({}),
      prometheus({ ignoreNamespaceSelectors: false }),
      sample("monitoring.coreos.com/v1alpha1/PrometheusAgent", { spec: {} }),
    ],
  },
};
