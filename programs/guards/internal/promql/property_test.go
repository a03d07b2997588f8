package promql

import (
	"testing"

	"github.com/thanos-io/thanos/pkg/extpromql"

	"moat.dev/guards/internal/samples"
)

func TestEverySelectorOfAnyQueryIsConfined(t *testing.T) {
	const queries = 20_000
	bounds := defaults()
	parsed := 0
	for i := range queries {
		seed := uint64(i)
		query := samples.Drawn(seed)
		if _, err := extpromql.ParseExpr(query); err != nil {
			if got, err := bounds.Enforce(query, alpha, Span{}); err == nil {
				t.Fatalf("seed %d: what the parser refuses became %s", seed, got.Text)
			}
			continue
		}
		parsed++
		m := alpha
		if i%3 == 0 {
			m = both
		}
		got, err := bounds.Enforce(query, m, Span{})
		if err != nil {
			t.Fatalf("seed %d: %s: %v", seed, query, err)
		}
		allConfined(t, query, got.Text, m)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	if parsed < queries/2 {
		t.Errorf("only %d of %d drawn queries are PromQL", parsed, queries)
	}
}
