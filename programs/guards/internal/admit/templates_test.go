package admit

import (
	"strings"
	"testing"
)

func TestTemplatesOfPublicChartsAreAccepted(t *testing.T) {
	for _, text := range []string{
		"plain", "{{ $labels.pod }} of {{ .Labels.job }} is at {{ $value | humanizePercentage }} since {{ $externalURL }}",
		"{{ printf \"%.2f\" $value }}% of {{ printf `%s/%s/%s/%s/%s` .Labels.a .Labels.b .Labels.c .Labels.d .Labels.e }}",
		"{{ with $labels.pod }}{{ . }}{{ else }}nothing{{ end }}{{ if eq $labels.a \"b\" }}x{{ else if gt $value 5.0 }}y{{ end }}",
		"{{ $pod := $labels.pod }}{{ $pod | toUpper }}{{ $value | humanize1024 }}B {{ humanizeDuration .Value }}",
		`{{ reReplaceAll "(.*):\\d+" "$1" $labels.instance }}{{ $labels.instance | reReplaceAll ":.*" "" | title }}`,
		`{{ if match "^prod-" $labels.cluster }}!{{ end }}{{ $value | printf "%5.1f" }}`,
		"{{ $labels }} {{ index $labels \"service.name\" }} {{ len $labels.a }} {{ /* said */ }}", "VALUE = {{ $value }}\n  LABELS = {{ $labels }}",
	} {
		if err := checkTemplate(defaultBounds(), text); err != nil {
			t.Errorf("%s: %s", text, err)
		}
	}
}

func TestTemplatesThatGrowOrNeverEndAreRefused(t *testing.T) {
	double := "{{ $a := `aa` }}" + strings.Repeat("{{ $a := print $a $a }}", 40) + "{{ $a }}"
	for _, text := range []string{
		`{{range 100000}}{{printf "%1000000d" 1}}{{end}}`, "{{ range 1000000000000 }}{{ end }}", "{{ range $k, $v := $labels }}{{ $k }}{{ end }}",
		`{{ printf "%1000000d" 1 }}`, `{{ printf "%.1000000f" $value }}`, `{{ printf "%*d" 1000000 1 }}`, `{{ printf "%[1]*d" 1000000 }}`, `{{ "%1000000d" | printf }}`,
		`{{ printf (print "%" 1000000 "d") 1 }}`, `{{ $f := "%1000000d" }}{{ printf $f 1 }}`, `{{ printf "%-+ 1000000d" 1 }}`,
		`{{ define "x" }}{{ template "x" }}{{ end }}`, `{{ block "x" . }}a{{ end }}`, `{{ template "x" }}`,
		double, "{{ $a := `aa` }}" + strings.Repeat("{{ $a = print $a $a }}", 40), "{{ if " + strings.Repeat("print (", 1) + "`a`) }}{{ $b := 1 }}{{ $b = 2 }}{{ end }}",
		"{{ $labels.a" + strings.Repeat(` | reReplaceAll "." "$0$0"`, 16) + " }}", "{{ if $labels.a" + strings.Repeat(" | js", 16) + " }}{{ end }}",
		"{{ with print `a` }}" + strings.Repeat("{{ with print . . . . }}", 20) + "{{ . }}" + strings.Repeat("{{ end }}", 21),
		"{{ $labels := args (printf `%999d` 1) }}{{ $labels.arg0 }}", "{{ $value := 1 }}",
		`{{ reReplaceAll $labels.a "b" "c" }}`, `{{ match "(?i)[B-` + "\uff9f" + `]" "b" }}`, `{{ "a" | match }}`, `{{ call $labels.a }}`, `{{ (toTime $value).Format "2006" }}`,
		`{{ query "up" }}`, strings.Repeat("{{ $labels }}", 5),
	} {
		if err := checkTemplate(defaultBounds(), text); err == nil {
			t.Errorf("%.200s: accepted", text)
		}
	}
}

// All that makes text of a template is there, in alerts as in labels of groups; recorded series have no templates.
func TestTemplatesOfAlertsAreChecked(t *testing.T) {
	endless := "{{ range 1000000000000 }}{{ end }}"
	for _, group := range []fields{
		with(summary(endless)), with(alert(fields{"labels": fields{"a": endless}})), with(alert(nil), fields{"labels": fields{"a": endless}}),
	} {
		refused, err := checkRules(defaultOptions(), "alpha", object(t, group))
		if err != nil || refused == nil || !strings.Contains(refused.message, "range is left out of templates of alerts") {
			t.Error(group, refused, err)
		}
	}
}
