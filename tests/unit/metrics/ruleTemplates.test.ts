import { queryInTemplate } from "../../../components/metrics/ruleTemplates";

/** CEL's regular expressions are RE2; this one means the same in both. */
const refused = (text: string): boolean => new RegExp(queryInTemplate).test(text);

test.each([
  '{{ query "up" }}',
  '{{query "up"}}',
  '{{- query "up" -}}',
  '{{ "up" | query | first | value }}',
  '{{ range query "up" }}{{ .Value }}{{ end }}',
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
])("refuses %s", (text) => expect(refused(text)).toBe(true));

test.each([
  "",
  "slow queries",
  "{{ $value }} slow query of {{ $labels.pod }}",
  '{{ $labels.pod }} has too many "query" errors',
  '{{ "a query" }}',
  "{{ `query` }}",
  "{{ $labels.queryid }}",
  "query {{ $value }}",
  "{{ $value | humanize }}",
])("lets pass %s", (text) => expect(refused(text)).toBe(false));
