/**
 * Random PromQL. Every query is made twice: as the attacker writes it, and as it reads when every selector is confined to the
 * attacker's namespace. The gateway must answer the first as a bare Thanos answers the second.
 */
import * as fc from "fast-check";
import { attacker, victim } from "../gateway/traces";

/** The text of an expression; `confined` gives the one that sees the attacker's series only. */
type Text = (confined: boolean) => string;

const names = fc.constantFrom(
  "sample_orders_total",
  "up",
  "scrape_samples_scraped",
  "node_time_seconds",
  "ALERTS",
);
const labels = fc.constantFrom("shop", "item", "job", "pod", "container", "instance", "cluster", "namespace");
/** Names in quotes, among them such as mean something else without. */
const quotedNames = [
  '"item"',
  '"service.name"',
  `'item) up or sample_orders_total{shop="${victim}"} or on (item'`,
  `'shop) (up) or sum by (shop) (sample_orders_total) or sum by (shop'`,
  `'item) sample_orders_total #'`,
];
const grouping = fc.subarray(["shop", "item", "job", "pod", "namespace", ...quotedNames], {
  minLength: 0,
  maxLength: 3,
});
const anyValue = ["", "x", ".*", ".+", "[^a].*"];
/** Values and patterns that series have under a label, so that most selectors find something of somebody. */
const valuesOf: Readonly<Record<string, readonly string[]>> = {
  shop: [victim, attacker, "be?ta", `${victim}|${attacker}`, "(?i)BETA", ...anyValue],
  namespace: [victim, attacker, "moat-system", `${victim}|${attacker}`, "b.*", ...anyValue],
  item: ["0", "7", "999", "[0-9]+", "99.", ...anyValue],
  job: ["sample-app", "sample.*", ...anyValue],
  container: ["sample-app", "sample.*|thanos.*", ...anyValue],
  cluster: ["dev", ...anyValue],
};
const patterns = fc.constantFrom(...anyValue, "b.*", "be?ta", "(?i)BETA");
const durations = fc.constantFrom("30s", "1m", "90s", "2m", "5m");

interface Matcher {
  readonly label: string;
  readonly text: string;
}

const matcher: fc.Arbitrary<Matcher> = fc
  .constantFrom(...Object.entries(valuesOf))
  .chain(([label, values]) =>
    fc
      .tuple(fc.constantFrom("=", "!=", "=~", "=~", "!~"), fc.constantFrom(...values))
      .map(([operator, value]) => ({ label, text: `${label}${operator}${JSON.stringify(value)}` })),
  );

/** Beside what the attacker says of the label. A pattern, since absent() makes labels of what is said by `=`. */
const confinement = { label: "namespace", text: `namespace=~"${attacker}"` };

const braces = (name: string, matchers: readonly Matcher[]): string =>
  `${name}{${matchers.map((m) => m.text).join(",")}}`;

/** A selector with a name in front or among the matchers, so that it never stands for everything: that costs only time. */
const selector: fc.Arbitrary<Text> = fc
  .tuple(names, fc.boolean(), fc.array(matcher, { maxLength: 3 }))
  .map(([name, inside, more]) => {
    const rest = inside ? [{ label: "__name__", text: `__name__="${name}"` }, ...more] : more;
    return (confined) => braces(inside ? "" : name, confined ? [confinement, ...rest] : rest);
  });

const modifier = fc.oneof(
  { weight: 4, arbitrary: fc.constant("") },
  { weight: 1, arbitrary: durations.map((d) => ` offset ${d}`) },
  { weight: 1, arbitrary: fc.constant(" offset -30s") },
  { weight: 1, arbitrary: fc.constantFrom(" @ end()", " @ start()") },
);

const over = fc.constantFrom(
  "sum_over_time",
  "max_over_time",
  "count_over_time",
  "last_over_time",
  "present_over_time",
  "rate",
  "increase",
  "delta",
  "changes",
);

const functions = fc.constantFrom("abs", "ceil", "timestamp", "sort", "sgn", "-", "vector_of");
const aggregations = fc.constantFrom("sum", "count", "max", "min", "avg", "group", "stddev");

const call = (name: string, inner: string): string =>
  name === "-" ? `-(${inner})` : name === "vector_of" ? `vector(scalar(max(${inner})))` : `${name}(${inner})`;

