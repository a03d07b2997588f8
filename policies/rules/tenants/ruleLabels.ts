import { tenantLabel } from "../../../components/names";
import { ownerLabels } from "../../monitors";
import { type Fields, quote, quoteAll, type Rule } from "../../rule";
import { sample } from "../../samples";

/** The label as the expression gave it, in a template of nothing else. */
const asItIs = "^[{][{]-? *([$]labels|[.]Labels)[.]namespace *-?[}][}]$";

/**
 * No such label but the tenant's own with the value that it gets anyway: the operator confines expressions to the namespace, and writes
 * its name over the label. Charts such as CloudNativePG's say so once more.
 */
const free = (labels: string): string =>
  `(!has(${labels}) || ${labels}.all(label, !(label in ${quoteAll(ownerLabels)})
    || (label == ${quote(tenantLabel)} && (${labels}[label] == namespaceObject.metadata.name
      || ${labels}[label].matches(${quote(asItIs)})))))`;

const message = (of: string): string =>
  `Leave ${ownerLabels.join(" and ")} out of the labels of ${of}. A ${tenantLabel} that says the object's own, or {{ $labels.${tenantLabel} }}, may stay.`;

const group = (fields: Fields, rule: Fields = {}) =>
  sample("monitoring.coreos.com/v1/PrometheusRule", {
    spec: { groups: [{ name: "g", rules: [{ record: "a:b", expr: "vector(1)", ...rule }], ...fields }] },
  });

/** An alert that says where it comes from. */
const own = (namespace: string) =>
  group({}, { record: undefined, alert: "A", labels: { severity: "page", namespace } });

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
      expression: `variables.groups.all(g, ${free("g.labels")})`,
      message: message("groups"),
    },
    {
      expression: `variables.groups.all(g, g.?rules.orValue([]).all(r, ${free("r.labels")}))`,
      message: message("rules"),
    },
  ],
  samples: {
    good: [
      sample("monitoring.coreos.com/v1/PrometheusRule", { spec: {} }),
      group({}),
      group({ labels: { team: "a" } }, { labels: { severity: "page", source_namespace: "beta" } }),
      group({}, { record: undefined, alert: "A", annotations: { namespace: "beta" } }),
      group({ labels: { namespace: "alpha" } }, { labels: { severity: "page", namespace: "alpha" } }),
      ...["{{ $labels.namespace }}", "{{$labels.namespace}}", "{{- .Labels.namespace -}}"].map(own),
    ],
    bad: [
      group({ labels: { namespace: "beta" } }),
      group({ labels: { tenant_id: "beta" } }),
      group({}, { labels: { namespace: "beta" } }),
      group({}, { labels: { severity: "page", tenant_id: "beta" } }),
      // Of another namespace of the tenant's, too: it would not get there.
      group({ labels: { namespace: "alpha-jobs" } }),
      group({}, { labels: { tenant_id: "alpha" } }),
      group({}, { record: undefined, alert: "A", labels: { tenant_id: "{{ $labels.namespace }}" } }),
      ...[
        "{{ $labels.exported_namespace }}",
        "{{ $labels.namespace_of_origin }}",
        "{{ $labels.namespace }}-b",
        "beta{{ $labels.namespace }}",
        "{{ $labels.namespace }}{{ $labels.namespace }}",
        "{{ $labels.namespace | toLower }}",
        '{{ "beta" }}',
        "alpha\n",
        "",
      ].map(own),
    ],
  },
};
