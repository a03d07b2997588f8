import { tenantLabel } from "../../../components/names";
import { prometheusKinds } from "../../kinds";
import { quote, type Rule } from "../../rule";
import { prometheus, sample } from "../../samples";

export const enforcedNamespaceLabel: Rule = {
  id: "P1",
  title: "Prometheus sets the tenant's label itself",
  why: "Without it a target or a relabeling forges the label and writes its series into another tenant's view.",
  severity: "critical",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.CommonPrometheusFields",
  ],
  scope: "everywhere",
  on: prometheusKinds,
  validations: [
    {
      expression: `object.?spec.?enforcedNamespaceLabel.orValue("") == ${quote(tenantLabel)}`,
      message: `Set spec.enforcedNamespaceLabel to "${tenantLabel}", the label that the read gateway puts into every query.`,
    },
  ],
  samples: {
    good: [prometheus({ enforcedNamespaceLabel: tenantLabel })],
    bad: [
      prometheus({}),
      prometheus({ enforcedNamespaceLabel: "" }),
      prometheus({ enforcedNamespaceLabel: "tenant" }),
      sample("monitoring.coreos.com/v1alpha1/PrometheusAgent", { spec: {} }),
    ],
  },
};
