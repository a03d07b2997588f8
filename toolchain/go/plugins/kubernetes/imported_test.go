package kubernetes

import (
	"reflect"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func TestImported(t *testing.T) {
	live := &unstructured.Unstructured{Object: m{
		"apiVersion": "v1", "kind": "Service",
		"metadata": m{
			"name": "s", "namespace": "n", "uid": "u", "resourceVersion": "1", "generation": int64(1), "creationTimestamp": "t",
			"managedFields": []any{}, "annotations": m{"kubectl.kubernetes.io/last-applied-configuration": "{}"},
		},
		"spec":   m{"clusterIP": "1.2.3.4", "clusterIPs": []any{"1.2.3.4"}, "selector": m{"a": "b"}},
		"status": m{"loadBalancer": m{}},
	}}
	want := m{
		"apiVersion": "v1", "kind": "Service", "metadata": m{"name": "s", "namespace": "n"}, "spec": m{"selector": m{"a": "b"}}, importedKey: true,
	}
	if got := imported(live).Mappable(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
