import { prometheusKinds } from "../../kinds";
import type { Rule } from "../../rule";
import { prometheus } from "../../samples";

export const overrideHonorLabels: Rule = {
  id: "P2",
  title: "Labels of a target never win over Prometheus's own",
  why: "A monitor with honorLabels lets its target choose job and instance, and with them pose as somebody else's program.",
  severity: "critical",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.CommonPrometheusFields",
    "https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config",
  ],
  scope: "everywhere",
  on: prometheusKinds,
  validations: [
    {
      expression: "object.?spec.?overrideHonorLabels.orValue(false) == true",
      message: "Set spec.overrideHonorLabels to true.",
    },
  ],
  samples: {
    good: [prometheus({ overrideHonorLabels: true })],
    bad: [prometheus({}), prometheus({ overrideHonorLabels: false })],
  },
};
