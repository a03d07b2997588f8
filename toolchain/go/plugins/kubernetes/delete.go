package kubernetes

import (
	"context"
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"moat.dev/toolchain/plugins/internal/rpc"
)

const annotationPropagation = "pulumi.com/deletionPropagationPolicy"

// Delete removes the object and waits until it and what hangs on it are gone. What is not there is deleted.
func (p *provider) Delete(ctx context.Context, r *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	urn := resource.URN(r.Urn)
	u, err := p.identity(urn, r.Id)
	if err != nil {
		return nil, err
	}
	state, err := rpc.Decode(r.Properties)
	if err != nil {
		return nil, err
	}
	last, _, err := object(state)
	if err != nil {
		return nil, err
	}
	ctx, cancel := p.bounded(ctx, timeoutOf(r.Timeout, last))
	defer cancel()
	err = p.remove(ctx, urn, u, last)
	var away unreachable
	if p.settings.deleteUnreachable && errors.As(err, &away) {
		p.engine.Warn(ctx, urn, "dropped from the state only: "+away.Error())
		err = nil
	}
	return &emptypb.Empty{}, err
}

func (p *provider) remove(ctx context.Context, urn resource.URN, u, last *unstructured.Unstructured) error {
	policy := propagation(last)
	cluster, err := p.connect()
	if err != nil {
		return err
	}
	client, err := cluster.client(u)
	if meta.IsNoMatchError(err) {
		return nil // its definition is gone, and so are all its objects
	}
	if err != nil {
		return err
	}
	live, err := client.Get(ctx, u.GetName(), metav1.GetOptions{})
	if err == nil {
		err = client.Delete(ctx, u.GetName(), metav1.DeleteOptions{PropagationPolicy: &policy})
	}
	switch {
	case apierrors.IsNotFound(err):
		return nil
	case err != nil:
		return cluster.explain(err)
	}
	return p.awaitGone(ctx, urn, client, live)
}

// propagation: what others hang on goes first, so that a deleted workload has no pods left. Objects that nothing hangs on
// need not wait for the garbage collector.
func propagation(u *unstructured.Unstructured) metav1.DeletionPropagation {
	switch u.GetAnnotations()[annotationPropagation] {
	case "background":
		return metav1.DeletePropagationBackground
	case "foreground":
		return metav1.DeletePropagationForeground
	case "orphan":
		return metav1.DeletePropagationOrphan
	}
	switch u.GroupVersionKind().Group {
	case "", "rbac.authorization.k8s.io", "networking.k8s.io", "storage.k8s.io", "policy", "scheduling.k8s.io",
		"admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io":
		if u.GetKind() != "ReplicationController" {
			return metav1.DeletePropagationBackground
		}
	}
	return metav1.DeletePropagationForeground
}

// identity is an object with nothing but what tells it from others.
func (p *provider) identity(urn resource.URN, id string) (*unstructured.Unstructured, error) {
	gvk, err := kindOf(urn.Type())
	if err != nil {
		return nil, err
	}
	namespace, name := splitID(id)
	u := &unstructured.Unstructured{}
	u.SetGroupVersionKind(gvk)
	u.SetName(name)
	u.SetNamespace(namespace)
	return u, nil
}
