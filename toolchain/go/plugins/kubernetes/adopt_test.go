package kubernetes

import (
	"encoding/json"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func claim(manager string, operation metav1.ManagedFieldsOperationType, subresource, fields string) metav1.ManagedFieldsEntry {
	return metav1.ManagedFieldsEntry{
		Manager: manager, Operation: operation, Subresource: subresource, APIVersion: "v1",
		FieldsType: "FieldsV1", FieldsV1: &metav1.FieldsV1{Raw: []byte(fields)},
	}
}

const update, apply = metav1.ManagedFieldsOperationUpdate, metav1.ManagedFieldsOperationApply

func TestWithClaims(t *testing.T) {
	entries := []metav1.ManagedFieldsEntry{
		claim(creator, update, "", `{"f:data":{"f:a":{}}}`),
		claim("kubectl-edit", update, "", `{"f:data":{"f:b":{}}}`),
		claim("ours", apply, "", `{"f:data":{"f:c":{}}}`),
		// A controller's, and what kubectl does through a subresource, stay whose they are.
		claim("controller", update, "status", `{"f:status":{}}`),
		claim("kubectl", update, "scale", `{"f:spec":{"f:replicas":{}}}`),
	}
	merged, err := withClaims(entries, "ours", "v1")
	if err != nil || len(merged) != 3 {
		t.Fatalf("got %v %v", merged, err)
	}
	var fields struct {
		Data map[string]any `json:"f:data"`
	}
	if err := json.Unmarshal(merged[0].FieldsV1.Raw, &fields); err != nil || len(fields.Data) != 3 || merged[0].Manager != "ours" {
		t.Errorf("got %s %v", merged[0].FieldsV1.Raw, err)
	}
	if none, err := withClaims(merged, "ours", "v1"); none != nil || err != nil {
		t.Errorf("there is nothing more to take: %v %v", none, err)
	}
}

func TestForced(t *testing.T) {
	plain := &unstructured.Unstructured{Object: m{}}
	asked := &unstructured.Unstructured{Object: m{"metadata": m{"annotations": m{annotationForce: "true"}}}}
	with := func(entries ...metav1.ManagedFieldsEntry) *unstructured.Unstructured {
		u := &unstructured.Unstructured{Object: m{}}
		u.SetManagedFields(entries)
		return u
	}
	for name, c := range map[string]struct{ got, want bool }{
		"an update":                             {settings{}.forced(plain, with(claim("ours", apply, "", "{}")), false), false},
		"an update by a provider that may":      {settings{patchForce: true}.forced(plain, with(claim("ours", apply, "", "{}")), false), true},
		"an update of an object that asks":      {settings{}.forced(asked, with(claim("ours", apply, "", "{}")), false), true},
		"a preview of a first update":           {settings{}.forced(plain, with(claim(creator, update, "", "{}")), true), true},
		"a preview of a later one":              {settings{}.forced(plain, with(claim("ours", apply, "", "{}")), true), false},
		"a create over something":               {settings{}.forced(plain, nil, false), false},
		"an object older than claims on fields": {settings{}.forced(plain, with(), false), true},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %v", name, c.got)
		}
	}
}
