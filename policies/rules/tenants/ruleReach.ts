import { quote, type Rule } from "../../rule";
import { sample } from "../../samples";

const rules = (...exprs: readonly string[]) =>
  sample("monitoring.coreos.com/v1/PrometheusRule", {
    spec: { groups: [{ name: "g", rules: exprs.map((expr) => ({ record: "a:b", expr })) }] },
  });

/** Any of the words, in whatever case: PromQL does not care, and not every reader of these expressions knows `(?i)`. */
const anyOf = (...words: readonly string[]): string =>
  `\\b(${words.map((word) => word.replace(/[a-z]/g, (c) => `[${c}${c.toUpperCase()}]`)).join("|")})`;

const lists = anyOf("on", "ignoring", "by", "without", "group_left", "group_right");
const grouped = `(${anyOf("by", "without")}\\s*\\([^)]*\\)\\s*)?`;
/** An aggregation with a parameter, up to where that begins. */
const parameter = `${anyOf("topk", "bottomk", "quantile", "count_values", "limitk", "limit_ratio")}\\s*${grouped}`;

const quotes = "\"'`";
const tests = {
  /** A quote in a list of labels, or a comment, in which a bracket could stand. */
  quotedList: `${lists}\\s*(#|\\([^)]*[${quotes}#])`,
  commented: `${parameter}(\\(\\s*[-+\\s]*)?#`,
  /** What begins neither as a number nor as a text. */
  expression: `${parameter}\\(\\s*[-+\\s]*[^-+\\s0-9.${quotes}]`,
  /** A number that goes on, other than to the comma. */
  goesOn: `${parameter}\\(\\s*[-+\\s]*[0-9.][0-9.a-zA-Z]*\\s*[^,\\s0-9.a-zA-Z]`,
};

const fits = (...wrong: readonly string[]): string =>
  `variables.groups.all(g, g.?rules.orValue([]).all(r, type(r.expr) != string
    || (${wrong.map((regex) => `!string(r.expr).matches(${quote(regex)})`).join(" && ")})))`;

export const ruleReach: Rule = {
  id: "T8g",
  title: "Expressions of rules have no part that the operator would not confine",
  why: "The operator writes the tenant's namespace into the selectors of rules. It misses selectors in the parameter of an aggregation, and prints quoted names in lists of labels without their quotes, so that text in them becomes part of the query: both read every tenant's series.",
  severity: "critical",
  references: [
    "https://github.com/prometheus/prometheus/pull/17687",
    "https://prometheus.io/docs/prometheus/latest/querying/operators/#aggregation-operators",
  ],
  scope: "tenants",
  on: ["monitoring.coreos.com/v1/PrometheusRule"],
  variables: { groups: "object.?spec.?groups.orValue([])" },
  validations: [
    {
      expression: fits(tests.quotedList),
      message:
        "Write names in on(), ignoring(), by(), without(), group_left() and group_right() without quotes, and no comment there.",
    },
    {
      expression: fits(tests.commented, tests.expression, tests.goesOn),
      message:
        "Write a plain number or text as the parameter of topk, bottomk, quantile, count_values, limitk and limit_ratio.",
    },
  ],
  samples: {
    good: [
      sample("monitoring.coreos.com/v1/PrometheusRule", { spec: {} }),
      rules("1", 'sum by (pod, job) (rate(http_requests_total{code=~"5.."}[5m])) # by pod\n > 0'),
      rules("topk(5, up)", "topk by (job) ( 5 , up)", "quantile(0.99, up) by (job)", "TOPK(5, up)"),
      rules('count_values("version", build_info)', "count_values by (job) ('v', build_info)"),
      rules(
        'label_replace(up, "a", "$1", "b", "(.*)")',
        'a * on (pod) group_left (node) {"b.c", d="on (e)"}',
      ),
      rules('histogram_quantile(0.9, sum by (le) (rate(x_bucket{path="by"}[5m])))', 'absent(up{job="a"})'),
    ],
    bad: [
      rules('up * on ("a) group_left() {__name__=~\\".+\\"} or on(b") up'),
      rules("sum by ('a.b') (up)"),
      rules("up + ignoring (a, `b.c`) up"),
      rules('up * ON\n( # )\n"a") up'),
      rules('a * on (b) GROUP_LEFT ("c") d'),
      rules('topk(scalar(count(up{namespace="beta"})), up)'),
      rules("1", "quantile(((scalar(up))), up)"),
      rules("bottomk by (a) (1 + scalar(up), up)"),
      rules("topk(1+scalar(up), up)"),
      rules("topk(--scalar(up), up)"),
      rules("topk(- # a\n scalar(up), up)"),
      rules("TopK # a\n (scalar(up), up)"),
      rules("topk without (a) # b\n (scalar(up), up)"),
      rules("limit_ratio(0.5 * scalar(up), up)"),
    ],
  },
};
