package kubernetes

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
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

// managerFor names the field manager of a resource. It follows from the URN, so an object that a killed run left behind
// is known as this resource's own.
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

// owns says whether the manager has applied fields of the object.
func owns(live *unstructured.Unstructured, manager string) bool {
	for _, entry := range live.GetManagedFields() {
		if entry.Manager == manager && entry.Operation == metav1.ManagedFieldsOperationApply {
			return true
		}
	}
	return false
}

// forced says whether to take fields from other managers: as the object's annotation says, else as the provider's
// argument says, else the default of the operation.
func (s settings) forced(u *unstructured.Unstructured, byDefault bool) bool {
	switch u.GetAnnotations()[annotationForce] {
	case "true":
		return true
	case "false":
		return false
	}
	if s.patchForce != nil {
		return *s.patchForce
	}
	return byDefault
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
		err = fmt.Errorf("%w; another manager set these fields: leave them out, or take them over with the annotation %s: \"true\"",
			err, annotationForce)
	}
	return live, err
}

// How long an apply waits for what the program made a moment ago: a namespace, or the service behind a webhook.
const (
	applyPatience = time.Minute
	applyInterval = 500 * time.Millisecond
)

// sendPatiently retries while the cluster is still taking in what came before.
func (p *provider) sendPatiently(
	ctx context.Context, urn resource.URN, client dynamic.ResourceInterface, a application,
) (*unstructured.Unstructured, error) {
	for end := time.Now().Add(applyPatience); ; {
		live, err := a.send(ctx, client)
		if err == nil || !passing(err) || time.Now().After(end) {
			return live, err
		}
		p.engine.Status(ctx, urn, fmt.Sprintf("trying again: %v", err))
		if err := sleep(ctx, applyInterval); err != nil {
			return nil, err
		}
	}
}

// passing errors go away by themselves.
func passing(err error) bool {
	return apierrors.IsServiceUnavailable(err) || apierrors.IsServerTimeout(err) || isNamespaceMissing(err) ||
		apierrors.IsInternalError(err) && strings.Contains(err.Error(), "failed calling webhook")
}

func isNamespaceMissing(err error) bool {
	var status apierrors.APIStatus
	if !apierrors.IsNotFound(err) || !asStatus(err, &status) {
		return false
	}
	details := status.Status().Details
	return details != nil && details.Kind == "namespaces"
}
