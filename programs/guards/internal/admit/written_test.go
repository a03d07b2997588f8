package admit

import (
	"fmt"
	"strings"
	"testing"

	"moat.dev/guards/internal/promql"
)

func rulesOf(count int, expr string) map[string]any {
	rules := make([]any, count)
	for i := range rules {
		rules[i] = fields{"record": fmt.Sprintf("a:%d", i), "expr": expr}
	}
	return fields{"name": "g", "rules": rules}
}

func TestWhatTheOperatorWritesIsBounded(t *testing.T) {
	// Eight kilobytes, which become ten times as many.
	sum := "a" + strings.Repeat("+a", 200)
	for name, group := range map[string]fields{
		"many selectors in few bytes":  rulesOf(20, sum),
		"many rules of few bytes each": rulesOf(1000, "a"),
		"a long annotation":            with(summary(strings.Repeat("x", 50_000))),
	} {
		refused, err := checkRules(defaultOptions(), "alpha", object(t, group))
		if err != nil || refused == nil || refused.reasons[0] != promql.RuleFileLength {
			t.Errorf("%s: %v, %v", name, refused, err)
		} else if !strings.HasPrefix(refused.message, "T8h: ") || !strings.Contains(refused.message, "a file may have 49152") {
			t.Errorf("%s: %s", name, refused.message)
		}
	}
	for name, group := range map[string]fields{
		"several hundred rules": rulesOf(400, "sum by (pod) (rate(a[5m]))"),
		"a long expression":     rulesOf(1, "a"+strings.Repeat("+a", 200)),
	} {
		if refused, err := checkRules(defaultOptions(), "alpha", object(t, group)); err != nil || refused != nil {
			t.Errorf("%s: %v, %v", name, refused, err)
		}
	}
}

// As the operator's own code writes it: the expression with the namespace, and the label.
func TestWrittenIsTheOperatorsFile(t *testing.T) {
	want := `groups:
- name: g
  rules:
  - expr: up{namespace="alpha"}
    labels:
      namespace: alpha
    record: a:0
`
	got, err := written(object(t, rulesOf(1, "up")), "namespace", "alpha", [][]string{{`up{namespace="alpha"}`}})
	if err != nil || got != len(want) {
		t.Errorf("%d bytes of %d, %v", got, len(want), err)
	}
}
