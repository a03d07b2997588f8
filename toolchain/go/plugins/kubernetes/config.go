package kubernetes

import (
	"context"
	"reflect"
	"slices"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"moat.dev/toolchain/plugins/internal/rpc"
)

// CheckConfig refuses arguments that would be ignored.
func (p *provider) CheckConfig(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	inputs, err := rpc.Decode(r.News)
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.CheckResponse{Inputs: r.News}
	for _, key := range refusals(inputs) {
		response.Failures = append(response.Failures, &pulumirpc.CheckFailure{
			Property: string(key), Reason: p.Unsupported("this argument").Error(),
		})
	}
	return response, nil
}

// DiffConfig asks for new resources when they would be on another cluster, as the official plugin does: by the
// identifier when there is one, else by the active cluster of the kubeconfig.
func (p *provider) DiffConfig(_ context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	maps, err := rpc.DecodeAll(r.Olds, r.News)
	if err != nil {
		return nil, err
	}
	olds, news := rpc.RevealMap(maps[0]), rpc.RevealMap(maps[1])
	changed := olds.Diff(news)
	if changed == nil {
		return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}, nil
	}
	response := &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_SOME}
	for _, key := range changed.ChangedKeys() {
		response.Diffs = append(response.Diffs, string(key))
	}
	slices.Sort(response.Diffs)
	before, err := parseSettings(olds)
	if err != nil {
		return nil, err
	}
	after, err := parseSettings(news)
	if err != nil {
		return nil, err
	}
	switch {
	case before.clusterIdentifier != "" && after.clusterIdentifier != "":
		if before.clusterIdentifier != after.clusterIdentifier {
			response.Replaces = []string{"clusterIdentifier"}
		}
	case news["kubeconfig"].IsComputed() || otherCluster(before, after):
		response.Replaces = intersection(response.Diffs, "cluster", "context", "kubeconfig")
	}
	return response, nil
}

// otherCluster is true only when both clusters can be told.
func otherCluster(before, after settings) bool {
	old, oldErr := activeCluster(before)
	now, nowErr := activeCluster(after)
	return oldErr == nil && nowErr == nil && !reflect.DeepEqual(old, now)
}

func intersection(all []string, wanted ...string) []string {
	var found []string
	for _, one := range all {
		if slices.Contains(wanted, one) {
			found = append(found, one)
		}
	}
	return found
}
