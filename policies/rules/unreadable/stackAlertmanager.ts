import { objectLabels } from "../../../components/names";
import type { Fields, Rule } from "../../rule";
import { matcherStrategy } from "../prometheus/matcherStrategy";
import { pins } from "../prometheus/namespaceSelectors";
import { chart, releaseType } from "./monitoringCharts";
import { isOther, stack } from "./stackReadable";
import { releaseNamespace } from "./stackSettings";

const values = "values.alertmanager.alertmanagerSpec";
const spec = "object.?values.?alertmanager.?alertmanagerSpec";
const isOff = `${isOther} || object.?values.?alertmanager.?enabled.orValue(true) == false`;
const selector = "alertmanagerConfigNamespaceSelector";

const right: Fields = { [selector]: { matchLabels: { [objectLabels.role]: "tenant" } } };
const alertmanager = (alertmanagerSpec: Fields, others: Fields = {}) =>
  stack({ alertmanager: { alertmanagerSpec }, ...others });

export const stackAlertmanager: Rule = {
  id: "R2d",
  title: "Values of kube-prometheus-stack keep tenants' alerts and rules apart",
  why: "By its defaults the chart takes the AlertmanagerConfigs of every namespace, and one line more gives each of them all alerts.",
  severity: "high",
  references: [
    "https://github.com/prometheus-community/helm-charts/blob/main/charts/kube-prometheus-stack/values.yaml",
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.AlertmanagerSpec",
  ],
  scope: "everywhere",
  on: [releaseType],
  variables: { chart, own: releaseNamespace },
  validations: [
    ...matcherStrategy.validations.map(({ expression }) => ({
      expression: `${isOff} || (${expression.replaceAll("object.?spec", spec)})`,
      message: `Set ${values}.alertmanagerConfigMatcherStrategy.type to OnNamespace, or leave it out.`,
    })),
    {
      expression: `${isOff} || ${pins(`${spec}.?${selector}`, "variables.own", ["tenant", "platform"])}`,
      message: `Let ${values}.${selector} match the label ${objectLabels.role}: without it the chart takes every namespace.`,
    },
    {
      expression: `${isOff} || ${spec}.?hostNetwork.orValue(false) == false`,
      message: `Leave ${values}.hostNetwork out.`,
    },
    {
      expression: `${isOther} || object.?values.?thanosRuler.?enabled.orValue(false) == false`,
      message: "Leave values.thanosRuler out, and make a ThanosRuler object, which the rules see.",
    },
  ],
  samples: {
    good: [
      alertmanager(right),
      alertmanager({ ...right, alertmanagerConfigMatcherStrategy: { type: "OnNamespace" } }),
      stack({ alertmanager: { enabled: false }, thanosRuler: { enabled: false } }),
      stack({}, { chart: "traefik" }),
    ],
    bad: [
      stack({}),
      alertmanager({ [selector]: {} }),
      alertmanager({ ...right, alertmanagerConfigMatcherStrategy: { type: "None" } }),
      alertmanager({ ...right, hostNetwork: true }),
      alertmanager(right, { thanosRuler: { enabled: true } }),
    ],
  },
};
