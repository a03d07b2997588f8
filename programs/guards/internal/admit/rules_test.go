package admit

import (
	"encoding/json"
	"flag"
	"reflect"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"moat.dev/guards/internal/promql"
	"moat.dev/guards/internal/samples"
)

var alpha = labels.MustNewMatcher(labels.MatchEqual, "namespace", "alpha")

func defaultBounds() promql.Bounds {
	var b promql.Bounds
	b.Flags(flag.NewFlagSet("", flag.PanicOnError))
	return b
}

func defaultOptions() Options {
	return Options{Label: "namespace", Bounds: defaultBounds(), MostWritten: 48 << 10}
}

func TestOrdinaryExpressionsAreAccepted(t *testing.T) {
	for _, expr := range []string{
		"1", "-1", "vector(1-0.95)", "up", "up == 0", `up{job="x",pod!~"a.*"} offset 5m @ end()`,
		// Public charts: sloth, kube-prometheus, Strimzi, node-exporter's mixin.
		"(sum_over_time((count(unifipoller_client_satisfaction_ratio < 0.75))[5m:]) OR on() vector(0))\n/\n(sum_over_time((count(unifipoller_client_satisfaction_ratio))[5m:]))\n",
		`slo:sli_error:ratio_rate5m{sloth_id="a"} / on(sloth_id, sloth_slo, sloth_service) group_left slo:error_budget:ratio{sloth_id="a"}`,
		`sum_over_time(a{sloth_id="x"}[30d]) / ignoring (sloth_window) count_over_time(a{sloth_id="x"}[30d])`,
		`(max(a{x="y"} > (14.4 * 0.05)) without (w) and max(b > (14.4 * 0.05)) without (w)) or (max(c > 1) without (w))`,
		`histogram_quantile(0.99, sum by (le, job) (rate(http_request_duration_seconds_bucket{code=~"5.."}[5m]))) > 1`,
		`topk(5, sum by (pod) (rate(container_cpu_usage_seconds_total{container!=""}[5m])))`, `quantile(0.5, up)`, `count_values("version", build_info)`,
		`label_replace(up, "x", "$1", "instance", "(.*):.*")`, `absent(up{job="x"})`, `predict_linear(a[6h], 4*60*60) < 0`,
		`sum by ("service.name") ({"http.server.duration", code="500"})`, `{__name__=~"a|b"}`, `{"up"}`, `up # a comment`,
		`1e3 + 0x1F + Inf + NaN + 5m`, `rate(x[1h30m] offset -90s)`, `max_over_time(deriv(rate(d[1m])[5m:1m])[10m:])`,
		`a * on (pod) group_left (node) b`, `a unless ignoring (x) b`, `a == bool b`, `a ^ -b`, `- a ^ 2`, `sum(up) / count(up) * 100 > 5 and on () hour() < 6`,
		`a atan2 b % c`, `a + ignoring () group_left () b`,
		// A parameter that names the namespace itself.
		`bottomk(1 + scalar(sum(up{namespace="alpha"} or vector(1))), up)`,
		// On the label itself: what the namespace fulfils.
		`up{namespace="alpha"}`, `up{namespace=~"alpha|beta"}`, `up{namespace=~".*"}`, `up{namespace!=""}`, `up{namespace!~"kube-.*"}`,
	} {
		if err := defaultBounds().Rule(expr, alpha, byOperator); err != nil {
			t.Errorf("%s: %v", expr, err)
		}
	}
}

