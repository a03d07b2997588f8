package rpc

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// Engine is the log of the engine. A zero Engine drops what is logged.
type Engine struct {
	client pulumirpc.EngineClient
	// Conn is for the Go SDK, which remote components are made with.
	Conn *grpc.ClientConn
}

// Dial reaches the engine that started this plugin.
func Dial(process Process) (Engine, error) {
	if process.Engine == "" {
		return Engine{}, nil
	}
	conn, err := grpc.NewClient(process.Engine,
		grpc.WithTransportCredentials(insecure.NewCredentials()), rpcutil.GrpcChannelOptions())
	if err != nil {
		return Engine{}, err
	}
	return Engine{client: pulumirpc.NewEngineClient(conn), Conn: conn}, nil
}

// Warn writes a line that stays.
func (e Engine) Warn(ctx context.Context, urn resource.URN, message string) {
	e.log(ctx, &pulumirpc.LogRequest{Severity: pulumirpc.LogSeverity_WARNING, Urn: string(urn), Message: message})
}

// Status writes the line beside the resource that is under way; the next one replaces it.
func (e Engine) Status(ctx context.Context, urn resource.URN, message string) {
	e.log(ctx, &pulumirpc.LogRequest{
		Severity: pulumirpc.LogSeverity_INFO, Urn: string(urn), Message: message, Ephemeral: true,
	})
}

func (e Engine) log(ctx context.Context, request *pulumirpc.LogRequest) {
	if e.client == nil {
		return
	}
	// A lost log line must not fail the operation it tells about.
	_, _ = e.client.Log(ctx, request)
}
