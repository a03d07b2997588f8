/** Values that programs stumble over, by the names of fields. */
import * as fc from "fast-check";

const edges = [
  -1,
  0,
  1,
  2,
  100,
  65_535,
  65_536,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32,
  -(2 ** 31) - 1,
  99_999_999_999,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
];

export const integers = ({
  minimum = Number.MIN_SAFE_INTEGER,
  maximum = Number.MAX_SAFE_INTEGER,
}: {
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
}): fc.Arbitrary<number> =>
  fc.oneof(
    fc.constantFrom(...edges).filter((n) => n >= minimum && n <= maximum),
    fc.integer({ min: Math.max(minimum, 1), max: Math.min(maximum, 10_000) }),
  );

export const enumerated = (values: readonly unknown[]): fc.Arbitrary<unknown> => fc.constantFrom(...values);

const durations = [
  "0",
  "0s",
  "1ms",
  "5s",
  "30s",
  "1m",
  "10m",
  "1h30m",
  "1d",
  "2w",
  "300y",
  "99999999999s",
  "",
];
const sizes = ["0", "1B", "10MB", "1.5MiB", "-1B", "1,5MB", "100EB", ".5KB", "x1B", "0B"];
const quantities = ["1", "1.1", "1e3", "1e1.5", "-1", "100n", "1Ei", ".5", "1E", "0"];

/** Texts with the pattern: those that the schema's authors meant, and whatever else it lets through. */
export function patternTexts(pattern: string): fc.Arbitrary<string> {
  // Go's syntax for what JavaScript says beside the expression.
  const insensitive = pattern.includes("(?i)");
  const expression = new RegExp(pattern.replace("(?i)", ""), insensitive ? "i" : "");
  const known = [
    ...durations,
    ...sizes,
    ...quantities,
    "http://proxy.example.org:3128",
    "abort",
    "Warn",
  ].filter((text) => expression.test(text));
  const drawn = insensitive ? fc.constantFrom(...known) : fc.stringMatching(expression, { maxLength: 30 });
  return fc.oneof(fc.constantFrom(...known), drawn).filter((text) => expression.test(text));
}

const labels = [
  "app",
  "pod",
  "job",
  "instance",
  "namespace",
  "tenant_id",
  "__address__",
  "__name__",
  "a-b",
  "0a",
  "é",
  "a b",
];
const regexes = [
  "(.*)",
  "(.+)",
  "a|b",
  "(",
  "[",
  "a{9}",
  "a{1000}",
  "(a|b){9}",
  "\\pL+",
  "__meta_(.+)",
  "pod_(x.*)",
  ".*",
  "(?i)x",
];
const replacements = ["$1", `${"$"}{1}`, "$2", "x_$1", "", "$", "beta", "$1$2"];
const expressions = [
  "vector(1)",
  "up == 0",
  'up{pod=~"a{9}"}',
  'up{pod=~"("}',
  "rate(x_total[5m]) > 0",
  "sum by (pod) (up)",
  "up[",
  "1",
  "",
  "count_over_time(up[1d:1s])",
];
const templates = [
  "{{ $value }}",
  "{{ $labels.pod }}",
  "{{ query `up` }}",
  "{{",
  "{{ .x | y }}",
  "}}",
  "plain",
];
const hosts = [
  "prober.alpha.svc:9115",
  "http://web.alpha.svc/health",
  "https://login.alpha.svc/token",
  "https://web.beta.svc",
  "http://[::1]:namedport",
  "http://%zz",
  "a:b:c",
  "[",
];

/** Texts that a field of this name is likely to have, or to be harmed by. */
const byName: Readonly<Record<string, readonly string[]>> = {
  action: ["replace"],
  alert: ["A", "a b", ""],
  annotations: templates,
  expr: expressions,
  jobLabel: labels,
  key: ["key", ...labels],
  labels: [...templates, ...labels],
  matchLabels: ["web", "(", "a b", ""],
  module: ["http_2xx", "a&b"],
  name: ["keys", "g", "", "missing"],
  noProxy: ["a.example.org", "*"],
  operator: ["In", "NotIn", "Exists", "DoesNotExist", "Is"],
  path: ["/metrics", "metrics", "", "/a b?c#d", "%zz"],
  podTargetLabels: labels,
  port: ["metrics", "9100", "http-metrics", "(", ""],
  record: ["a:b", "up", "a b", ""],
  regex: regexes,
  replacement: replacements,
  separator: [";", "", "\n"],
  serverName: ["web.alpha.svc", "*", ""],
  sourceLabels: labels,
  static: hosts,
  targetLabel: [...labels, "$1", ""],
  targetLabels: labels,
  targetPort: ["metrics", "("],
  tokenUrl: hosts,
  type: ["Bearer", "Basic", " basic", "Digest", "a b", ""],
  url: hosts,
  values: ["web", "(", "a b", ""],
};

/** Texts of any sort: empty, long, not of ASCII, of control characters, and what YAML takes for something else. */
const anyText = fc.oneof(
  fc.constantFrom(
    "",
    "a",
    "true",
    "null",
    "1e3",
    "0x1",
    "~",
    "- a",
    "a: b",
    "#",
    "'",
    '"',
    "\u0000",
    "\n",
    "\t",
    "\u2028",
    "{{",
  ),
  fc.string({ maxLength: 20 }),
  fc.string({ unit: "binary", maxLength: 20 }),
);

/** Enough to fill a Secret with few of them, of what no compression shrinks. */
const longText = fc.oneof(
  fc.string({ minLength: 300, maxLength: 3000, size: "max" }),
  fc.string({ unit: "grapheme", minLength: 300, maxLength: 1000, size: "max" }),
);

export function textFor(name: string): fc.Arbitrary<string> {
  const likely = byName[name];
  return fc.oneof(
    ...(likely === undefined ? [] : [{ weight: 12, arbitrary: fc.constantFrom(...likely) }]),
    { weight: 4, arbitrary: anyText },
    { weight: 1, arbitrary: longText },
  );
}
