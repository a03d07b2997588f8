package kubernetes

import (
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func TestReadinessOf(t *testing.T) {
	available := m{"annotations": m{annotationWaitFor: "condition=Available"}}
	for name, c := range map[string]struct {
		object        m
		ready, failed bool
	}{
		"a config map":                                 {m{"apiVersion": "v1", "kind": "ConfigMap"}, true, false},
		"a service":                                    {m{"apiVersion": "v1", "kind": "Service", "spec": m{"selector": m{"a": "b"}}}, true, false},
		"a load balancer, no address":                  {m{"apiVersion": "v1", "kind": "Service", "spec": m{"type": "LoadBalancer"}}, false, false},
		"a load balancer, with one":                    {m{"apiVersion": "v1", "kind": "Service", "spec": m{"type": "LoadBalancer"}, "status": m{"loadBalancer": m{"ingress": []any{m{"ip": "1.2.3.4"}}}}}, true, false},
		"a custom resource, no status":                 {m{"apiVersion": "a.b/v1", "kind": "X"}, true, false},
		"a Prometheus, no status":                      {m{"apiVersion": "monitoring.coreos.com/v1", "kind": "Prometheus"}, true, false},
		"a Prometheus that is asked for its condition": {m{"apiVersion": "monitoring.coreos.com/v1", "kind": "Prometheus", "metadata": available}, false, false},
		"a definition that is not established":         {m{"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}, true, false},
		"a quota that is not taken in":                 {m{"apiVersion": "v1", "kind": "ResourceQuota", "spec": m{"hard": m{"pods": "1"}}}, false, false},
		"a quota that is":                              {m{"apiVersion": "v1", "kind": "ResourceQuota", "spec": m{"hard": m{"pods": "1"}}, "status": m{"hard": m{"pods": "1"}}}, true, false},
		"a paused deployment":                          {m{"apiVersion": "apps/v1", "kind": "Deployment", "spec": m{"paused": true}}, true, false},
		"a service monitor":                            {m{"apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitor"}, true, false},
		"a job under way":                              {m{"apiVersion": "batch/v1", "kind": "Job", "status": m{"active": int64(1)}}, false, false},
		"a failed job":                                 {m{"apiVersion": "batch/v1", "kind": "Job", "status": m{"conditions": []any{m{"type": "Failed", "status": "True"}}}}, false, true},
		"a new deployment":                             {m{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": m{"generation": int64(1)}, "spec": m{"replicas": int64(1)}}, false, false},
		"a deployment not waited for":                  {m{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": m{"annotations": m{annotationSkip: "true"}}}, true, false},
	} {
		got := readinessOf(&unstructured.Unstructured{Object: c.object})
		if got.ready != c.ready || got.failed != c.failed {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}
