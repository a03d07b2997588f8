import { tenantLabel } from "../../../components/names";
import type { Rule } from "../../rule";
import { sample } from "../../samples";
import { identity, isFree } from "./externalLabels";

const ruler = (spec: Readonly<Record<string, unknown>>) =>
  sample("monitoring.coreos.com/v1/ThanosRuler", { spec });

export const rulerLabels: Rule = {
  id: "P11d",
  title: "What Thanos Ruler makes keeps its tenant's label",
  why: "A label namespace of the ruler's own moves the results of all tenants' rules into one tenant's view; without it an alert says no longer whose it is.",
  severity: "high",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.ThanosRulerSpec",
  ],
  scope: "everywhere",
  on: ["monitoring.coreos.com/v1/ThanosRuler"],
  validations: [
    {
      expression: isFree("object.?spec.?labels.orValue({})"),
      message: `Leave ${identity.join(" and ")} out of spec.labels.`,
    },
    {
      expression: isFree("object.?spec.?alertDropLabels.orValue([])"),
      message: `Leave ${identity.join(" and ")} out of spec.alertDropLabels.`,
    },
  ],
  samples: {
    good: [ruler({}), ruler({ labels: { region: "eu" }, alertDropLabels: ["thanos_ruler_replica"] })],
    bad: [
      ...identity.map((name) => ruler({ labels: { [name]: "beta" } })),
      ruler({ alertDropLabels: ["thanos_ruler_replica", tenantLabel] }),
    ],
  },
};
