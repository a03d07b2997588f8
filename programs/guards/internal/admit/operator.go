package admit

import (
	"github.com/prometheus-community/prom-label-proxy/injectproxy"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// byOperator is what the Prometheus Operator does with each expression of a rule (its package namespacelabeler), by the same library.
func byOperator(tree parser.Expr, m *labels.Matcher) (string, error) {
	if err := injectproxy.NewPromQLEnforcer(false, m).EnforceNode(tree); err != nil {
		return "", err
	}
	return tree.String(), nil
}
