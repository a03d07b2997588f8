package rpc

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"google.golang.org/grpc"
)

// An engine that was killed does not say goodbye; a plugin that it left behind ends after this long.
const engineCheck = 10 * time.Second

// Serve answers the engine until it goes away. The port goes to standard output, where the engine waits for it.
func Serve(process Process, register func(*grpc.Server)) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if process.Engine != "" {
		if err := rpcutil.Healthcheck(ctx, process.Engine, engineCheck, stop); err != nil {
			return fmt.Errorf("watching the engine at %s: %w", process.Engine, err)
		}
	}
	gone := make(chan bool)
	go func() {
		<-ctx.Done()
		close(gone)
	}()
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: gone,
		Init:   func(s *grpc.Server) error { register(s); return nil },
	})
	if err != nil {
		return err
	}
	fmt.Println(handle.Port)
	select {
	case err = <-handle.Done:
		return err
	case <-ctx.Done():
		return nil
	}
}
