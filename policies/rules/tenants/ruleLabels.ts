import { ownerLabels } from "../../monitors";
import { type Fields, quoteAll, type Rule } from "../../rule";
import { sample } from "../../samples";

const free = (labels: string): string => `!${labels}.exists(label, label in ${quoteAll(ownerLabels)})`;

const group = (fields: Fields, rule: Fields = {}) =>
  sample("monitoring.coreos.com/v1/PrometheusRule", {
    spec: { groups: [{ name: "g", rules: [{ record: "a:b", expr: "vector(1)", ...rule }], ...fields }] },
  });

export const ruleLabels: Rule = {
  id: "T8b",
  title: "Rules set no label that says whose a series is",
  why: "A recorded series or an alert with another tenant's label shows in that tenant's view, and goes to its people.",
  severity: "critical",
  references: ["https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.Rule"],
  scope: "tenants",
  on: ["monitoring.coreos.com/v1/PrometheusRule"],
  variables: { groups: "object.?spec.?groups.orValue([])" },
  validations: [
    {
      expression: `variables.groups.all(g, ${free("g.?labels.orValue({})")})`,
      message: `Leave ${ownerLabels.join(" and ")} out of the labels of groups.`,
    },
    {
      expression: `variables.groups.all(g, g.?rules.orValue([]).all(r, ${free("r.?labels.orValue({})")}))`,
      message: `Leave ${ownerLabels.join(" and ")} out of the labels of rules.`,
    },
  ],
  samples: {
    good: [
      sample("monitoring.coreos.com/v1/PrometheusRule", { spec: {} }),
      group({}),
      group({ labels: { team: "a" } }, { labels: { severity: "page", source_namespace: "beta" } }),
      group({}, { record: undefined, alert: "A", annotations: { namespace: "beta" } }),
    ],
    bad: [
      group({ labels: { namespace: "beta" } }),
      group({ labels: { tenant_id: "beta" } }),
      group({}, { labels: { namespace: "beta" } }),
      group({}, { labels: { severity: "page", tenant_id: "beta" } }),
      group({}, { record: undefined, alert: "A", labels: { namespace: "{{ $labels.namespace }}" } }),
    ],
  },
};
