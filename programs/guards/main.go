// guards are the programs between tenants and series: `guards query` in front of Thanos, `guards store` in front of each store, and `guards
// admit` behind the API server.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"os/signal"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"

	"moat.dev/guards/internal/admit"
	"moat.dev/guards/internal/door"
	"moat.dev/guards/internal/query"
	"moat.dev/guards/internal/serve"
	"moat.dev/guards/internal/store"
)

func main() {
	commands := map[string]func(context.Context, []string) error{"query": runQuery, "store": runStore, "admit": runAdmit}
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: guards query|store|admit [flags]; --help after each of them lists its flags")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := commands[os.Args[1]](ctx, os.Args[2:]); err != nil {
		slog.Error("cannot go on", "error", err)
		os.Exit(1)
	}
}

func runQuery(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("guards query", flag.ExitOnError)
	listen := flags.String("listen-address", ":8443", "Where it serves the API, by HTTPS.")
	operations := flags.String("http-address", ":8081", "Where it serves /metrics, /-/ready and /-/healthy.")
	queryURL := flags.String("query-url", "", "URL of the tenants' Thanos Query.")
	frontendURL := flags.String("frontend-url", "", "URL of the query frontend in front of it, for range queries.")
	options := query.Options{}
	flags.StringVar(&options.Stores, "rules-endpoint", "", "Store guards of the Prometheus servers that have rules and exemplars: host:port, or dnssrv+<name>.")
	flags.StringVar(&options.Label, "label", "namespace", "Label that marks whose series it is.")
	flags.StringVar(&options.ReplicaLabel, "replica-label", "prometheus_replica", "Label that tells equal Prometheus servers apart.")
	var server serve.Files
	flags.StringVar(&server.Certificate, "tls-cert", "", "Certificate that it shows. Read anew for every connection.")
	flags.StringVar(&server.Key, "tls-key", "", "Key of that certificate.")
	outside := door.Options{}
	finish := outside.Flags(flags)
	files, serverName := clientFlags(flags, "rules-endpoint")
	options.Bounds.Flags(flags)
	_ = flags.Parse(args)

	var err error
	if options.Query, err = upstream("query-url", *queryURL); err != nil {
		return err
	}
	if options.Frontend, err = upstream("frontend-url", *frontendURL); err != nil {
		return err
	}
	if options.Stores == "" {
		return errors.New("--rules-endpoint is missing")
	}
	if options.Dial, err = dialOptions(*files, *serverName); err != nil {
		return err
	}
	if err := finish(); err != nil {
		return err
	}
	config, err := server.Open()
	if err != nil {
		return err
	}
	registry := serve.Registry()
	options.Metrics, outside.Metrics = registry, registry
	entrance := door.New(outside)
	options.Door = entrance
	guard := query.New(options)

	// Not ready for want of a certificate, and for want of an API server it is: those who are known are answered on.
	health, err := serve.Operations(ctx, *operations, registry, func(ctx context.Context) error {
		return errors.Join(server.Loadable(), guard.Ready(ctx))
	})
	if err != nil {
		return err
	}
	// Longer than any answer: the guard itself ends those that take too long.
	api, err := entrance.Serve(*listen, guard.Handler(), options.Bounds.Patience+options.Bounds.Timeout+30*time.Second, config)
	if err != nil {
		return err
	}
	slog.Info("query guard serves", "address", api.Addr)
	<-ctx.Done()
	end, cancel := context.WithTimeout(context.Background(), serve.Drain)
	defer cancel()
	return errors.Join(api.Shutdown(end), health.Shutdown(end))
}

