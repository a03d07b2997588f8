package kubernetes

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

// creator is the field manager of every object that a create has made. The first update takes the fields over for the manager of
// the resource; the official plugin does the same, so either can go on where the other stopped.
const creator = "pulumi-kubernetes"

// isCreation tells the claim of a create.
func isCreation(entry metav1.ManagedFieldsEntry) bool {
	return entry.Operation == metav1.ManagedFieldsOperationUpdate && entry.Subresource == "" &&
		strings.HasPrefix(entry.Manager, creator)
}

// isByHand tells the claims of people who used kubectl. A field can be removed only when nobody else claims it.
func isByHand(entry metav1.ManagedFieldsEntry) bool {
	return entry.Subresource == "" && (strings.HasPrefix(entry.Manager, "kubectl") || strings.HasPrefix(entry.Manager, "before-first-apply"))
}

// adopt makes the claims of the create, and of people by hand, the manager's own.
func adopt(
	ctx context.Context, client dynamic.ResourceInterface, live *unstructured.Unstructured, manager string,
) error {
	merged, err := withClaims(live.GetManagedFields(), manager, live.GetAPIVersion())
	if err != nil || merged == nil {
		return err
	}
	type operation struct {
		Op    string `json:"op"`
		Path  string `json:"path"`
		Value any    `json:"value"`
	}
	patch, err := json.Marshal([]operation{
		{"replace", "/metadata/managedFields", merged},
		// A change in between must not be lost.
		{"test", "/metadata/resourceVersion", live.GetResourceVersion()},
	})
	if err != nil {
		return err
	}
	_, err = client.Patch(ctx, live.GetName(), types.JSONPatchType, patch, metav1.PatchOptions{FieldManager: manager})
	return err
}

// withClaims are the entries with those of the create and of people by hand merged into the manager's; nil when there are none.
func withClaims(entries []metav1.ManagedFieldsEntry, manager, apiVersion string) ([]metav1.ManagedFieldsEntry, error) {
	taken := fieldpath.NewSet()
	rest := make([]metav1.ManagedFieldsEntry, 0, len(entries))
	found := false
	for _, entry := range entries {
		own := entry.Manager == manager && entry.Operation == metav1.ManagedFieldsOperationApply
		foreign := isCreation(entry) || isByHand(entry)
		if !own && !foreign {
			rest = append(rest, entry)
			continue
		}
		found = found || foreign
		if entry.FieldsV1 == nil {
			continue
		}
		fields := fieldpath.NewSet()
		if err := fields.FromJSON(bytes.NewReader(entry.FieldsV1.Raw)); err != nil {
			return nil, err
		}
		taken = taken.Union(fields)
	}
	if !found {
		return nil, nil
	}
	raw, err := taken.ToJSON()
	if err != nil {
		return nil, err
	}
	now := metav1.NewTime(time.Now())
	return slices.Insert(rest, 0, metav1.ManagedFieldsEntry{
		Manager: manager, Operation: metav1.ManagedFieldsOperationApply, APIVersion: apiVersion, Time: &now,
		FieldsType: "FieldsV1", FieldsV1: &metav1.FieldsV1{Raw: raw},
	}), nil
}