/** Every matcher of `absent` that says `=` comes back as a label, so it is asked for what is no tenant's. */
const missing: fc.Arbitrary<Text> = fc
  .tuple(fc.constantFrom("absent", "absent_over_time"), names, fc.constantFrom("shop", "namespace"), patterns)
  .map(([name, metric, label, pattern]) => (confined) => {
    const asked = [{ label, text: `${label}=~${JSON.stringify(pattern)}` }];
    const matchers = confined ? [confinement, ...asked] : asked;
    return `${name}(${braces(metric, matchers)}${name === "absent" ? "" : "[2m]"})`;
  });

const joins = fc.constantFrom(
  "",
  "on (item)",
  "ignoring (shop, namespace)",
  "on (item) group_left (shop)",
  "on (item) group_right (namespace, shop)",
  "on (namespace) group_left ()",
  "ignoring () group_left ()",
  ...quotedNames.flatMap((name) => [
    `on (${name})`,
    `ignoring (${name})`,
    `on (item) group_left (${name})`,
    `on (item) group_right (${name})`,
  ]),
);

/** Instant vectors, up to a few levels deep. */
const { vector } = fc.letrec<{ vector: Text }>((tie) => ({
  vector: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.tuple(selector, modifier).map(
      ([s, m]): Text =>
        (c) =>
          `${s(c)}${m}`,
    ),
    fc.tuple(over, selector, durations, modifier).map(
      ([f, s, d, m]): Text =>
        (c) =>
          `${f}(${s(c)}[${d}]${m})`,
    ),
    missing,
    fc.tuple(over, tie("vector"), durations, modifier).map(
      ([f, v, d, m]): Text =>
        (c) =>
          `${f}((${v(c)})[${d}:30s]${m})`,
    ),
    fc.tuple(functions, tie("vector")).map(
      ([f, v]): Text =>
        (c) =>
          call(f, v(c)),
    ),
    fc.tuple(aggregations, fc.constantFrom("by", "without"), grouping, tie("vector")).map(
      ([a, how, list, v]): Text =>
        (c) =>
          `${a} ${how} (${list.join(", ")}) (${v(c)})`,
    ),
    fc.tuple(fc.constantFrom("topk", "bottomk"), fc.integer({ min: 1, max: 5 }), tie("vector")).map(
      ([a, k, v]): Text =>
        (c) =>
          `count(${a}(${k}, ${v(c)}))`,
    ),
    fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), tie("vector")).map(
      ([q, v]): Text =>
        (c) =>
          `quantile(${q.toFixed(2)}, ${v(c)})`,
    ),
    // An expression in the place of a parameter.
    fc.tuple(fc.constantFrom("topk", "bottomk", "quantile"), tie("vector"), tie("vector")).map(
      ([a, p, v]): Text =>
        (c) =>
          `${a}(scalar(count(${p(c)})), ${v(c)})`,
    ),
    fc.tuple(labels, tie("vector")).map(
      ([l, v]): Text =>
        (c) =>
          `label_replace(${v(c)}, "stolen", "$1", "${l}", "(.*)")`,
    ),
    fc.tuple(tie("vector"), grouping).map(
      ([v, list]): Text =>
        (c) =>
          `label_join(${v(c)}, "joined", "-", ${["shop", ...list].map((l) => JSON.stringify(l)).join(", ")})`,
    ),
    fc
      .tuple(
        tie("vector"),
        fc.constantFrom("and", "or", "unless"),
        fc.constantFrom(
          "",
          "on (item)",
          "on ()",
          "ignoring (shop, namespace, instance, pod)",
          ...quotedNames.flatMap((name) => [`on (${name})`, `ignoring (${name})`]),
        ),
        tie("vector"),
      )
      .map(
        ([l, o, m, r]): Text =>
          (c) =>
            `(${l(c)}) ${o} ${m} (${r(c)})`,
      ),
    fc.tuple(tie("vector"), fc.constantFrom("+", "*", "/", "> bool", "=="), joins, tie("vector")).map(
      ([l, o, m, r]): Text =>
        (c) =>
          `(${l(c)}) ${o} ${m} (${r(c)})`,
    ),
  ),
}));

export interface RandomQuery {
  /** As the attacker writes it. */
  readonly greedy: string;
  /** As it must be understood. */
  readonly confined: string;
}

export const randomQuery: fc.Arbitrary<RandomQuery> = vector.map((text) => ({
  greedy: text(false),
  confined: text(true),
}));
