package admit

import (
	"strings"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"k8s.io/apimachinery/pkg/util/intstr"
)

type fields = map[string]any

func with(rule fields, of ...fields) fields {
	group := fields{"name": "g", "rules": []any{rule}}
	for _, more := range of {
		for name, value := range more {
			group[name] = value
		}
	}
	return group
}

func alert(more fields) fields {
	rule := fields{"alert": "A", "expr": "up == 0"}
	for name, value := range more {
		rule[name] = value
	}
	return rule
}

func summary(text string) fields { return alert(fields{"annotations": fields{"summary": text}}) }

func TestRulesThatTheOperatorLeavesOutAreRefused(t *testing.T) {
	for words, group := range map[string]fields{
		// The examples of public charts: a variable that there is not, and a brace too few.
		`annotation "summary": template: __alert_A:1: undefined variable "$instance"`: with(summary("{{ $instance }} is down")),
		`annotation "summary": template: __alert_A:1: unexpected "}" in operand`:      with(summary("{{ $labels.pod } is down")),
		`function "toDate" not defined`:                                               with(summary("{{ $value | toDate }}")),
		`label "severity": template: `:                                                with(alert(fields{"labels": fields{"severity": "{{ end }}"}})),
		`one of 'record' or 'alert' must be set`:                                      with(fields{"expr": "up"}),
		`only one of 'record' and 'alert' must be set`:                                with(alert(fields{"record": "a:b"})),
		`invalid field 'annotations' in recording rule`:                               with(fields{"record": "a:b", "expr": "up", "annotations": fields{"a": "b"}}),
		`invalid field 'for' in recording rule`:                                       with(fields{"record": "a:b", "expr": "up", "for": "5m"}),
		`braces present in the recording rule name`:                                   with(fields{"record": "a{b}", "expr": "up"}),
		`invalid label name: __name__`:                                                with(alert(fields{"labels": fields{"__name__": "a"}})),
		`for: unknown unit "x" in duration "5x"`:                                      with(alert(fields{"for": "5x"})),
		`"summary" is longer than 65536 bytes`:                                        with(summary(strings.Repeat("{{if 1}}", 10_000))),
		`group "": Prometheus refuses it`:                                             with(alert(nil), fields{"name": ""}),
		`group "g": Prometheus refuses it`:                                            with(alert(nil), fields{"labels": fields{"__name__": "a"}}),
		`A": Prometheus refuses it, and the Prometheus Operator leaves out`:           with(summary("{{ $instance }}")),
	} {
		refused, err := checkRules(defaultOptions(), "alpha", object(t, group))
		if err != nil || refused == nil {
			t.Errorf("%s: accepted, %v", words, err)
		} else if !strings.Contains(refused.message, words) {
			t.Errorf("want %s, got %s", words, refused.message)
		}
	}
}

func TestRulesThatTheOperatorTakesAreAccepted(t *testing.T) {
	for _, group := range []fields{
		with(summary("{{ $labels.pod }} of {{ .Labels.job }} is {{ $value | humanize }} since {{ $externalURL }}")),
		with(summary("{{ $x := $labels.pod }}{{ with $x }}{{ . }}{{ end }}")),
		with(alert(fields{"for": "0s", "keep_firing_for": "5m", "labels": fields{"service.name": "{{ $labels.job }}"}})),
		// Nobody reads templates in a recorded series.
		with(fields{"record": "a:b", "expr": "up", "for": "", "labels": fields{"a": "{{ $x }}"}}, fields{"labels": fields{"team": "a"}}),
	} {
		if refused, err := checkRules(defaultOptions(), "alpha", object(t, group)); err != nil || refused != nil {
			t.Error(group, refused, err)
		}
	}
}

// What is asked of single rules here, the operator asks of a file.
func TestFlawsAreThoseOfARuleFile(t *testing.T) {
	for _, text := range []string{"{{ $instance }}", "{{ $labels.pod }}", "{{ if }}", "{{ end }}", "}}", `{{ "a" | reReplaceAll "(" "" }}`} {
		file := "groups: [{name: g, rules: [{alert: A, expr: up, annotations: {summary: '" + text + "'}}]}]"
		_, errs := rulefmt.Parse([]byte(file), false, model.UTF8Validation)
		flaws := rule{Alert: "A", Expr: intstr.FromString("up"), Annotations: map[string]string{"summary": text}}.flaws()
		if len(errs) != len(flaws) {
			t.Errorf("%s: %v in a file, %v alone", text, errs, flaws)
		}
	}
}
