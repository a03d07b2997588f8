// acmesolver runs cert-manager's own server that answers an authority's question over HTTP. Only this main, with the flags that cert-manager
// gives to the pods that it makes, is ours: upstream's stands in a module of its own, which is not published to the registry.
package main

import (
	"context"
	"errors"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/cert-manager/cert-manager/pkg/issuer/acme/http/solver"
	"github.com/cert-manager/cert-manager/pkg/logs"
	"github.com/spf13/pflag"
)

// shutdownTime is how long answers that were begun may take once the pod is to end.
const shutdownTime = 5 * time.Second

func main() {
	logs.InitLogs()
	if err := run(); err != nil {
		logs.Log.Error(err, "acmesolver ended")
		logs.FlushLogs()
		os.Exit(1)
	}
}

func run() error {
	var server solver.HTTP01Solver
	flags := pflag.NewFlagSet("acmesolver", pflag.ContinueOnError)
	flags.IntVar(&server.ListenPort, "listen-port", 8089, "port to listen on")
	flags.StringVar(&server.Domain, "domain", "", "host that is asked about")
	flags.StringVar(&server.Token, "token", "", "last part of the path that is asked for")
	flags.StringVar(&server.Key, "key", "", "the answer")
	if err := flags.Parse(os.Args[1:]); err != nil {
		return err
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- server.Listen(logs.Log) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.Background(), shutdownTime)
	defer cancel()
	err := server.Shutdown(last)
	if listened := <-ended; !errors.Is(listened, http.ErrServerClosed) {
		err = errors.Join(err, listened)
	}
	return err
}
