package main

import (
	"errors"
	"fmt"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus-operator/prometheus-operator/pkg/informers"
	"github.com/prometheus-operator/prometheus-operator/pkg/namespacelabeler"
	"github.com/prometheus-operator/prometheus-operator/pkg/operator"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/client-go/tools/cache"
)

// standing is an informer that knows one object.
type standing struct {
	informer cache.SharedIndexInformer
}

func (s standing) ForResource(string, schema.GroupVersionResource) (informers.InformLister, error) {
	return s, nil
}
func (s standing) Namespaces() sets.Set[string]        { return sets.New(namespace) }
func (s standing) Informer() cache.SharedIndexInformer { return s.informer }
func (s standing) Lister() cache.GenericLister {
	return cache.NewGenericLister(s.informer.GetIndexer(), schema.GroupResource{})
}

func checkRule(p *monitoringv1.Prometheus, rule *monitoringv1.PrometheusRule) (Verdict, error) {
	informer := cache.NewSharedIndexInformer(nil, rule, 0, cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc})
	if err := informer.GetIndexer().Add(rule); err != nil {
		return Verdict{}, err
	}
	known, err := informers.NewInformersForResource(standing{informer}, schema.GroupVersionResource{})
	if err != nil {
		return Verdict{}, err
	}
	labeler := namespacelabeler.New(p.Spec.EnforcedNamespaceLabel, nil, true)
	selector, err := operator.NewPrometheusRuleSelector(operator.PrometheusFormat, p.Spec.Version, p.Spec.RuleSelector, labeler, known, operator.NewFakeRecorder(1, p), quiet)
	if err != nil {
		return Verdict{}, err
	}
	selection, err := selector.Select([]string{namespace})
	if err != nil {
		return Verdict{}, err
	}
	verdict := Verdict{}
	for _, content := range selection.RuleFiles() {
		verdict.Bytes += len(content)
		groups, errs := rulefmt.Parse([]byte(content), false, model.UTF8Validation)
		if len(errs) > 0 {
			return Verdict{Broken: fmt.Sprintf("Prometheus refuses the rules: %v", errors.Join(errs...))}, nil
		}
		if err := confined(groups, p.Spec.EnforcedNamespaceLabel); err != nil {
			return Verdict{Broken: err.Error()}, nil
		}
	}
	verdict.Refused = refusal(selection.Selected())
	if verdict.Refused == "" && len(selection.RuleFiles()) == 0 {
		verdict.Refused = "its expressions cannot be read"
	}
	return verdict, nil
}

// confined tells whether every selector of what Prometheus evaluates is held to the tenant's namespace.
func confined(groups *rulefmt.RuleGroups, label string) error {
	for _, group := range groups.Groups {
		for _, rule := range group.Rules {
			tree, err := parser.ParseExpr(rule.Expr)
			if err != nil {
				return fmt.Errorf("Prometheus cannot read %q: %w", rule.Expr, err)
			}
			for _, selector := range parser.ExtractSelectors(tree) {
				if !slices.ContainsFunc(selector, func(m *labels.Matcher) bool {
					return m.Name == label && m.Type == labels.MatchEqual && m.Value == namespace
				}) {
					return fmt.Errorf("a rule reads beyond its namespace: %s", rule.Expr)
				}
			}
		}
	}
	return nil
}
