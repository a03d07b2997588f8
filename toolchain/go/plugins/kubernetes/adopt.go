package kubernetes

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
)

// adopt makes an imported object this resource's own at its first update: it applies the old inputs, and drops the claims
// of the tools that people use by hand. A field can be removed only when nobody else claims it.
func (p *provider) adopt(
	ctx context.Context, client dynamic.ResourceInterface, a application, live *unstructured.Unstructured,
	oldInputs resource.PropertyMap,
) error {
	if owns(live, a.manager) {
		return nil
	}
	old, _, err := object(oldInputs)
	if err != nil {
		return err
	}
	live, err = application{object: old, manager: a.manager, force: true}.send(ctx, client)
	if err != nil {
		return err
	}
	patch, err := withoutClaims(live)
	if err != nil || patch == nil {
		return err
	}
	_, err = client.Patch(ctx, live.GetName(), types.JSONPatchType, patch, metav1.PatchOptions{FieldManager: a.manager})
	return err
}

// byHand are the managers of people and of other deployment tools, by how their names begin.
var byHand = []string{"kubectl", "helm", "pulumi-kubernetes", "before-first-apply"}

// withoutClaims is the patch that leaves out what people's tools claim by updates; nil when there is nothing to leave out.
func withoutClaims(live *unstructured.Unstructured) ([]byte, error) {
	kept := slices.DeleteFunc(live.GetManagedFields(), func(entry metav1.ManagedFieldsEntry) bool {
		return entry.Operation == metav1.ManagedFieldsOperationUpdate && entry.Subresource == "" &&
			slices.ContainsFunc(byHand, func(name string) bool { return strings.HasPrefix(entry.Manager, name) })
	})
	if len(kept) == len(live.GetManagedFields()) {
		return nil, nil
	}
	type operation struct {
		Op    string `json:"op"`
		Path  string `json:"path"`
		Value any    `json:"value"`
	}
	return json.Marshal([]operation{
		{"replace", "/metadata/managedFields", kept},
		// A change in between must not be lost.
		{"test", "/metadata/resourceVersion", live.GetResourceVersion()},
	})
}
