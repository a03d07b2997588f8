package rpc

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil/rpcerror"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
)

// Provider is the part of a resource plugin that all of ours share.
type Provider struct {
	pulumirpc.UnimplementedResourceProviderServer
	Process Process
}

// Handshake says what this provider understands.
func (p *Provider) Handshake(
	context.Context, *pulumirpc.ProviderHandshakeRequest,
) (*pulumirpc.ProviderHandshakeResponse, error) {
	return &pulumirpc.ProviderHandshakeResponse{AcceptSecrets: true, SupportsAutonamingConfiguration: true}, nil
}

// GetPluginInfo answers the version of the folder the plugin is installed in.
func (p *Provider) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: p.Process.Version}, nil
}

// CheckConfig takes any configuration.
func (p *Provider) CheckConfig(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return &pulumirpc.CheckResponse{Inputs: r.News}, nil
}

// DiffConfig: no configuration asks for new resources.
func (p *Provider) DiffConfig(context.Context, *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	return &pulumirpc.DiffResponse{}, nil
}

// Configure has nothing to reach.
func (p *Provider) Configure(context.Context, *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	return Configured(), nil
}

// Configured is the answer to Configure.
func Configured() *pulumirpc.ConfigureResponse {
	return &pulumirpc.ConfigureResponse{AcceptSecrets: true, SupportsPreview: true, SupportsAutonamingConfiguration: true}
}

// Cancel has nothing under way.
func (p *Provider) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// Attach is for plugins that were started by hand.
func (p *Provider) Attach(context.Context, *pulumirpc.PluginAttach) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// GetSchema is what an official plugin can answer only.
func (p *Provider) GetSchema(context.Context, *pulumirpc.GetSchemaRequest) (*pulumirpc.GetSchemaResponse, error) {
	return nil, p.Unsupported("schemas")
}

// Construct is for remote components.
func (p *Provider) Construct(_ context.Context, r *pulumirpc.ConstructRequest) (*pulumirpc.ConstructResponse, error) {
	return nil, p.Unsupported("the component " + r.Type)
}

// Call is for methods of remote components.
func (p *Provider) Call(_ context.Context, r *pulumirpc.CallRequest) (*pulumirpc.CallResponse, error) {
	return nil, p.Unsupported("the method " + r.Tok)
}

// Invoke is for functions.
func (p *Provider) Invoke(_ context.Context, r *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	return nil, p.Unsupported("the function " + r.Tok)
}

// Unsupported is the error for what only the official plugin does.
func (p *Provider) Unsupported(what string) error {
	name := p.Process.Package()
	return status.Errorf(codes.Unimplemented,
		"this local stand-in for the %s plugin does not support %s; install the official one: pulumi plugin install resource %s %s",
		name, what, name, p.Process.Version)
}

// InitFailed is the error for a resource that is there but not ready: the engine keeps it in the state and the next
// update finishes it.
func InitFailed(id string, outputs, inputs *structpb.Struct, reason string) error {
	return rpcerror.WithDetails(
		rpcerror.New(codes.Unknown, reason),
		&pulumirpc.ErrorResourceInitFailed{Id: id, Properties: outputs, Inputs: inputs, Reasons: []string{reason}},
	)
}
