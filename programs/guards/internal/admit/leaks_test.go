package admit

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/promqltest"
)

// What the attacks of tests/attacks record: without the webhook Prometheus evaluates it, and it is beta's.
func TestBothWaysOutAreReal(t *testing.T) {
	storage := promqltest.LoadedStorage(t, `
		load 1m
			sample_orders_total{namespace="alpha",shop="alpha"} 1x10
			sample_orders_total{namespace="beta",shop="beta"} 550x10
	`)
	t.Cleanup(func() { _ = storage.Close() })
	engine := promql.NewEngine(promql.EngineOpts{MaxSamples: 1000, Timeout: time.Minute})
	t.Cleanup(func() { _ = engine.Close() })
	for expr, want := range map[string]string{
		`vector(1) + on ("a) vector(0) or sum by (shop) (sample_orders_total{shop=\"beta\"}) or on (b") vector(1)`:                  `{shop="beta"} => 550`,
		`quantile(scalar(sum(sample_orders_total{shop="beta"})) / 1e9, vector(0) or label_replace(vector(1e9), "to", "b", "", ""))`: `{} => 550`,
	} {
		tree, err := parser.ParseExpr(expr)
		if err != nil {
			t.Fatal(err)
		}
		printed, err := byOperator(tree, alpha)
		if err != nil {
			t.Fatal(err)
		}
		query, err := engine.NewInstantQuery(t.Context(), storage, nil, printed, time.Unix(60, 0))
		if err != nil {
			t.Fatal(err)
		}
		result := query.Exec(t.Context())
		if result.Err != nil || !strings.Contains(result.String(), want) {
			t.Errorf("%s\nbecame %s\nand gives %s, %v", expr, printed, result, result.Err)
		}
		if err := defaultBounds().Rule(expr, alpha, byOperator); err == nil {
			t.Errorf("%s is accepted", expr)
		}
	}
}
