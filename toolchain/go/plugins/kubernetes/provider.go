// Package kubernetes is a local stand-in for the plugin of @pulumi/kubernetes: server-side apply against a real API server,
// server dry-run at preview, readiness by kstatus.
package kubernetes

import (
	"context"
	"sync"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"

	"moat.dev/toolchain/plugins/internal/rpc"
)

// defaultTimeout bounds each create, update and delete, as in the official plugin.
const defaultTimeout = 10 * time.Minute

// provider answers the engine for one configuration.
type provider struct {
	rpc.Provider
	engine   rpc.Engine
	settings settings
	// connect reaches the cluster at first use: a plugin that only checks inputs needs none.
	connect func() (*cluster, error)
	// stopped ends when the user interrupts; what is under way ends with it.
	stopped context.Context
	stop    context.CancelFunc
}

// Serve answers the engine until it goes away.
func Serve(process rpc.Process) error {
	engine, err := rpc.Dial(process)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	p := &provider{Provider: rpc.Provider{Process: process}, engine: engine, stopped: ctx, stop: cancel}
	return rpc.Serve(process, func(s *grpc.Server) { pulumirpc.RegisterResourceProviderServer(s, p) })
}

// Configure reads the settings; it does not yet reach the cluster.
func (p *provider) Configure(_ context.Context, r *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	inputs, err := rpc.Decode(r.Args)
	if err != nil {
		return nil, err
	}
	if p.settings, err = parseSettings(inputs); err != nil {
		return nil, err
	}
	p.connect = sync.OnceValues(func() (*cluster, error) { return connect(p.settings) })
	return rpc.Configured(), nil
}

// Cancel ends what is under way.
func (p *provider) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	p.stop()
	return &emptypb.Empty{}, nil
}

// bounded is a context that ends with the request, the user's interrupt or the timeout in seconds; zero is the default.
func (p *provider) bounded(ctx context.Context, seconds float64) (context.Context, context.CancelFunc) {
	timeout := defaultTimeout
	if seconds > 0 {
		timeout = time.Duration(seconds * float64(time.Second))
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	unlink := context.AfterFunc(p.stopped, cancel)
	return ctx, func() { unlink(); cancel() }
}
