package main

import (
	"errors"
	"fmt"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus-operator/prometheus-operator/pkg/informers"
	"github.com/prometheus-operator/prometheus-operator/pkg/namespacelabeler"
	"github.com/prometheus-operator/prometheus-operator/pkg/operator"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
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
		if _, errs := rulefmt.Parse([]byte(content), false, model.UTF8Validation); len(errs) > 0 {
			return Verdict{Broken: fmt.Sprintf("Prometheus refuses the rules: %v", errors.Join(errs...))}, nil
		}
	}
	verdict.Refused = refusal(selection.Selected())
	if verdict.Refused == "" && len(selection.RuleFiles()) == 0 {
		verdict.Refused = "its expressions cannot be read"
	}
	return verdict, nil
}
