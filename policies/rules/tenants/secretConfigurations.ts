import { prometheusKinds } from "../../kinds";
import type { Rule } from "../../rule";
import { prometheus, sample } from "../../samples";

/** Parts of a configuration that the operator takes from a secret beside the object, unread and unchanged. */
const fields = [
  "additionalScrapeConfigs",
  "additionalAlertRelabelConfigs",
  "additionalAlertManagerConfigs",
  // Of Thanos Ruler.
  "queryConfig",
  "alertmanagersConfig",
  "alertRelabelConfigs",
];
const ofRuler = fields.slice(3);
const secret = { name: "configuration", key: "configuration.yaml" };

export const secretConfigurations: Rule = {
  id: "P8a",
  title: "No configuration is taken from a tenant's secret",
  why: "Jobs in such a secret name any target, any file and any label, as enforcement does not hold for them; who writes the secret writes into every tenant's view.",
  severity: "critical",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PrometheusSpec",
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.ThanosRulerSpec",
  ],
  // The secret is looked for in the object's own namespace, so in the platform's it is the platform's.
  scope: "tenants",
  on: [...prometheusKinds, "monitoring.coreos.com/v1/ThanosRuler"],
  validations: fields.map((field) => ({
    // Each kind has some of the fields only.
    expression: `!dyn(object).?spec.?${field}.hasValue()`,
    message: `Leave spec.${field} out, or put this object into the platform's namespace.`,
  })),
  samples: {
    good: [
      prometheus({}),
      prometheus({ serviceMonitorSelector: {}, thanos: { objectStorageConfig: secret } }),
      sample("monitoring.coreos.com/v1/ThanosRuler", {
        spec: { alertmanagersUrl: ["http://alertmanager:9093"] },
      }),
    ],
    bad: [
      ...fields.slice(0, 3).map((field) => prometheus({ [field]: secret })),
      prometheus({ additionalScrapeConfigs: { ...secret, optional: true } }),
      sample("monitoring.coreos.com/v1alpha1/PrometheusAgent", { spec: { additionalScrapeConfigs: secret } }),
      ...ofRuler.map((field) =>
        sample("monitoring.coreos.com/v1/ThanosRuler", { spec: { [field]: secret } }),
      ),
    ],
  },
};
