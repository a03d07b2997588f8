import type { Rule } from "../../rule";
import { sample } from "../../samples";

const alertmanager = (spec: Readonly<Record<string, unknown>>) =>
  sample("monitoring.coreos.com/v1/Alertmanager", { spec });
const strategy = (type: string) => alertmanager({ alertmanagerConfigMatcherStrategy: { type } });

export const matcherStrategy: Rule = {
  id: "P13",
  title: "A tenant's routes see that tenant's alerts alone",
  why: "Without the matcher an AlertmanagerConfig sends all tenants' alerts to its own receiver, and its inhibitions silence them.",
  severity: "critical",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.AlertmanagerConfigMatcherStrategy",
  ],
  scope: "everywhere",
  on: ["monitoring.coreos.com/v1/Alertmanager"],
  validations: [
    {
      // The exception is for the namespace of the Alertmanager, which is the platform's.
      expression: `object.?spec.?alertmanagerConfigMatcherStrategy.?type.orValue("OnNamespace")
        in ["OnNamespace", "OnNamespaceExceptForAlertmanagerNamespace"]`,
      message: "Set spec.alertmanagerConfigMatcherStrategy.type to OnNamespace, or leave it out.",
    },
  ],
  samples: {
    good: [
      alertmanager({}),
      alertmanager({ alertmanagerConfigMatcherStrategy: {} }),
      strategy("OnNamespace"),
      strategy("OnNamespaceExceptForAlertmanagerNamespace"),
    ],
    bad: [
      strategy("None"),
      alertmanager({ alertmanagerConfigSelector: {}, alertmanagerConfigMatcherStrategy: { type: "None" } }),
    ],
  },
};
