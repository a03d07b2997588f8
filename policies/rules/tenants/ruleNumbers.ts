import type { Fields, Rule } from "../../rule";
import { sample } from "../../samples";
import { isReadable, isShortEnough } from "../../tenants";

/** Times of a rule, which may be days and weeks. */
const times = ["for", "keep_firing_for"];

/** An empty one is written into the rule file as it is, and Prometheus takes no rule of any tenant any more. */
const isTime = (duration: string): string => `(${duration} != "" && ${isReadable(duration)})`;

const group = (rule: Fields, fields: Fields = {}) =>
  sample("monitoring.coreos.com/v1/PrometheusRule", {
    spec: { groups: [{ name: "g", rules: [{ alert: "A", expr: "vector(1)", ...rule }], ...fields }] },
  });

export const ruleNumbers: Rule = {
  id: "T8d",
  title: "Numbers and times of rules are such as the operator can read",
  why: "The API server takes numbers that the operator cannot: then it reads no rule of any tenant any more, and shows no error.",
  severity: "critical",
  references: ["https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.Rule"],
  scope: "tenants",
  on: ["monitoring.coreos.com/v1/PrometheusRule"],
  variables: { groups: "object.?spec.?groups.orValue([])" },
  validations: [
    {
      // It may be a number or a text; the operator reads a number into 32 bits.
      expression: `variables.groups.all(g, g.?rules.orValue([]).all(r, type(r.expr) == string
        || (r.expr >= -2147483648 && r.expr <= 2147483647)))`,
      message: "Write expr as text, in quotes.",
    },
    ...times.map((field) => ({
      expression: `variables.groups.all(g, g.?rules.orValue([]).all(r, ${isTime(`r.?${field}.orValue("0")`)}))`,
      message: `Leave ${field} out, or write a time of fewer digits into it.`,
    })),
    {
      expression: `variables.groups.all(g, ${isTime('g.?query_offset.orValue("0")')})`,
      message: "Leave query_offset out, or write a time of fewer digits into it.",
    },
    {
      expression: `variables.groups.all(g, g.?interval.orValue("1m") != "" && ${isShortEnough('g.?interval.orValue("1m")')})`,
      message: "Leave the group's interval out, or write it in hours, minutes and seconds.",
    },
    {
      expression: "variables.groups.all(g, g.?limit.orValue(0) >= 0)",
      message: "Leave the group's limit out, or set it to a number that is not negative.",
    },
  ],
  samples: {
    good: [
      sample("monitoring.coreos.com/v1/PrometheusRule", { spec: {} }),
      group({ expr: 1 }),
      group({ expr: -5, for: "1w2d", keep_firing_for: "30d" }),
      group({ for: "0" }, { query_offset: "30s", interval: "1h30m", limit: 10 }),
    ],
    bad: [
      group({ expr: 10_000_000_000 }),
      group({ expr: -2_147_483_649 }),
      group({ for: "" }),
      group({ for: "300y" }),
      group({ keep_firing_for: "99999999999999999999s" }),
      group({}, { query_offset: "" }),
      group({}, { query_offset: "999y" }),
      group({}, { interval: "" }),
      group({}, { interval: "300y" }),
      group({}, { interval: "100d" }),
      group({}, { limit: -1 }),
    ],
  },
};
