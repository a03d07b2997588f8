import { externalLabels as names, tenantLabel } from "../../../components/names";
import { prometheusKinds } from "../../kinds";
import { quote, quoteAll, type Rule } from "../../rule";
import { prometheus, sample } from "../../samples";

/** Labels that say whose a series is: of what is scraped, and of what is pushed. */
export const identity = [tenantLabel, "tenant_id"];

/** The operator's own names where none is given. */
const fixed = [
  ["replicaExternalLabelName", names.replica],
  ["prometheusExternalLabelName", names.prometheus],
] as const;

/** CEL: none of the names in the list or map is one of these labels. */
export const isFree = (names: string): string => `${names}.all(name, !(name in ${quoteAll(identity)}))`;

const cluster = { [names.cluster]: "moat" };
const labelled = (labels: object) => prometheus({ externalLabels: { ...cluster, ...labels } });

export const externalLabels: Rule = {
  id: "P11a",
  title: "Labels set on the way out name the Prometheus, never a tenant",
  why: "Thanos puts external labels over those of the series: one called namespace moves the series of all tenants into one tenant's view.",
  severity: "critical",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.CommonPrometheusFields",
    "https://thanos.io/tip/thanos/storage.md/#external-labels",
  ],
  scope: "everywhere",
  on: prometheusKinds,
  validations: [
    {
      expression: isFree("object.?spec.?externalLabels.orValue({})"),
      message: `Leave ${identity.join(" and ")} out of spec.externalLabels.`,
    },
    {
      // Namespaces of two clusters may have one name.
      expression: `object.?spec.?externalLabels[?${quote(names.cluster)}].orValue("") != ""`,
      message: `Give the cluster's name in spec.externalLabels.${names.cluster}.`,
    },
    ...fixed.map(([field, name]) => ({
      expression: `object.?spec.?${field}.orValue(${quote(name)}) == ${quote(name)}`,
      message: `Set spec.${field} to "${name}", or leave it out: Thanos knows copies of a series by it.`,
    })),
  ],
  samples: {
    good: [
      labelled({}),
      labelled({ region: "eu", exported_namespace: "x" }),
      prometheus({
        externalLabels: cluster,
        replicaExternalLabelName: names.replica,
        prometheusExternalLabelName: names.prometheus,
      }),
      sample("monitoring.coreos.com/v1alpha1/PrometheusAgent", { spec: { externalLabels: cluster } }),
    ],
    bad: [
      ...identity.map((name) => labelled({ [name]: "beta" })),
      prometheus({}),
      prometheus({ externalLabels: { [names.cluster]: "" } }),
      ...fixed.flatMap(([field]) => [
        prometheus({ externalLabels: cluster, [field]: tenantLabel }),
        prometheus({ externalLabels: cluster, [field]: "" }),
      ]),
      sample("monitoring.coreos.com/v1alpha1/PrometheusAgent", {
        spec: { externalLabels: { ...cluster, tenant_id: "beta" } },
      }),
    ],
  },
};