func runStore(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("guards store", flag.ExitOnError)
	listen := flags.String("grpc-address", ":10911", "Where it serves the StoreAPI.")
	operations := flags.String("http-address", ":10912", "Where it serves /metrics, /-/ready and /-/healthy.")
	behind := flags.String("store", "127.0.0.1:10901", "gRPC address of the store.")
	label := flags.String("label", "namespace", "Label that marks whose series it is.")
	var bounds store.Bounds
	bounds.Flags(flags)
	var server serve.Files
	flags.StringVar(&server.Certificate, "grpc-tls-cert", "", "Certificate of the StoreAPI. Without one it speaks in the clear, and the network says who may connect.")
	flags.StringVar(&server.Key, "grpc-tls-key", "", "Key of that certificate.")
	flags.StringVar(&server.Authority, "grpc-tls-client-ca", "", "Authority of which clients must have a certificate.")
	files, serverName := clientFlags(flags, "store")
	_ = flags.Parse(args)

	dial, err := dialOptions(*files, *serverName)
	if err != nil {
		return err
	}
	connection, err := grpc.NewClient(*behind, dial...)
	if err != nil {
		return err
	}
	registry := serve.Registry()
	guard := store.New(*label, bounds, connection, registry)
	var options []grpc.ServerOption
	config, err := server.Server()
	if err != nil {
		return err
	}
	if config != nil {
		options = append(options, grpc.Creds(credentials.NewTLS(config)))
	}
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	health, err := serve.Operations(ctx, *operations, registry, guard.Ready)
	if err != nil {
		return err
	}
	api := guard.Server(options...)
	slog.Info("store guard serves", "address", listener.Addr().String())
	failed := make(chan error, 1)
	go func() { failed <- api.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	// What takes longer is cut off.
	timer := time.AfterFunc(serve.Drain, api.Stop)
	defer timer.Stop()
	api.GracefulStop()
	return health.Close()
}

func runAdmit(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("guards admit", flag.ExitOnError)
	listen := flags.String("listen-address", ":8443", "Where it serves the API server's questions, by HTTPS.")
	operations := flags.String("http-address", ":8081", "Where it serves /metrics, /-/ready and /-/healthy.")
	options := admit.Options{}
	flags.StringVar(&options.Label, "label", "namespace", "Label that the Prometheus Operator enforces in rules.")
	flags.IntVar(&options.MostWritten, "max-rule-file-bytes", 48<<10, "Most bytes of the file that the Prometheus Operator makes of one object's rules.")
	var server serve.Files
	flags.StringVar(&server.Certificate, "tls-cert", "", "Certificate that it shows. Read anew for every connection.")
	flags.StringVar(&server.Key, "tls-key", "", "Key of that certificate.")
	options.Bounds.Flags(flags)
	_ = flags.Parse(args)

	config, err := server.Open()
	if err != nil {
		return err
	}
	registry := serve.Registry()
	options.Metrics = registry
	webhook := admit.New(options)
	health, err := serve.Operations(ctx, *operations, registry, func(context.Context) error { return server.Loadable() })
	if err != nil {
		return err
	}
	// The API server waits for 30 seconds at most.
	api, err := serve.HTTPS(*listen, webhook.Handler(), 30*time.Second, config)
	if err != nil {
		return err
	}
	slog.Info("admission webhook serves", "address", api.Addr)
	<-ctx.Done()
	end, cancel := context.WithTimeout(context.Background(), serve.Drain)
	defer cancel()
	return errors.Join(api.Shutdown(end), health.Shutdown(end))
}

func upstream(name, text string) (*url.URL, error) {
	target, err := url.Parse(text)
	if err != nil || (target.Scheme != "http" && target.Scheme != "https") || target.Host == "" {
		return nil, fmt.Errorf("--%s: %q is not a URL", name, text)
	}
	return target, nil
}

func clientFlags(flags *flag.FlagSet, what string) (*serve.Files, *string) {
	files := &serve.Files{}
	flags.StringVar(&files.Authority, what+"-tls-ca", "", "Authority of the certificate there. Without one it is asked in the clear.")
	flags.StringVar(&files.Certificate, what+"-tls-cert", "", "Certificate to show there.")
	flags.StringVar(&files.Key, what+"-tls-key", "", "Key of that certificate.")
	return files, flags.String(what+"-tls-server-name", "", "Name in the certificate there. Default: the host that is asked.")
}

func dialOptions(files serve.Files, serverName string) ([]grpc.DialOption, error) {
	config, err := files.Client(serverName)
	if err != nil {
		return nil, err
	}
	transport := insecure.NewCredentials()
	if config != nil {
		transport = credentials.NewTLS(config)
	}
	return []grpc.DialOption{grpc.WithTransportCredentials(transport)}, nil
}
