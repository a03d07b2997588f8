package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus-operator/prometheus-operator/pkg/assets"
	"github.com/prometheus-operator/prometheus-operator/pkg/client/versioned/scheme"
	"github.com/prometheus-operator/prometheus-operator/pkg/operator"
	operatorprometheus "github.com/prometheus-operator/prometheus-operator/pkg/prometheus"
	"github.com/prometheus/client_golang/prometheus"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/tools/cache"
)

// namespace of the tenant.
const namespace = "alpha"

var (
	quiet  = slog.New(slog.DiscardHandler)
	secret = &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "keys", Namespace: namespace},
		Data:       map[string][]byte{"key": []byte("value")},
	}
	configMap = &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: "keys", Namespace: namespace},
		Data:       map[string]string{"key": "value"},
	}
	// What monitors refer to: a Secret and a ConfigMap "keys", each with a "key".
	references = fake.NewClientset(secret, configMap).CoreV1()
	metrics    = operator.NewMetrics(prometheus.NewRegistry())
	namespaces = func() cache.SharedIndexInformer {
		informer := cache.NewSharedIndexInformer(nil, &corev1.Namespace{}, 0, cache.Indexers{})
		labels := map[string]string{"moat.dev/role": "tenant"}
		if err := informer.GetIndexer().Add(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace, Labels: labels}}); err != nil {
			panic(err)
		}
		return informer
	}()
)

// check runs an object, or none, through the operator and Prometheus. An error is what would stop the operator altogether.
func check(p *monitoringv1.Prometheus, object []byte) (Verdict, error) {
	decoded, err := listed(object)
	if err != nil {
		return Verdict{}, fmt.Errorf("the operator cannot read the list: %w", err)
	}
	switch found := decoded.(type) {
	case nil, *monitoringv1.ServiceMonitorList, *monitoringv1.PodMonitorList, *monitoringv1.ProbeList:
		return checkMonitor(p, found)
	case *monitoringv1.PrometheusRuleList:
		return checkRule(p, &found.Items[0])
	default:
		return Verdict{}, fmt.Errorf("an object of type %T", decoded)
	}
}

// listed decodes the object as the operator's client does: in a list of its kind.
func listed(object []byte) (runtime.Object, error) {
	if object == nil {
		return nil, nil
	}
	var kind metav1.TypeMeta
	if err := json.Unmarshal(object, &kind); err != nil {
		return nil, err
	}
	list := fmt.Sprintf(`{"apiVersion":%q,"kind":%q,"metadata":{},"items":[%s]}`, kind.APIVersion, kind.Kind+"List", object)
	return runtime.Decode(scheme.Codecs.UniversalDeserializer(), []byte(list))
}

func checkMonitor(p *monitoringv1.Prometheus, list runtime.Object) (Verdict, error) {
	ctx := context.Background()
	store := assets.NewStoreBuilder(references, references)
	selector, err := operatorprometheus.NewResourceSelector(quiet, p, store, namespaces, metrics, operator.NewFakeRecorder(1, p))
	if err != nil {
		return Verdict{}, err
	}
	var (
		services  map[string]*monitoringv1.ServiceMonitor
		pods      map[string]*monitoringv1.PodMonitor
		probes    map[string]*monitoringv1.Probe
		selection error
		refused   string
	)
	switch found := list.(type) {
	case *monitoringv1.ServiceMonitorList:
		selected, err := selector.SelectServiceMonitors(ctx, only(&found.Items[0]))
		services, refused, selection = selected.ValidResources(), refusal(selected), err
	case *monitoringv1.PodMonitorList:
		selected, err := selector.SelectPodMonitors(ctx, only(&found.Items[0]))
		pods, refused, selection = selected.ValidResources(), refusal(selected), err
	case *monitoringv1.ProbeList:
		selected, err := selector.SelectProbes(ctx, only(&found.Items[0]))
		probes, refused, selection = selected.ValidResources(), refusal(selected), err
	}
	if selection != nil {
		return Verdict{}, selection
	}
	if refused != "" {
		return Verdict{Refused: refused}, nil
	}
	generator, err := operatorprometheus.NewConfigGenerator(quiet, p, operatorprometheus.WithEndpointSliceSupport())
	if err != nil {
		return Verdict{}, err
	}
	written, err := generator.GenerateServerConfiguration(p, services, pods, probes, nil, store, nil, nil, nil, nil)
	if err != nil {
		return Verdict{}, err
	}
	return loaded(p, written)
}

// only lists one object.
func only(object runtime.Object) operatorprometheus.ListAllByNamespaceFn {
	return func(_ string, _ labels.Selector, appendTo cache.AppendFunc) error {
		appendTo(object)
		return nil
	}
}

// refusal is why the operator leaves the object out, if it does.
func refusal[T operator.ConfigurationResource](selected operator.TypedResourcesSelection[T]) string {
	for _, resource := range selected {
		for _, condition := range resource.Conditions() {
			if condition.Status != monitoringv1.ConditionTrue {
				return condition.Message
			}
		}
	}
	return ""
}
