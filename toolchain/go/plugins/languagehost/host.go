// Package languagehost runs TypeScript programs, dynamic providers and policy packs with Node, for when the official
// pulumi-language-nodejs is not there.
package languagehost

import (
	"context"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"

	"moat.dev/toolchain/plugins/internal/rpc"
)

// host answers the engine's questions about programs in TypeScript.
type host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer
	engine string
	// cancelled ends when the engine asks to stop; child processes end with it.
	cancelled context.Context
	cancel    context.CancelFunc
	children  sync.WaitGroup
}

// Serve answers the engine until it goes away.
func Serve(process rpc.Process) error {
	ctx, cancel := context.WithCancel(context.Background())
	h := &host{engine: process.Engine, cancelled: ctx, cancel: cancel}
	err := rpc.Serve(process, func(s *grpc.Server) { pulumirpc.RegisterLanguageRuntimeServer(s, h) })
	// An engine that was killed leaves programs behind; they must not outlive this process.
	cancel()
	h.children.Wait()
	return err
}

func (h *host) Handshake(
	_ context.Context, r *pulumirpc.LanguageHandshakeRequest,
) (*pulumirpc.LanguageHandshakeResponse, error) {
	h.engine = r.EngineAddress
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

func (h *host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: sdk.Version.String()}, nil
}

func (h *host) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	h.cancel()
	return &emptypb.Empty{}, nil
}

func (h *host) RuntimeOptionsPrompts(
	context.Context, *pulumirpc.RuntimeOptionsRequest,
) (*pulumirpc.RuntimeOptionsResponse, error) {
	return &pulumirpc.RuntimeOptionsResponse{}, nil
}

func (h *host) GetRequiredPackages(
	_ context.Context, r *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	packages, err := requiredPackages(r.Info.ProgramDirectory)
	if err != nil {
		return nil, err
	}
	return &pulumirpc.GetRequiredPackagesResponse{Packages: packages}, nil
}
