import { objectLabels } from "../../../components/names";
import { prometheusKinds } from "../../kinds";
import { quote, quoteAll, type Rule } from "../../rule";
import { prometheus, sample } from "../../samples";

/** Every namespace carries its name in it; the API server sees to that. */
const nameLabel = "kubernetes.io/metadata.name";

/**
 * CEL: the selector of namespaces, which may be missing, pins one of the roles or the namespace `own`. All parts of a selector must
 * hold, so one that pins is enough.
 */
export function pins(selector: string, own: string, roles: readonly ("tenant" | "platform")[]): string {
  const label = (key: string) => `${selector}.?matchLabels[?${quote(key)}]`;
  return `(${[
    `${label(objectLabels.role)}.orValue("") in ${quoteAll(roles)}`,
    `${label(nameLabel)}.orValue("") == ${own}`,
    ...(roles.includes("tenant") ? [`${label(objectLabels.tenant)}.orValue("") != ""`] : []),
    `${selector}.?matchExpressions.orValue([]).exists(e, e.operator == "In" && e.key == ${quote(objectLabels.role)} && e.?values.orValue([]).all(v, v in ${quoteAll(roles)}))`,
    `${selector}.?matchExpressions.orValue([]).exists(e, e.operator == "In" && e.key == ${quote(nameLabel)} && e.?values.orValue([]).all(v, v == ${own}))`,
  ].join("\n || ")})`;
}

const ofPrometheus = [
  "serviceMonitorNamespaceSelector",
  "podMonitorNamespaceSelector",
  "probeNamespaceSelector",
  "ruleNamespaceSelector",
];
const ofAlertmanager = "alertmanagerConfigNamespaceSelector";

const role = (value: string) => ({ matchLabels: { [objectLabels.role]: value } });
const oneOf = (key: string, ...values: string[]) => ({ matchExpressions: [{ key, operator: "In", values }] });
const probes = (probeNamespaceSelector: object) => prometheus({ probeNamespaceSelector });

export const namespaceSelectors: Rule = {
  id: "P10",
  title: "Selectors of namespaces name tenants, or the platform",
  why: "With {} the monitors and rules of every namespace count, also of those that no tenant owns and that nothing limits.",
  severity: "high",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.CommonPrometheusFields",
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.AlertmanagerSpec",
    "https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name",
  ],
  scope: "everywhere",
  on: [...prometheusKinds, "monitoring.coreos.com/v1/ThanosRuler", "monitoring.coreos.com/v1/Alertmanager"],
  variables: { own: 'object.?metadata.?namespace.orValue("default")' },
  // Without the selector only the object's own namespace counts.
  validations: [...ofPrometheus, ofAlertmanager].map((field) => ({
    expression: `!object.?spec.?${field}.hasValue() || ${pins(`object.?spec.?${field}`, "variables.own", ["tenant", "platform"])}`,
    message: `Let spec.${field} match the label ${objectLabels.role} with "tenant" or "platform", or leave it out for this namespace only.`,
  })),
  samples: {
    good: [
      prometheus({}),
      ...ofPrometheus.map((field) => prometheus({ [field]: role("tenant") })),
      probes(role("platform")),
      probes({ matchLabels: { [nameLabel]: "alpha" } }),
      probes({ matchLabels: { [objectLabels.tenant]: "alpha" } }),
      probes(oneOf(objectLabels.role, "tenant", "platform")),
      probes({ ...role("tenant"), matchExpressions: [{ key: "paused", operator: "DoesNotExist" }] }),
      probes(oneOf(nameLabel, "alpha")),
      sample("monitoring.coreos.com/v1/Alertmanager", { spec: { [ofAlertmanager]: role("tenant") } }),
    ],
    bad: [
      ...ofPrometheus.map((field) => prometheus({ [field]: {} })),
      sample("monitoring.coreos.com/v1/Alertmanager", { spec: { [ofAlertmanager]: {} } }),
      sample("monitoring.coreos.com/v1/ThanosRuler", { spec: { ruleNamespaceSelector: {} } }),
      sample("monitoring.coreos.com/v1alpha1/PrometheusAgent", { spec: { podMonitorNamespaceSelector: {} } }),
      probes({ matchLabels: {}, matchExpressions: [] }),
      probes(role("")),
      probes({ matchLabels: { team: "a" } }),
      probes({ matchLabels: { [nameLabel]: "beta" } }),
      probes(oneOf(objectLabels.role, "tenant", "system")),
      probes({ matchExpressions: [{ key: objectLabels.role, operator: "Exists" }] }),
      probes({ matchExpressions: [{ key: objectLabels.role, operator: "NotIn", values: ["tenant"] }] }),
    ],
  },
};
