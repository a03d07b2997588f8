import { cheapWords, isCheap, mostRepetitions } from "../../regularExpressions";
import type { Rule } from "../../rule";
import { sample } from "../../samples";

const rules = (...exprs: readonly string[]) =>
  sample("monitoring.coreos.com/v1/PrometheusRule", {
    spec: { groups: [{ name: "g", rules: exprs.map((expr) => ({ record: "a:b", expr })) }] },
  });
const matching = (regex: string) => rules(`up{pod=~"${regex}"}`);

export const ruleExpressions: Rule = {
  id: "T8f",
  title: "Regular expressions of rules are cheap",
  why: "A few kB of counted repetitions fill the memory of the operator and of every Prometheus, which compile them at each evaluation.",
  severity: "high",
  references: ["https://github.com/google/re2/wiki/Syntax"],
  scope: "tenants",
  on: ["monitoring.coreos.com/v1/PrometheusRule"],
  variables: { groups: "object.?spec.?groups.orValue([])" },
  validations: [
    {
      expression: `variables.groups.all(g, g.?rules.orValue([]).all(r, type(r.expr) != string || ${isCheap("string(r.expr)")}))`,
      message: `Simplify the regular expressions in expr: ${cheapWords}.`,
    },
  ],
  samples: {
    good: [
      sample("monitoring.coreos.com/v1/PrometheusRule", { spec: {} }),
      rules("1", 'sum by (pod) (rate(http_requests_total{code=~"5[0-9]{2}", pod=~"web-.+"}[5m])) > 0'),
      rules(`${'up{a="b"} + '.repeat(100)} 1`),
      matching("\\\\d+"),
      matching("(?i)[a-z]+"),
      matching("[à-ÿ]+"),
    ],
    bad: [
      matching("a{1000}"),
      matching("(a|b){9}"),
      matching("a{9}{9}"),
      matching("a{9}".repeat(mostRepetitions + 1)),
      matching("\\\\pL"),
      matching("(?i)[B-ﾟ]"),
      matching("a(?si:[à-ÿ])"),
      matching("(?i)[a-\\\\x{ff9f}]"),
      rules("vector(1)", 'label_replace(up, "a", "b", "c", "x{500}")'),
    ],
  },
};
