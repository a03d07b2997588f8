/** PromQL that asks for another tenant's series, with their labels or only their number. */
import { greedyQueries } from "../../e2e/escapes";
import { type Attempt, asked, type Judge } from "./attempt";
import { byNumber, byTraces, canary, victim } from "./traces";

/**
 * Of the end-to-end tests' queries those that are no valid PromQL for Thanos, or find nothing even there, have no teeth. The last one
 * would find everything of the platform, which may take longer than anybody waits.
 */
const toothless: readonly string[] = [
  'sample_orders_total{namespace=""}',
  'sample_orders_total{namespace="alpha" or namespace="beta"}',
  'sample_orders_total * on (item) group_right () sample_orders_total{shop="beta"}',
  'info(sample_orders_total{namespace="beta"})',
  '{namespace="moat-system"}',
];

const victims = `sample_orders_total{namespace="${victim}"}`;

const further: readonly string[] = [
  `{shop=~"be.*"}`,
  `{shop="${victim}",__name__!="x"}`,
  `{__name__=~"sample_orders_total|up",shop!=""}`,
  `sample_orders_total{shop="\\x62\\u0065ta"}`,
  `sample_orders_total{'namespace'=~"(?i)BETA"}`,
  `sample_orders_total # {namespace="alpha"}\n{shop="${victim}"}`,
  `label_join(${victims}, "all", "/", "shop", "item")`,
  `label_replace(${victims}, "stolen", "$1", "shop", "(.*)")`,
  `count_values("orders", sample_orders_total{shop="${victim}"}) or sample_orders_total{shop="${victim}"}`,
  `max by (shop) (rate(sample_orders_total[5m] offset 15s))`,
  `quantile by (shop) (0.5, sample_orders_total)`,
  `sum without (item) (sample_orders_total)`,
  `bottomk by (shop) (1, sample_orders_total)`,
  `-sample_orders_total{shop="${victim}"}`,
  `sort_desc(sample_orders_total{shop="${victim}"})`,
  `timestamp(sample_orders_total{shop="${victim}"})`,
  `sample_orders_total{shop="${victim}"} > bool 0`,
  `sample_orders_total{shop="${victim}"} and on (item) sample_orders_total`,
  `vector(1) unless on () absent(sample_orders_total{shop="alpha"}) or sample_orders_total{shop="${victim}"}`,
  `(sum_over_time(sample_orders_total[1m]) / on (shop, item) group_left (namespace) sample_orders_total{shop="${victim}"})`,
  `topk(1, sum by (shop) (min_over_time(sample_orders_total[2m:15s] @ end())))`,
  `present_over_time(sample_orders_total{shop="${victim}"}[5m])`,
  `${canary.record}`,
  `ALERTS{alertname="${canary.alert}"}`,
  `group by (namespace) ({__name__=~"up|sample_.+"})`,
  `up{namespace!="alpha"}`,
  `{namespace="moat-system",__name__=~"up|scrape_.+"}`,
  `prometheus_build_info`,
  `thanos_build_info`,
];

/** Series of a pod that was replaced are seen for five minutes more. So many pods there may have been; the victim has a hundred times one's series. */
const pods = 8;

/** Answers without labels, with the most that the attacker's own ten series can make of them. */
const numbers: readonly (readonly [query: string, most: number])[] = [
  [`count(${victims})`, 10 * pods],
  [`count({namespace="${victim}"})`, 80 * pods],
  [`sum(${victims})`, 550 * pods],
  [`max(sample_orders_total)`, 100],
  [`scalar(max(${victims}))`, 100],
  [`vector(scalar(count(sample_orders_total{shop="${victim}"})))`, 10 * pods],
  [`count(count by (shop) (sample_orders_total))`, 1],
  [`count(count by (namespace) (up))`, 1],
  [`max_over_time(count(${victims})[2m:15s])`, 10 * pods],
  [`sum(count_over_time(${victims}[1m]))`, 60 * pods],
  [`quantile(1, sample_orders_total)`, 100],
  [`count(sample_orders_total > 100)`, 0],
  // Without labels: absent() makes some of the query's own text, whosever series there are.
  [`count(absent(${victims})) * 0 or count(${victims})`, 10 * pods],
];

/** What prom-label-proxy's printer makes of a label's name that is quoted: it leaves the quotes out. */
const quoted = `'item) up or sample_orders_total{shop="${victim}"} or on (item'`;

/** Read by one parser, printed, and read by another, these select what nobody enforced anything on. */
const printed: readonly string[] = [
  `sample_orders_total * ignoring (${quoted}) sample_orders_total`,
  `sample_orders_total and on (${quoted}) sample_orders_total`,
];

/** A quantile between 0 and a million is any number, if its parameter is. */
const told = (number: string): string =>
  `quantile(scalar(${number}) / 1e6, label_replace(vector(0), "a", "0", "", "") or label_replace(vector(1e6), "a", "1", "", ""))`;

/** Parameters of aggregations, which prom-label-proxy does not look into. */
const parameters: readonly (readonly [query: string, most: number])[] = [
  [told(`count(${victims})`), 10 * pods],
  [told(`count(count by (shop) (sample_orders_total))`), 1],
  [`count(topk(scalar(count(${victims})) > bool 900, sample_orders_total))`, 0],
];

const attempt = (query: string, judge: Judge, without: Attempt["without"] = "enforcement"): Attempt => ({
  name: query,
  surface: "query language",
  rule: "Q1",
  expected: "own series only, or 4xx",
  without,
  at: asked(query, judge),
});

export const queries: readonly Attempt[] = [
  ...greedyQueries.filter((q) => !toothless.includes(q)).map((q) => attempt(q, byTraces)),
  ...further.map((q) => attempt(q, byTraces)),
  ...numbers.map(([q, most]) => attempt(q, byNumber(most))),
  ...printed.map((q) => attempt(q, byTraces, "guards")),
  ...parameters.map(([q, most]) => attempt(q, byNumber(most), "guards")),
];
