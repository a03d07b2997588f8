import type { Rule } from "../../rule";
import { prometheus } from "../../samples";

export const prometheusQueryCost: Rule = {
  id: "Q8b",
  title: "Prometheus keeps its limits of queries",
  why: "Without them one query loads every tenant's samples at once and ends the Prometheus that all share.",
  severity: "medium",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.QuerySpec",
    "https://prometheus.io/docs/prometheus/latest/command-line/prometheus/",
  ],
  scope: "everywhere",
  on: ["monitoring.coreos.com/v1/Prometheus"],
  validations: [
    {
      expression: "object.?spec.?query.?maxSamples.orValue(50000000) <= 50000000",
      message: "Leave spec.query.maxSamples out, or set it to 50000000, Prometheus's default, or less.",
    },
    {
      expression: "object.?spec.?query.?maxConcurrency.orValue(20) <= 100",
      message: "Leave spec.query.maxConcurrency out, which means 20, or set it to 100 or less.",
    },
    {
      expression:
        'object.?spec.?query.?timeout.orValue("2m").matches("^([0-9]+ms|[1-9][0-9]*s|[1-9]m|10m)$")',
      message: "Leave spec.query.timeout out, which means 2m, or set it to 10m or less.",
    },
  ],
  samples: {
    good: [
      prometheus({}),
      prometheus({ query: { maxSamples: 10_000_000, maxConcurrency: 10, timeout: "90s" } }),
      prometheus({ query: { lookbackDelta: "5m" } }),
    ],
    bad: [
      prometheus({ query: { maxSamples: 500_000_000 } }),
      prometheus({ query: { maxConcurrency: 5000 } }),
      prometheus({ query: { timeout: "1h" } }),
      prometheus({ query: { timeout: "15m" } }),
    ],
  },
};