func TestWhatReadsBeyondTheNamespaceIsRefused(t *testing.T) {
	for expr, want := range map[string]promql.Reason{
		// The printer leaves quotes out, and the name becomes an expression.
		`vector(1) + on ("a) vector(0) or sum by (shop) (sample_orders_total) or on (b") vector(1)`:     promql.Enforcement,
		`vector(1) * ignoring ("a) group_left () up or on (b") group_left () vector(1)`:                 promql.Enforcement,
		`vector(1) * on (a) group_left ("b) sum(sample_orders_total) or vector(0) * on (c") vector(1)`:  promql.Enforcement,
		`vector(1) * on (a) group_right ("b) sum(sample_orders_total) or vector(0) * on (c") vector(1)`: promql.Enforcement,
		`up * on ("service.name") up`: promql.Enforcement,
		// The operator's library does not look into parameters.
		`quantile(scalar(sum(sample_orders_total)), vector(1))`: promql.Enforcement,
		`topk(scalar(up), up)`: promql.Enforcement,
		`sum(quantile(scalar(topk(scalar(sum(beta_total)), vector(1))), up))`: promql.Enforcement,
		`count_values("x", topk(scalar(up), vector(1)))`:                      promql.Enforcement,
		`avg_over_time((quantile(scalar(up), vector(1)))[5m:1m])`:             promql.Enforcement,
		// Somebody else's, which would turn into the own one.
		`up{namespace="beta"}`:                      promql.ForeignNamespace,
		`up{namespace="alpha"} or up{namespace=""}`: promql.ForeignNamespace,
		`up{namespace!="alpha"}`:                    promql.ForeignNamespace,
		`up{namespace=~"beta|gamma"}`:               promql.ForeignNamespace,
		`topk(scalar(up{namespace="beta"}), up)`:    promql.ForeignNamespace,
		// No PromQL.
		"": promql.BadData, "sum(": promql.BadData, "up{": promql.BadData, "xrate(up[5m])": promql.BadData, "rate(up)": promql.BadData,
		// Out of bounds.
		`up{a=~"` + strings.Repeat("a{1000}", 200) + `"}`:          promql.RegexpSize,
		`max_over_time(up[30d:1s])`:                                promql.SubqueryPoints,
		`rate(up[2y])`:                                             promql.WindowLength,
		strings.Repeat("(", 600) + "up" + strings.Repeat(")", 600): promql.QueryDepth,
		"up" + strings.Repeat(" + up", 300):                        promql.QuerySelectors,
		strings.Repeat(" ", 600<<10) + "up":                        promql.QueryLength,
	} {
		err := defaultBounds().Rule(expr, alpha, byOperator)
		if err == nil {
			t.Errorf("%.200s is accepted", expr)
		} else if got := promql.ReasonOf(err); got != want {
			t.Errorf("%.200s: want %s, got %s: %v", expr, want, got, err)
		}
	}
}

// leaks says whether the operator's text has a selector that is not confined. It finds them by reflection, not as the product does.
func leaks(t *testing.T, expr string) bool {
	t.Helper()
	tree, err := parser.ParseExpr(expr)
	if err != nil {
		t.Fatal(err)
	}
	printed, err := byOperator(tree, alpha)
	if err != nil {
		t.Fatal(err)
	}
	again, err := parser.ParseExpr(printed)
	if err != nil {
		return false
	}
	for _, s := range selectorsIn(reflect.ValueOf(&again)) {
		found := false
		for _, m := range s.LabelMatchers {
			found = found || m.Name == "namespace" && m.Type == labels.MatchEqual && m.Value == "alpha"
		}
		if !found {
			return true
		}
	}
	return false
}

var seen = reflect.TypeFor[*parser.Function]()

func selectorsIn(v reflect.Value) (found []*parser.VectorSelector) {
	switch v.Kind() {
	case reflect.Interface:
		if !v.IsNil() {
			return selectorsIn(v.Elem())
		}
	case reflect.Pointer:
		if v.IsNil() || v.Type() == seen {
			return nil
		}
		if s, ok := v.Interface().(*parser.VectorSelector); ok {
			return []*parser.VectorSelector{s}
		}
		return selectorsIn(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			found = append(found, selectorsIn(v.Field(i))...)
		}
	case reflect.Slice:
		for i := range v.Len() {
			found = append(found, selectorsIn(v.Index(i))...)
		}
	}
	return found
}

func TestNoAcceptedExpressionReadsBeyondItsNamespace(t *testing.T) {
	const drawn = 10_000
	var parsed, accepted, leaking int
	for seed := range uint64(drawn) {
		expr := samples.Drawn(seed)
		if _, err := parser.ParseExpr(expr); err != nil {
			continue
		}
		parsed++
		leak := leaks(t, expr)
		err := defaultBounds().Rule(expr, alpha, byOperator)
		switch {
		case leak && err == nil:
			t.Fatalf("seed %d: %s reads beyond the namespace and is accepted", seed, expr)
		case leak:
			leaking++
		case err == nil:
			accepted++
		}
	}
	t.Logf("%d expressions, of which %d are accepted and %d would have read beyond the namespace", parsed, accepted, leaking)
	// Otherwise the draw tells nothing.
	if parsed < drawn/2 || accepted < parsed/10 || leaking < parsed/100 {
		t.Error("too few of a kind are drawn")
	}
}

