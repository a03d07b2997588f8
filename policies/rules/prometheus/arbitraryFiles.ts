import { prometheusKinds } from "../../kinds";
import type { Rule } from "../../rule";
import { prometheus, sample } from "../../samples";

export const arbitraryFiles: Rule = {
  id: "P5",
  title: "No monitor reads a file of Prometheus",
  why: "A monitor names the service account's token as its bearer token, and its target receives the right to find every tenant's targets.",
  severity: "critical",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.ArbitraryFSAccessThroughSMsConfig",
  ],
  scope: "everywhere",
  on: prometheusKinds,
  validations: [
    {
      expression: "object.?spec.?arbitraryFSAccessThroughSMs.?deny.orValue(false) == true",
      message: "Set spec.arbitraryFSAccessThroughSMs.deny to true.",
    },
  ],
  samples: {
    good: [
      prometheus({ arbitraryFSAccessThroughSMs: { deny: true } }),
      sample("monitoring.coreos.com/v1alpha1/PrometheusAgent", {
        spec: { arbitraryFSAccessThroughSMs: { deny: true } },
      }),
    ],
    bad: [
      prometheus({}),
      prometheus({ arbitraryFSAccessThroughSMs: {} }),
      prometheus({ arbitraryFSAccessThroughSMs: { deny: false } }),
      sample("monitoring.coreos.com/v1alpha1/PrometheusAgent", { spec: {} }),
    ],
  },
};
