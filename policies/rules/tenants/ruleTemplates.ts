import { type Fields, quote, type Rule } from "../../rule";
import { sample } from "../../samples";

const quoted = "\"(?:\\\\.|[^\"\\\\])*\"|'(?:\\\\.|[^'\\\\])*'|`[^`]*`";

/**
 * Finds the function `query` inside `{{ }}` but outside text there: between two braces and the word stand quoted texts, characters, and
 * single braces. After a dot or a dollar sign it is a field or a variable, such as `$labels.query`. Text after `}}`, such as "slow
 * query", is free.
 */
const queryInTemplate = `\\{\\{(?:(?:[^"'\`}]|${quoted}|\\}[^}])*?(?:[^"'\`}.$\\w]|${quoted}|\\}[^}.$\\w]))?query\\b`;

/**
 * True when no value of the map has such a template. The word and the braces are looked for first: that costs the API server a
 * hundredth, and what an expression may cost is bounded. With it, an object of 1,000 rules (700 KB) passes.
 */
const clean = (labels: string): string =>
  `(!has(${labels}) || ${labels}.all(key, !${labels}[key].contains("query")
    || !${labels}[key].contains("{{") || !${labels}[key].matches(${quote(queryInTemplate)})))`;

const message =
  "Put the query into expr, and use $value and $labels: the function query in a template reads other tenants' series.";

const groups = (list: readonly Fields[]) =>
  sample("monitoring.coreos.com/v1/PrometheusRule", { spec: { groups: list } });
const alert = (fields: Fields) =>
  groups([{ name: "g", rules: [{ alert: "A", expr: "vector(1)", ...fields }] }]);
const summary = (text: string) => alert({ annotations: { summary: text } });

export const ruleTemplates: Rule = {
  id: "T8a",
  title: "Templates of rules do not query",
  why: "The operator puts the tenant into every expr, but a template's function query runs as it stands and reads every tenant's series into an alert.",
  severity: "critical",
  references: ["https://prometheus.io/docs/prometheus/latest/configuration/template_reference/#queries"],
  scope: "tenants",
  on: ["monitoring.coreos.com/v1/PrometheusRule"],
  variables: { groups: "object.?spec.?groups.orValue([])" },
  validations: [
    { expression: `variables.groups.all(g, ${clean("g.labels")})`, message: `Labels of a group: ${message}` },
    {
      expression: `variables.groups.all(g, g.?rules.orValue([]).all(r, ${clean("r.labels")}))`,
      message: `Labels: ${message}`,
    },
    {
      expression: `variables.groups.all(g, g.?rules.orValue([]).all(r, ${clean("r.annotations")}))`,
      message: `Annotations: ${message}`,
    },
  ],
  samples: {
    good: [
      sample("monitoring.coreos.com/v1/PrometheusRule", { spec: {} }),
      alert({ labels: { severity: "page" } }),
      ...[
        "",
        "slow queries",
        "{{ $value }} slow query of {{ $labels.pod }}",
        '{{ $labels.pod }} has too many "query" errors',
        '{{ "a query" }}',
        "{{ `query` }}",
        "{{ $labels.queryid }}",
        "Query {{ $labels.query }} has errors",
        "{{ .Labels.query }} {{ $query := 1 }}",
        '{{ index $labels "query" }}',
        "query {{ $value }}",
        "{{ $value | humanize }}",
        // Links only: nothing is asked.
        '{{ graphLink "up" }} {{ tableLink "up" }}',
      ].map(summary),
    ],
    bad: [
      groups([
        { name: "g", labels: { a: '{{ query "up" }}' }, rules: [{ record: "r:r", expr: "vector(1)" }] },
      ]),
      alert({ labels: { a: '{{ query "up" | first | value }}' } }),
      ...[
        '{{ query "up" }}',
        '{{query "up"}}',
        '{{- query "up" -}}',
        '{{ "up" | query | first | value }}',
        '{{ range query "up" }}{{ .Value }}{{ end }}',
        "{{ with printf \"up{pod='%s'}\" .Labels.pod | query }}{{ . | first | value }}{{ end }}",
        '{{ printf `up{pod="%s"}` $labels.pod | query | first | value }}',
        '{{ with $x := (query "up") }}{{ end }}',
        '{{ "}}" | query }}',
        "{{ `}}` | query }}",
        '{{ printf "%c" \'"\' | query }}',
        "{{ printf \"%c\" '\\'' | query }}",
        '{{ "\\"}}" | query }}',
        '{{\n"up"\n|\nquery\n}}',
        '{{/* " */}}{{ query "up" }}',
        '{{ define "a" }}{{ query "up" }}{{ end }}{{ template "a" }}',
        'text " {{ query "up" }}',
        "{{ $labels.query | query }}",
        '{{ "a.query" | query }}',
        '{{ . query "up" }}',
        '{{(query "up")}}',
      ].map(summary),
    ],
  },
};
