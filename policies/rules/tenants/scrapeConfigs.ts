import type { Fields, Rule, Sample } from "../../rule";
import { sample } from "../../samples";

const scrapeConfig = (spec: Fields): Sample =>
  sample("monitoring.coreos.com/v1alpha1/ScrapeConfig", { spec });

export const scrapeConfigs: Rule = {
  id: "T6",
  title: "Tenants have no ScrapeConfig",
  why: "A ScrapeConfig names any address and any file, so it scrapes every tenant's programs and the platform's.",
  severity: "critical",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1alpha1.ScrapeConfig",
  ],
  scope: "tenants",
  on: ["monitoring.coreos.com/v1alpha1/ScrapeConfig"],
  validations: [
    {
      expression: "size(dyn(object).?spec.orValue({})) == 0",
      message: "Use a ServiceMonitor, a PodMonitor or a Probe instead.",
    },
  ],
  samples: {
    // It scrapes nothing.
    good: [scrapeConfig({})],
    bad: [
      scrapeConfig({ staticConfigs: [{ targets: ["sample-app.alpha.svc:9100"] }] }),
      scrapeConfig({ staticConfigs: [{ targets: ["sample-app.beta.svc:9100"] }] }),
      scrapeConfig({ fileSDConfigs: [{ files: ["/etc/prometheus/targets.json"] }] }),
      scrapeConfig({ jobName: "sample" }),
    ],
  },
};
