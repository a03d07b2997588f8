import type { Rule } from "../../rule";
import { prometheus } from "../../samples";

const alertmanager = { name: "alertmanager", port: "web" };
const alerting = (...alertmanagers: object[]) => prometheus({ alerting: { alertmanagers } });

export const alertReceivers: Rule = {
  id: "P8c",
  title: "Alerts go to Alertmanagers beside Prometheus",
  why: "Alerts of all tenants go to a Service in one tenant's namespace, whose owner reads them.",
  severity: "high",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.AlertmanagerEndpoints",
  ],
  scope: "everywhere",
  on: ["monitoring.coreos.com/v1/Prometheus"],
  variables: { own: 'object.?metadata.?namespace.orValue("default")' },
  validations: [
    {
      expression: `object.?spec.?alerting.?alertmanagers.orValue([]).all(a,
        a.?namespace.orValue(variables.own) == variables.own)`,
      message:
        "Leave namespace out of spec.alerting.alertmanagers: the Alertmanager then stands beside this Prometheus.",
    },
  ],
  samples: {
    good: [
      prometheus({}),
      prometheus({ alerting: { alertmanagers: [] } }),
      alerting(alertmanager, { ...alertmanager, namespace: "alpha" }),
    ],
    bad: [
      alerting({ ...alertmanager, namespace: "beta" }),
      alerting(alertmanager, { ...alertmanager, namespace: "beta" }),
      alerting({ ...alertmanager, port: 9093, namespace: "default" }),
    ],
  },
};
