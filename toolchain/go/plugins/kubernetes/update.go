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
	maps, err := rpc.DecodeAll(r.Olds, r.News)
	if err != nil {
		return nil, err
	}
	state, inputs := maps[0], maps[1]
	u, known, err := object(inputs)
	if err != nil {
		return nil, err
	}
	a := application{object: u, manager: storedManager(state, urn, u), dryRun: r.Preview}
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
	live, client, err := p.change(ctx, a, r.IgnoreChanges)
	if err != nil {
		return nil, err
	}
	if err := readableWaitFor(live); err != nil {
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
	present, err := client.Get(ctx, a.object.GetName(), metav1.GetOptions{})
	if err != nil {
		return inputs, cluster.explain(err)
	}
	a.force = p.settings.forced(a.object, present, true)
	tried, err := a.send(ctx, client)
	if err != nil {
		return inputs, untriable(cluster.explain(err))
	}
	out := properties(withoutManagers(tried))
	keepSecrets(out, inputs)
	return out, nil
}

// change applies new inputs to an object that is there. One that has vanished is not made anew: a refresh must say so first.
func (p *provider) change(
	ctx context.Context, a application, ignored []string,
) (*unstructured.Unstructured, dynamic.ResourceInterface, error) {
	cluster, err := p.connect()
	if err != nil {
		return nil, nil, err
	}
	client, err := cluster.client(a.object)
	if err != nil {
		return nil, nil, err
	}
	present, err := client.Get(ctx, a.object.GetName(), metav1.GetOptions{})
	if err != nil {
		return nil, nil, cluster.explain(err)
	}
	if err := adopt(ctx, client, present, a.manager); err != nil {
		return nil, nil, cluster.explain(err)
	}
	leaveIgnored(a.object, present, ignored)
	a.force = p.settings.forced(a.object, present, false)
	live, err := a.send(ctx, client)
	return live, client, cluster.explain(err)
}

func withoutManagers(u *unstructured.Unstructured) *unstructured.Unstructured {
	plain := u.DeepCopy()
	plain.SetManagedFields(nil)
	return plain
}
