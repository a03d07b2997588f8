package kubernetes

import (
	"reflect"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"moat.dev/toolchain/plugins/internal/rpc"
)

type m = map[string]any

func TestDrift(t *testing.T) {
	for name, c := range map[string]struct{ inputs, applied, live, want m }{
		"spelling and defaults are none": {
			m{"cpu": "1000m"}, m{"cpu": "1", "mode": "x"}, m{"cpu": "1", "mode": "x", "foreign": "y"}, m{"cpu": "1000m"},
		},
		"a changed value": {m{"a": m{"b": "1", "c": "2"}}, m{"a": m{"b": "1", "c": "2"}}, m{"a": m{"b": "9", "c": "2"}},
			m{"a": m{"b": "9", "c": "2"}}},
		"a removed value": {m{"a": "1", "b": "2"}, m{"a": "1", "b": "2"}, m{"a": "1"}, m{"a": "1"}},
		"an element's value, without its defaults": {
			m{"l": []any{m{"name": "x", "v": "1"}}}, m{"l": []any{m{"name": "x", "v": "1", "d": "0"}}},
			m{"l": []any{m{"name": "x", "v": "2", "d": "0"}}}, m{"l": []any{m{"name": "x", "v": "2"}}},
		},
		"an element more": {
			m{"l": []any{m{"name": "x"}}}, m{"l": []any{m{"name": "x", "d": "0"}}},
			m{"l": []any{m{"name": "new"}, m{"name": "x", "d": "0"}}}, m{"l": []any{m{"name": "new"}, m{"name": "x"}}},
		},
		"an element that another manager adds for good": {
			m{"l": []any{m{"name": "x"}}}, m{"l": []any{m{"name": "x"}, m{"name": "sidecar"}}},
			m{"l": []any{m{"name": "x"}, m{"name": "sidecar"}}}, m{"l": []any{m{"name": "x"}}},
		},
		"another kind of value": {m{"a": "1"}, m{"a": "1"}, m{"a": m{"b": "1"}}, m{"a": m{"b": "1"}}},
	} {
		got := driftOf(resource.NewPropertyMapFromMap(c.inputs),
			&unstructured.Unstructured{Object: c.applied}, &unstructured.Unstructured{Object: c.live}).Mappable()
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

func TestDriftOfSecrets(t *testing.T) {
	inputs := resource.PropertyMap{
		"kind":       resource.NewProperty("Secret"),
		"stringData": resource.MakeSecret(resource.NewProperty(resource.PropertyMap{"a": resource.NewProperty("a"), "b": resource.NewProperty("b")})),
	}
	live := &unstructured.Unstructured{Object: m{"apiVersion": "v1", "kind": "Secret", "data": m{"a": "Wg=="}}}
	applied := &unstructured.Unstructured{Object: m{"apiVersion": "v1", "kind": "Secret", "data": m{"a": "YQ==", "b": "Yg=="}}}
	got := driftOf(inputs, applied, live)
	want := resource.PropertyMap{"a": resource.NewProperty("Z")}
	if !got["stringData"].IsSecret() || !rpc.Reveal(got["stringData"]).ObjectValue().DeepEquals(want) {
		t.Errorf("got %v, want %v, secret", got["stringData"], want)
	}
}
