package kubernetes

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
)

// Annotations of the official plugin that this one honours.
const (
	annotationForce   = "pulumi.com/patchForce"
	annotationManager = "pulumi.com/patchFieldManager"
	annotationSkip    = "pulumi.com/skipAwait"
	annotationTimeout = "pulumi.com/timeoutSeconds"
)

// managerFor names the field manager of a resource: after the URN, so that two resources never share one.
func managerFor(urn resource.URN, u *unstructured.Unstructured) string {
	if chosen := u.GetAnnotations()[annotationManager]; chosen != "" {
		return chosen
	}
	sum := sha256.Sum256([]byte(urn))
	return "pulumi-kubernetes-" + hex.EncodeToString(sum[:4])
}

// storedManager is the manager that made the object; a renamed resource keeps it.
func storedManager(state resource.PropertyMap, urn resource.URN, u *unstructured.Unstructured) string {
	if v := state[fieldManagerKey]; v.IsString() && v.StringValue() != "" {
		return v.StringValue()
	}
	return managerFor(urn, u)
}

// forced says whether an apply takes fields that another manager has set: never by default, as in the official plugin. Only a
// preview does, where the real update would first have made the created fields its own.
func (s settings) forced(u, live *unstructured.Unstructured, preview bool) bool {
	switch {
	case u.GetAnnotations()[annotationForce] == "true", s.patchForce:
		return true
	case live == nil:
		return preview
	}
	return len(live.GetManagedFields()) == 0 || preview && slices.ContainsFunc(live.GetManagedFields(), isCreation)
}

// application is one server-side apply.
type application struct {
	object  *unstructured.Unstructured
	manager string
	force   bool
	dryRun  bool
}

func (a application) send(ctx context.Context, client dynamic.ResourceInterface) (*unstructured.Unstructured, error) {
	body, err := a.object.MarshalJSON()
	if err != nil {
		return nil, err
	}
	options := metav1.PatchOptions{
		FieldManager: a.manager, Force: &a.force, FieldValidation: metav1.FieldValidationStrict,
	}
	if a.dryRun {
		options.DryRun = []string{metav1.DryRunAll}
	}
	live, err := client.Patch(ctx, a.object.GetName(), types.ApplyPatchType, body, options)
	if apierrors.IsConflict(err) {
		err = fmt.Errorf("%w; another manager set these fields: leave them out, or take them over with the annotation %s: \"true\" or the provider's enablePatchForce",
			err, annotationForce)
	}
	return live, err
}

// A create is tried again while its namespace or its kind is not there yet, this often and ever slower: as the official plugin
// does it, and for no other reason. An update is tried once.
const (
	createRetries    = 5
	firstCreateRetry = time.Second
)

func isNamespaceMissing(err error) bool {
	var status apierrors.APIStatus
	if !apierrors.IsNotFound(err) || !asStatus(err, &status) {
		return false
	}
	details := status.Status().Details
	return details != nil && details.Kind == "namespaces"
}
