import { prometheusKinds } from "../../kinds";
import type { Rule } from "../../rule";
import { prometheus, sample } from "../../samples";

const selectors = ["serviceMonitorSelector", "podMonitorSelector", "probeSelector", "scrapeConfigSelector"];

export const managedConfiguration: Rule = {
  id: "P8b",
  title: "The operator writes the configuration",
  why: "A Prometheus without any selector runs whatever stands in a secret: none of its settings for isolation has an effect.",
  severity: "high",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.CommonPrometheusFields",
  ],
  scope: "everywhere",
  on: prometheusKinds,
  validations: [
    {
      expression: selectors.map((field) => `object.?spec.?${field}.hasValue()`).join(" || "),
      message: `Set one of ${selectors.map((field) => `spec.${field}`).join(", ")}; {} takes all of the namespaces selected.`,
    },
  ],
  samples: {
    good: [
      prometheus({ serviceMonitorSelector: {} }),
      prometheus({ probeSelector: { matchLabels: { team: "a" } } }),
      sample("monitoring.coreos.com/v1alpha1/PrometheusAgent", { spec: { podMonitorSelector: {} } }),
    ],
    bad: [
      prometheus({}),
      // Selectors of namespaces and rules do not count.
      prometheus({ serviceMonitorNamespaceSelector: {}, ruleSelector: {} }),
      sample("monitoring.coreos.com/v1alpha1/PrometheusAgent", { spec: {} }),
    ],
  },
};
