package kubernetes

import (
	"context"
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"

	"moat.dev/toolchain/plugins/internal/rpc"
)

// Read looks at the live object: for a refresh, for an import, and for get. An empty answer says that it is gone.
func (p *provider) Read(ctx context.Context, r *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	urn := resource.URN(r.Urn)
	maps, err := rpc.DecodeAll(r.Properties, r.Inputs)
	if err != nil {
		return nil, err
	}
	state, oldInputs := maps[0], maps[1]
	ctx, cancel := p.bounded(ctx, r.Timeout)
	defer cancel()
	client, live, err := p.lookup(ctx, urn, r.Id)
	var away unreachable
	switch {
	case meta.IsNoMatchError(err), apierrors.IsNotFound(err):
		return &pulumirpc.ReadResponse{}, nil
	case p.settings.deleteUnreachable && errors.As(err, &away):
		p.engine.Warn(ctx, urn, "dropped from the state only: "+away.Error())
		return &pulumirpc.ReadResponse{}, nil
	case err != nil:
		return nil, err
	}
	manager := storedManager(state, urn, live)
	inputs := imported(live)
	if len(oldInputs) > 0 {
		if inputs, err = p.drifted(ctx, client, live, oldInputs, manager); err != nil {
			return nil, err
		}
	}
	properties, err := rpc.Encode(outputs(live, inputs, manager))
	if err != nil {
		return nil, err
	}
	encoded, err := rpc.Encode(inputs)
	if err != nil {
		return nil, err
	}
	// A refresh keeps the mark on what is not ready, so that the next update waits for it.
	if now := readinessOf(live); len(oldInputs) > 0 && !now.ready && !waitsForConsumer(live) {
		return nil, rpc.InitFailed(idOf(live), properties, encoded,
			display(live)+" is not ready: "+withPods(now.message, p.troubles(ctx, live)))
	}
	return &pulumirpc.ReadResponse{Id: idOf(live), Properties: properties, Inputs: encoded}, nil
}

func (p *provider) lookup(
	ctx context.Context, urn resource.URN, id string,
) (dynamic.ResourceInterface, *unstructured.Unstructured, error) {
	u, err := p.identity(urn, id)
	if err != nil {
		return nil, nil, err
	}
	cluster, err := p.connect()
	if err != nil {
		return nil, nil, err
	}
	client, err := cluster.client(u)
	if err != nil {
		return nil, nil, err
	}
	live, err := client.Get(ctx, u.GetName(), metav1.GetOptions{})
	return client, live, cluster.explain(err)
}

// drifted are the old inputs with what the live object has instead. What the server would do with the old inputs is asked
// of the server, so its defaults and its spelling of numbers are no drift.
func (p *provider) drifted(
	ctx context.Context, client dynamic.ResourceInterface, live *unstructured.Unstructured,
	oldInputs resource.PropertyMap, manager string,
) (resource.PropertyMap, error) {
	wanted, known, err := object(oldInputs)
	if err != nil || !known {
		return oldInputs, err
	}
	tried, err := application{object: wanted, manager: manager, force: true, dryRun: true}.send(ctx, client)
	if err != nil {
		// The server would refuse the old inputs now: a field that cannot change has changed. Compare with the inputs.
		tried = wanted
	}
	return driftOf(oldInputs, tried, live), nil
}
