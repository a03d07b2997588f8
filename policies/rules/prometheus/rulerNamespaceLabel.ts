import { tenantLabel } from "../../../components/names";
import { quote, type Rule } from "../../rule";
import { sample } from "../../samples";

const ruler = (spec: Readonly<Record<string, unknown>>) =>
  sample("monitoring.coreos.com/v1/ThanosRuler", { spec });

export const rulerNamespaceLabel: Rule = {
  id: "P1b",
  title: "Thanos Ruler puts the tenant's label into every rule",
  why: "A ruler asks all of Thanos: without it a tenant's rule reads every tenant's series, and gives its results another tenant's label.",
  severity: "critical",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.ThanosRulerSpec",
  ],
  scope: "everywhere",
  on: ["monitoring.coreos.com/v1/ThanosRuler"],
  validations: [
    {
      expression: `object.?spec.?enforcedNamespaceLabel.orValue("") == ${quote(tenantLabel)}`,
      message: `Set spec.enforcedNamespaceLabel to "${tenantLabel}", the label that the read gateway puts into every query.`,
    },
  ],
  samples: {
    good: [
      ruler({ enforcedNamespaceLabel: tenantLabel }),
      ruler({ enforcedNamespaceLabel: tenantLabel, ruleSelector: {} }),
    ],
    bad: [ruler({}), ruler({ enforcedNamespaceLabel: "" }), ruler({ enforcedNamespaceLabel: "tenant" })],
  },
};
