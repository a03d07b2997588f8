package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"

	"moat.dev/toolchain/plugins/internal/rpc"
)

// previewCreate lets the server try the object without keeping it. What cannot be tried yet passes: values that are not
// known, kinds and namespaces that the same program makes.
func (p *provider) previewCreate(
	ctx context.Context, urn resource.URN, inputs resource.PropertyMap,
) (resource.PropertyMap, error) {
	u, known, err := object(inputs)
	if err != nil {
		return nil, err
	}
	cluster, err := p.connect()
	if err != nil {
		return nil, err
	}
	client, err := cluster.client(u)
	if meta.IsNoMatchError(err) || err == nil && !known {
		return inputs, nil
	}
	if err != nil {
		return nil, err
	}
	tried, err := p.tryCreate(ctx, client, u, managerFor(urn, u))
	switch {
	case err == nil && tried.GetResourceVersion() == "":
		return previewed(tried, inputs), nil
	case apierrors.IsAlreadyExists(err):
		// It may be what the new object is to replace, so only the real create can tell. The official plugin does not, either.
		return inputs, nil
	}
	return inputs, untriable(cluster.explain(err))
}

// tryCreate lets the server try a create in the way in which it will be made.
func (p *provider) tryCreate(
	ctx context.Context, client dynamic.ResourceInterface, u *unstructured.Unstructured, manager string,
) (*unstructured.Unstructured, error) {
	if p.settings.upsertExisting {
		return application{object: u, manager: manager, force: p.settings.forced(u, nil, true), dryRun: true}.send(ctx, client)
	}
	return client.Create(ctx, u, metav1.CreateOptions{
		DryRun: []string{metav1.DryRunAll}, FieldManager: creator, FieldValidation: metav1.FieldValidationStrict,
	})
}

// taken is the error for a name that is in use by something else.
func taken(live *unstructured.Unstructured) error {
	return fmt.Errorf("%s is there already and was not made by this resource; "+
		"import it (pulumi import, or the import option), give another name, "+
		"add an alias if the resource was renamed, or set upsertExistingObjects on the provider to take it over",
		display(live))
}

// untriable drops errors that say only that the dry run is not possible yet.
func untriable(err error) error {
	switch {
	case err == nil, isNamespaceMissing(err):
		return nil
	case apierrors.IsBadRequest(err) && strings.Contains(err.Error(), "does not support dry run"):
		return nil
	case apierrors.IsInternalError(err) && strings.Contains(err.Error(), "failed calling webhook"):
		return nil
	}
	return err
}

// previewed shows what the server would make of the inputs, without what only a real create decides.
func previewed(tried *unstructured.Unstructured, inputs resource.PropertyMap) resource.PropertyMap {
	shown := tried.DeepCopy()
	shown.SetManagedFields(nil)
	delete(shown.Object, "status")
	for _, field := range []string{"uid", "creationTimestamp", "resourceVersion", "generation"} {
		unstructured.RemoveNestedField(shown.Object, "metadata", field)
	}
	out := properties(shown)
	keepSecrets(out, inputs)
	if metadata, ok := metadataOf(out); ok {
		metadata["uid"] = rpc.Unknown()
	}
	if shown.GetKind() == "Service" {
		concealAllocated(out, inputs)
	}
	out["status"] = rpc.Unknown()
	return out
}

// concealAllocated: the addresses and ports of a service are drawn anew when it is really made.
func concealAllocated(out, inputs resource.PropertyMap) {
	spec, wanted := rpc.Reveal(out["spec"]), rpc.Reveal(inputs["spec"])
	if !spec.IsObject() || !wanted.IsObject() {
		return
	}
	for _, key := range []resource.PropertyKey{"clusterIP", "clusterIPs", "healthCheckNodePort"} {
		if spec.ObjectValue().HasValue(key) && !wanted.ObjectValue().HasValue(key) {
			spec.ObjectValue()[key] = rpc.Unknown()
		}
	}
	ports := spec.ObjectValue()["ports"]
	if !ports.IsArray() {
		return
	}
	for i, port := range ports.ArrayValue() {
		if port.IsObject() && port.ObjectValue().HasValue("nodePort") && !hasNodePort(wanted.ObjectValue()["ports"], i) {
			port.ObjectValue()["nodePort"] = rpc.Unknown()
		}
	}
}

func hasNodePort(ports resource.PropertyValue, i int) bool {
	ports = rpc.Reveal(ports)
	if !ports.IsArray() || i >= len(ports.ArrayValue()) {
		return false
	}
	port := rpc.Reveal(ports.ArrayValue()[i])
	return port.IsObject() && port.ObjectValue().HasValue("nodePort")
}

func asStatus(err error, target *apierrors.APIStatus) bool { return errors.As(err, target) }
