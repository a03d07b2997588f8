import type { Fields, Rule } from "../../rule";
import { sample } from "../../samples";
import { isLongEnough, shortestInterval } from "../../tenants";

/** Together a thousand rules, which the API server still reads through in time. */
const mostGroups = 20;
const mostRules = 50;

const rule = { record: "a:b", expr: "vector(1)" };
const groups = (count: number, fields: Fields = {}, rules = 1) =>
  sample("monitoring.coreos.com/v1/PrometheusRule", {
    spec: {
      groups: Array.from({ length: count }, (_, i) => ({
        name: `g${i}`,
        rules: Array.from({ length: rules }, () => rule),
        ...fields,
      })),
    },
  });

export const ruleBounds: Rule = {
  id: "T8c",
  title: "Rules are few and not too frequent, and answer in full or not at all",
  why: "Endless rules take the time in which the other tenants' rules are evaluated; a partial answer hides what an alert is about.",
  severity: "medium",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.RuleGroup",
    "https://thanos.io/tip/components/rule.md/#partial-response",
  ],
  scope: "tenants",
  on: ["monitoring.coreos.com/v1/PrometheusRule"],
  variables: { groups: "object.?spec.?groups.orValue([])" },
  validations: [
    {
      expression: `size(variables.groups) <= ${mostGroups}`,
      message: `Split the object: it may have ${mostGroups} groups.`,
    },
    {
      expression: `variables.groups.all(g, size(g.?rules.orValue([])) <= ${mostRules})`,
      message: `Split the group: it may have ${mostRules} rules.`,
    },
    {
      expression: `variables.groups.all(g, g.?interval.orValue("") == "" || ${isLongEnough("g.interval")})`,
      message: `Leave the group's interval out, or set it to ${shortestInterval} or more.`,
    },
    {
      expression:
        'variables.groups.all(g, g.?partial_response_strategy.orValue("").lowerAscii() in ["", "abort"])',
      message: "Leave partial_response_strategy out, or set it to abort.",
    },
  ],
  samples: {
    good: [
      sample("monitoring.coreos.com/v1/PrometheusRule", { spec: {} }),
      groups(mostGroups),
      groups(1, { interval: "1m30s", partial_response_strategy: "ABORT" }, mostRules),
      groups(1, { interval: "5s", partial_response_strategy: "" }),
    ],
    bad: [
      groups(mostGroups + 1),
      groups(1, {}, mostRules + 1),
      groups(1, { interval: "1s" }),
      groups(1, { interval: "500ms" }),
      groups(1, { interval: "0" }),
      groups(2, { partial_response_strategy: "warn" }),
      groups(1, { partial_response_strategy: "Warn" }),
    ],
  },
};
