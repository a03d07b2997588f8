package kubernetes

import (
	"reflect"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func TestLeaveIgnored(t *testing.T) {
	live := &unstructured.Unstructured{Object: m{"spec": m{"replicas": int64(5), "list": []any{m{"a": "live"}}}}}
	wanted := &unstructured.Unstructured{Object: m{"spec": m{"replicas": int64(1), "list": []any{m{"a": "old", "b": "new"}}}}}
	leaveIgnored(wanted, live, []string{"spec.replicas", "spec.list[0].a", "spec.none", "spec.list[7]", "not[a path"})
	want := m{"spec": m{"replicas": int64(5), "list": []any{m{"a": "live", "b": "new"}}}}
	if !reflect.DeepEqual(wanted.Object, want) {
		t.Errorf("got %v, want %v", wanted.Object, want)
	}
}
