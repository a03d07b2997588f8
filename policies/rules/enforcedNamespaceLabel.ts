import { tenantLabel } from "../../components/names";
import { at, prometheus, prometheusKinds, type Rule } from "../rule";

export const enforcedNamespaceLabel: Rule = {
  id: "P1",
  title: "Prometheus sets the tenant's label itself",
  why: "Without it a target or a relabeling forges the label and writes its series into another tenant's view.",
  severity: "critical",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.CommonPrometheusFields",
  ],
  message: `Set spec.enforcedNamespaceLabel to "${tenantLabel}", the label that the read gateway puts into every query.`,
  kinds: prometheusKinds,
  check: (object) => {
    const label = at(object, "spec", "enforcedNamespaceLabel");
    if (label === undefined || label === "") return ["spec.enforcedNamespaceLabel is not set"];
    return label === tenantLabel ? [] : [`spec.enforcedNamespaceLabel is "${String(label)}"`];
  },
  samples: {
    good: [prometheus({ enforcedNamespaceLabel: tenantLabel })],
    bad: [
      prometheus({}),
      prometheus({ enforcedNamespaceLabel: "" }),
      prometheus({ enforcedNamespaceLabel: "tenant" }),
      { apiVersion: "monitoring.coreos.com/v1", kind: "Prometheus" },
      { apiVersion: "monitoring.coreos.com/v1alpha1", kind: "PrometheusAgent", spec: {} },
    ],
  },
};
