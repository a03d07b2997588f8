// Package generic is a preview-only stand-in for a provider whose plugin is not there. It lets `pulumi preview` run with
// the real engine and the policy pack; it never pretends to have made something.
package generic

import (
	"context"
	"fmt"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"

	"moat.dev/toolchain/plugins/internal/rpc"
)

type provider struct{ rpc.Provider }

// Serve answers the engine until it goes away.
func Serve(process rpc.Process) error {
	p := &provider{rpc.Provider{Process: process}}
	return rpc.Serve(process, func(s *grpc.Server) { pulumirpc.RegisterResourceProviderServer(s, p) })
}

// Check takes all inputs: only the official plugin knows the types.
func (p *provider) Check(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return &pulumirpc.CheckResponse{Inputs: r.News}, nil
}

// Diff compares the inputs. Whether a change asks for a new resource is not known here, so each is an update.
func (p *provider) Diff(_ context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	maps, err := rpc.DecodeAll(r.OldInputs, r.News)
	if err != nil {
		return nil, err
	}
	difference := maps[0].Diff(maps[1])
	if difference == nil {
		return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}, nil
	}
	response := &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_SOME}
	for _, key := range difference.ChangedKeys() {
		response.Diffs = append(response.Diffs, string(key))
	}
	return response, nil
}

// Create answers at preview only. Outputs that are not inputs stay unknown.
func (p *provider) Create(_ context.Context, r *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	if !r.Preview {
		return nil, p.previewOnly("create", r.Type)
	}
	return &pulumirpc.CreateResponse{Properties: r.Properties}, nil
}

// Update answers at preview only.
func (p *provider) Update(_ context.Context, r *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	if !r.Preview {
		return nil, p.previewOnly("update", r.Type)
	}
	return &pulumirpc.UpdateResponse{Properties: r.News}, nil
}

// Read would have to look at the real resource.
func (p *provider) Read(_ context.Context, r *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	return nil, p.previewOnly("read", r.Type)
}

// Delete would have to reach the real resource.
func (p *provider) Delete(_ context.Context, r *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	return nil, p.previewOnly("delete", r.Type)
}

func (p *provider) previewOnly(verb, token string) error {
	name := p.Process.Package()
	return status.Error(codes.Unimplemented, fmt.Sprintf(
		"cannot %s %s: this local stand-in for the %s plugin only previews; install the official one: pulumi plugin install resource %s %s",
		verb, token, name, name, p.Process.Version))
}
