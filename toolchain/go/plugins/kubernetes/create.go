package kubernetes

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"

	"moat.dev/toolchain/plugins/internal/rpc"
)

// Create applies the object and waits until it is ready.
func (p *provider) Create(ctx context.Context, r *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	urn := resource.URN(r.Urn)
	inputs, err := rpc.Decode(r.Properties)
	if err != nil {
		return nil, err
	}
	if r.Preview {
		shown, err := p.previewCreate(ctx, urn, inputs)
		if err != nil {
			return nil, err
		}
		properties, err := rpc.Encode(shown)
		return &pulumirpc.CreateResponse{Properties: properties}, err
	}
	u, _, err := object(inputs)
	if err != nil {
		return nil, err
	}
	manager := managerFor(urn, u)
	ctx, cancel := p.bounded(ctx, timeoutOf(r.Timeout, u))
	defer cancel()
	live, client, err := p.make(ctx, urn, u, manager)
	if err != nil {
		return nil, err
	}
	p.learn(live)
	live, notReady := p.awaitReady(ctx, urn, client, live)
	properties, err := rpc.Encode(outputs(live, inputs, manager))
	if err != nil {
		return nil, err
	}
	if notReady != nil {
		return nil, rpc.InitFailed(idOf(live), properties, r.Properties, notReady.Error())
	}
	return &pulumirpc.CreateResponse{Id: idOf(live), Properties: properties}, nil
}

// make applies an object whose name must be free, or taken by what an earlier, killed run of this resource left.
func (p *provider) make(
	ctx context.Context, urn resource.URN, u *unstructured.Unstructured, manager string,
) (*unstructured.Unstructured, dynamic.ResourceInterface, error) {
	cluster, err := p.connect()
	if err != nil {
		return nil, nil, err
	}
	client, err := cluster.clientSoon(ctx, u)
	if err != nil {
		return nil, nil, err
	}
	present, err := client.Get(ctx, u.GetName(), metav1.GetOptions{})
	if err != nil && !apierrors.IsNotFound(err) {
		return nil, nil, cluster.explain(err)
	}
	force := p.settings.forced(u, false)
	if err == nil {
		own := owns(present, manager)
		if !own && !p.settings.upsertExisting {
			return nil, nil, taken(present)
		}
		force = p.settings.forced(u, own)
		if present.GetDeletionTimestamp() != nil {
			if err := p.awaitGone(ctx, urn, client, present); err != nil {
				return nil, nil, err
			}
		}
	}
	live, err := p.sendPatiently(ctx, urn, client, application{object: u, manager: manager, force: force})
	return live, client, cluster.explain(err)
}

// learn forgets the known kinds when there is a new one.
func (p *provider) learn(live *unstructured.Unstructured) {
	if live.GetKind() != "CustomResourceDefinition" {
		return
	}
	if cluster, err := p.connect(); err == nil {
		cluster.mapper.Reset()
	}
}
