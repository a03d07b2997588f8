package kubernetes

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"

	"moat.dev/toolchain/plugins/internal/rpc"
)

// Update applies the new inputs: what they set is set, what they no longer set is removed, the rest is left alone.
func (p *provider) Update(ctx context.Context, r *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	urn := resource.URN(r.Urn)
	maps, err := rpc.DecodeAll(r.Olds, r.OldInputs, r.News)
	if err != nil {
		return nil, err
	}
	state, oldInputs, inputs := maps[0], maps[1], maps[2]
	u, known, err := object(inputs)
	if err != nil {
		return nil, err
	}
	a := application{
		object: u, manager: storedManager(state, urn, u), force: p.settings.forced(u, true), dryRun: r.Preview,
	}
	if r.Preview {
		shown, err := p.previewUpdate(ctx, a, inputs, known)
		if err != nil {
			return nil, err
		}
		properties, err := rpc.Encode(shown)
		return &pulumirpc.UpdateResponse{Properties: properties}, err
	}
	ctx, cancel := p.bounded(ctx, timeoutOf(r.Timeout, u))
	defer cancel()
	live, client, err := p.change(ctx, urn, a, oldInputs, r.IgnoreChanges)
	if err != nil {
		return nil, err
	}
	live, notReady := p.awaitReady(ctx, urn, client, live)
	properties, err := rpc.Encode(outputs(live, inputs, a.manager))
	if err != nil {
		return nil, err
	}
	if notReady != nil {
		return nil, rpc.InitFailed(r.Id, properties, r.News, notReady.Error())
	}
	return &pulumirpc.UpdateResponse{Properties: properties}, nil
}

func (p *provider) previewUpdate(
	ctx context.Context, a application, inputs resource.PropertyMap, known bool,
) (resource.PropertyMap, error) {
	cluster, err := p.connect()
	if err != nil {
		return nil, err
	}
	client, err := cluster.client(a.object)
	if meta.IsNoMatchError(err) || err == nil && !known {
		return inputs, nil
	}
	if err != nil {
		return nil, err
	}
	tried, err := a.send(ctx, client)
	if err != nil {
		return inputs, untriable(cluster.explain(err))
	}
	out := properties(withoutManagers(tried))
	keepSecrets(out, inputs)
	return out, nil
}

func (p *provider) change(
	ctx context.Context, urn resource.URN, a application, oldInputs resource.PropertyMap, ignored []string,
) (*unstructured.Unstructured, dynamic.ResourceInterface, error) {
	cluster, err := p.connect()
	if err != nil {
		return nil, nil, err
	}
	client, err := cluster.clientSoon(ctx, a.object)
	if err != nil {
		return nil, nil, err
	}
	if present, err := client.Get(ctx, a.object.GetName(), metav1.GetOptions{}); err == nil {
		if err := p.adopt(ctx, client, a, present, oldInputs); err != nil {
			return nil, nil, cluster.explain(err)
		}
		leaveIgnored(a.object, present, ignored)
	}
	live, err := p.sendPatiently(ctx, urn, client, a)
	return live, client, cluster.explain(err)
}

func withoutManagers(u *unstructured.Unstructured) *unstructured.Unstructured {
	plain := u.DeepCopy()
	plain.SetManagedFields(nil)
	return plain
}
