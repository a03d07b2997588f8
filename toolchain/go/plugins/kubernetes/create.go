package kubernetes

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"

	"moat.dev/toolchain/plugins/internal/rpc"
)

// Create makes the object and waits until it is ready.
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
	if err := readableWaitFor(live); err != nil {
		return nil, err // as the official plugin: the object is there, and the state does not know it
	}
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

// make makes an object whose name is free. What is there already is never taken over, as nobody knows whose it is, unless the
// provider was told to. Like the official plugin it tries again while the namespace or the kind is missing.
func (p *provider) make(
	ctx context.Context, urn resource.URN, u *unstructured.Unstructured, manager string,
) (*unstructured.Unstructured, dynamic.ResourceInterface, error) {
	cluster, err := p.connect()
	if err != nil {
		return nil, nil, err
	}
	for retry, wait := 0, firstCreateRetry; ; retry, wait = retry+1, 2*wait {
		client, err := cluster.client(u)
		if err == nil {
			var live *unstructured.Unstructured
			if live, err = p.send(ctx, client, u, manager); err == nil {
				return live, client, nil
			}
		}
		if retry == createRetries || !apierrors.IsNotFound(err) && !meta.IsNoMatchError(err) {
			return nil, nil, p.whyNotMade(ctx, cluster, client, u, err)
		}
		p.engine.Status(ctx, urn, fmt.Sprintf("trying again: %v", err))
		if err := sleep(ctx, wait); err != nil {
			return nil, nil, err
		}
		cluster.mapper.Reset()
	}
}

func (p *provider) send(
	ctx context.Context, client dynamic.ResourceInterface, u *unstructured.Unstructured, manager string,
) (*unstructured.Unstructured, error) {
	if p.settings.upsertExisting {
		return application{object: u, manager: manager, force: p.settings.forced(u, nil, false)}.send(ctx, client)
	}
	return client.Create(ctx, u, metav1.CreateOptions{FieldManager: creator, FieldValidation: metav1.FieldValidationStrict})
}

func (p *provider) whyNotMade(
	ctx context.Context, cluster *cluster, client dynamic.ResourceInterface, u *unstructured.Unstructured, err error,
) error {
	switch {
	case apierrors.IsAlreadyExists(err):
		if live, failed := client.Get(ctx, u.GetName(), metav1.GetOptions{}); failed == nil {
			return taken(live)
		}
	case meta.IsNoMatchError(err):
		return fmt.Errorf("%w; install its CustomResourceDefinition first, and make this resource depend on it", err)
	}
	return cluster.explain(err)
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
