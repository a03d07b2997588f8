import { prometheusKinds } from "../../kinds";
import type { Rule } from "../../rule";
import { prometheus, sample } from "../../samples";

export const overrideHonorTimestamps: Rule = {
  id: "P3",
  title: "Times of a target never win over Prometheus's own",
  why: "A target that dates its samples itself decides what counts as the present: old samples hide an outage, those minutes ahead keep the true ones out.",
  severity: "medium",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.CommonPrometheusFields",
    "https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config",
  ],
  scope: "everywhere",
  on: prometheusKinds,
  validations: [
    {
      expression: "object.?spec.?overrideHonorTimestamps.orValue(false) == true",
      message: "Set spec.overrideHonorTimestamps to true.",
    },
  ],
  samples: {
    good: [
      prometheus({ overrideHonorTimestamps: true }),
      sample("monitoring.coreos.com/v1alpha1/PrometheusAgent", { spec: { overrideHonorTimestamps: true } }),
    ],
    bad: [
      prometheus({}),
      prometheus({ overrideHonorTimestamps: false }),
      sample("monitoring.coreos.com/v1alpha1/PrometheusAgent", { spec: {} }),
    ],
  },
};
