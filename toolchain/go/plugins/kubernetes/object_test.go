package kubernetes

import (
	"reflect"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"moat.dev/toolchain/plugins/internal/rpc"
)

func TestKindOf(t *testing.T) {
	for token, want := range map[tokens.Type]string{
		"kubernetes:core/v1:ConfigMap":                   "/v1, Kind=ConfigMap",
		"kubernetes:v1:ConfigMap":                        "/v1, Kind=ConfigMap",
		"kubernetes:apps/v1:Deployment":                  "apps/v1, Kind=Deployment",
		"kubernetes:monitoring.coreos.com/v1:Prometheus": "monitoring.coreos.com/v1, Kind=Prometheus",
	} {
		if got, err := kindOf(token); err != nil || got.String() != want {
			t.Errorf("kindOf(%s) = %s, %v; want %s", token, got, err, want)
		}
	}
}

func TestObject(t *testing.T) {
	inputs := resource.PropertyMap{
		"apiVersion": resource.NewProperty("v1"), "kind": resource.NewProperty("Secret"),
		"__internal":                 resource.NewProperty("x"),
		"data":                       resource.NewProperty(resource.PropertyMap{"b": resource.NewProperty("Yg==")}),
		"stringData":                 resource.MakeSecret(resource.NewProperty(resource.PropertyMap{"a": resource.NewProperty("a")})),
		"number":                     resource.NewProperty(3.0),
		"x_kubernetes_int_or_string": resource.NewProperty(true),
		"list":                       resource.NewProperty([]resource.PropertyValue{resource.MakeSecret(resource.NewProperty("x"))}),
	}
	u, known, err := object(inputs)
	want := map[string]any{
		"apiVersion": "v1", "kind": "Secret", "number": int64(3), "list": []any{"x"},
		"x-kubernetes-int-or-string": true,
		"data":                       map[string]any{"a": "YQ==", "b": "Yg=="},
	}
	if err != nil || !known || !reflect.DeepEqual(u.Object, want) {
		t.Errorf("got %v, %v, %v; want %v", u.Object, known, err, want)
	}
	if back := properties(u); !back.HasValue("x_kubernetes_int_or_string") {
		t.Errorf("the SDK's names come back: %v", back)
	}
	inputs["later"] = rpc.Unknown()
	if u, known, _ := object(inputs); known || u.Object["later"] != nil {
		t.Errorf("an unknown value is left out and told: %v, %v", u.Object, known)
	}
}

func TestOutputsKeepSecrets(t *testing.T) {
	live := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap",
		"metadata": map[string]any{"name": "c", "managedFields": []any{}},
		"data":     map[string]any{"a": "1", "b": "2"},
		"list":     []any{map[string]any{"x": "1"}, "plain"},
	}}
	inputs := resource.PropertyMap{
		"data": resource.NewProperty(resource.PropertyMap{"a": resource.MakeSecret(resource.NewProperty("1"))}),
		"list": resource.NewProperty([]resource.PropertyValue{resource.NewProperty(resource.PropertyMap{
			"x": resource.MakeSecret(resource.NewProperty("1")),
		})}),
	}
	out := outputs(live, inputs, "manager")
	data := out["data"].ObjectValue()
	if !data["a"].IsSecret() || data["b"].IsSecret() || !out["list"].ArrayValue()[0].ObjectValue()["x"].IsSecret() {
		t.Errorf("secret is what the inputs have secret: %v", out)
	}
	if metadata, _ := metadataOf(out); metadata.HasValue("managedFields") {
		t.Error("managedFields are bookkeeping")
	}
	live.SetKind("Secret")
	if out := outputs(live, nil, "manager"); !out["data"].IsSecret() {
		t.Errorf("the data of a Secret is secret: %v", out)
	}
}