func TestTheParsersOwnExpressions(t *testing.T) {
	var parsed, accepted int
	for _, expr := range samples.OfParser(t) {
		_, invalid := parser.ParseExpr(expr)
		err := defaultBounds().Rule(expr, alpha, byOperator)
		if invalid != nil {
			if err == nil {
				t.Errorf("%q is no PromQL and is accepted", expr)
			}
			continue
		}
		parsed++
		if err == nil {
			accepted++
			if leaks(t, expr) {
				t.Errorf("%q reads beyond the namespace and is accepted", expr)
			}
		}
	}
	t.Logf("%d expressions, of which %d are accepted", parsed, accepted)
	// The others look back over years.
	if accepted < parsed-10 {
		t.Error("too few are accepted")
	}
}

func object(t *testing.T, groups ...map[string]any) []byte {
	t.Helper()
	text, err := json.Marshal(map[string]any{"spec": map[string]any{"groups": groups}})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestMessagesNameGroupRuleAndReason(t *testing.T) {
	leak := map[string]any{"alert": "Peeks", "expr": "topk(scalar(up), up)"}
	read := object(t,
		map[string]any{"name": "good", "rules": []any{map[string]any{"record": "a:b", "expr": 5}, map[string]any{"record": "a:c", "expr": "up"}}},
		map[string]any{"name": "bad", "rules": []any{leak, map[string]any{"record": "x:y", "expr": `up{namespace="beta"}`}}},
	)
	refused, err := checkRules(defaultOptions(), "alpha", read)
	if err != nil || refused == nil {
		t.Fatal(refused, err)
	}
	want := `T8h: group "bad", alert "Peeks": the Prometheus Operator does not put the namespace into up, as it passes over the first argument of topk, quantile and other aggregations; write namespace="alpha" into it yourself. ` +
		`group "bad", record "x:y": up{namespace="beta"} asks for another namespace than alpha, to which its rules are confined; leave namespace="beta" out.`
	if refused.message != want {
		t.Errorf("got  %s\nwant %s", refused.message, want)
	}
}

func TestAMessageIsNotEndless(t *testing.T) {
	var rules []any
	for range 200 {
		rules = append(rules, map[string]any{"record": "a:b", "expr": "topk(scalar(up), up)"})
	}
	refused, err := checkRules(defaultOptions(), "alpha", object(t, map[string]any{"name": "g", "rules": rules}))
	if err != nil || len(refused.message) > 4000 || !strings.HasSuffix(refused.message, "195 more rules are refused.") || len(refused.reasons) != 200 {
		t.Error(refused, err)
	}
}

func TestWhatTheOperatorCannotReadIsRefused(t *testing.T) {
	for _, text := range []string{
		`{"spec":{"groups":[{"name":"g","rules":[{"record":"a","expr":10000000000}]}]}}`,
		`{"spec":{"groups":[{"name":"g","rules":[{"record":"a","expr":1.5}]}]}}`,
		`{"spec":{"groups":{}}}`, `[]`,
	} {
		refused, err := checkRules(defaultOptions(), "alpha", []byte(text))
		if err != nil || refused == nil || !strings.HasPrefix(refused.message, "T8h: the Prometheus Operator cannot read it: ") {
			t.Error(text, refused, err)
		}
	}
}

// The API server drops fields of other spellings where a kind's schema is whole. Where it is not, they must not hide what the operator reads.
func TestFieldsOfOtherSpellingsAreNotRead(t *testing.T) {
	text := `{"spec":{"groups":[{"name":"g","rules":[{"record":"a","expr":"topk(scalar(up), up)","Expr":"up"}]}]}}`
	if refused, err := checkRules(defaultOptions(), "alpha", []byte(text)); err != nil || refused == nil {
		t.Error("the other field is read", err)
	}
}
