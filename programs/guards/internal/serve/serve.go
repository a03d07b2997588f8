// Package serve is what all guards need to run: health, metrics, certificates, an orderly end.
package serve

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Drain is how long requests in flight may go on after the program was told to end.
const Drain = 25 * time.Second

// Registry with the metrics of the process.
func Registry() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return registry
}

// Operations serves /metrics, /-/healthy and /-/ready. Whether the program is ready is looked up all the time, not when somebody asks.
func Operations(ctx context.Context, address string, registry *prometheus.Registry, ready func(context.Context) error) (*http.Server, error) {
	state := watch(ctx, registry, ready)
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /-/healthy", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintln(w, "healthy") })
	mux.HandleFunc("GET /-/ready", func(w http.ResponseWriter, _ *http.Request) {
		if !state.Load() {
			http.Error(w, "not ready", http.StatusServiceUnavailable)
			return
		}
		_, _ = fmt.Fprintln(w, "ready")
	})
	return HTTP(address, mux, 10*time.Second)
}

func watch(ctx context.Context, registry *prometheus.Registry, ready func(context.Context) error) *atomic.Bool {
	state := &atomic.Bool{}
	registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "moat_guard_ready",
		Help: "Whether the programs behind the guard answer.",
	}, func() float64 {
		if state.Load() {
			return 1
		}
		return 0
	}))
	go func() {
		const often, seldom = time.Second, 5 * time.Second
		for {
			err := ready(ctx)
			if was := state.Swap(err == nil); was != (err == nil) {
				slog.Info("readiness changed", "ready", err == nil, "error", err)
			}
			pause := seldom
			if err != nil {
				pause = often
			}
			select {
			case <-ctx.Done():
				state.Store(false)
				return
			case <-time.After(pause):
			}
		}
	}()
	return state
}

// HTTP listens and serves until it is shut down.
func HTTP(address string, handler http.Handler, write time.Duration) (*http.Server, error) {
	return HTTPS(address, handler, write, nil)
}

// HTTPS is HTTP with certificates. Without a configuration it speaks in the clear.
func HTTPS(address string, handler http.Handler, write time.Duration, config *tls.Config) (*http.Server, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	server := Server(handler, write, config)
	Start(server, listener)
	return server, nil
}

// Server with bounds of time and size. Its owner may set narrower ones before it starts.
func Server(handler http.Handler, write time.Duration, config *tls.Config) *http.Server {
	return &http.Server{
		TLSConfig: config,
		Handler:   handler,
		// For the handshake as well.
		ReadHeaderTimeout: 10 * time.Second,
		// A body that drips in holds a slot of its own tenant for no longer.
		ReadTimeout:    30 * time.Second,
		WriteTimeout:   write,
		IdleTimeout:    2 * time.Minute,
		MaxHeaderBytes: 256 << 10,
		ErrorLog:       slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn),
	}
}

// Start serves until the server is shut down.
func Start(server *http.Server, listener net.Listener) {
	server.Addr = listener.Addr().String()
	go func() {
		serve := server.Serve
		if server.TLSConfig != nil {
			serve = func(l net.Listener) error { return server.ServeTLS(l, "", "") }
		}
		if err := serve(listener); !errors.Is(err, http.ErrServerClosed) {
			slog.Error("the server ended", "address", server.Addr, "error", err)
			os.Exit(1)
		}
	}()
}

// Files of a certificate and of the authority that the other side must be of. They are read anew for every connection, since certificates
// are replaced while programs run.
type Files struct {
	Certificate, Key, Authority string
}

// Open serves whoever comes: the API server shows no certificate to webhooks.
func (f Files) Open() (*tls.Config, error) {
	if f.Certificate == "" || f.Key == "" {
		return nil, errors.New("TLS wants a certificate and its key")
	}
	if err := f.Loadable(); err != nil {
		return nil, err
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS13,
		NextProtos: []string{"h2", "http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			pair, err := tls.LoadX509KeyPair(f.Certificate, f.Key)
			return &pair, err
		},
	}, nil
}

// Loadable says whether the certificate could be shown now.
func (f Files) Loadable() error {
	_, err := tls.LoadX509KeyPair(f.Certificate, f.Key)
	return err
}

// Server wants a certificate of the authority from every client. Nil without a certificate: then the network alone says who may connect.
func (f Files) Server() (*tls.Config, error) {
	if f.Certificate == "" && f.Authority == "" {
		return nil, nil
	}
	if f.Certificate == "" || f.Key == "" || f.Authority == "" {
		return nil, errors.New("TLS wants a certificate, its key and the authority of clients")
	}
	load := func() (*tls.Config, error) {
		pair, err := tls.LoadX509KeyPair(f.Certificate, f.Key)
		if err != nil {
			return nil, err
		}
		pool, err := f.pool()
		if err != nil {
			return nil, err
		}
		return &tls.Config{
			MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{pair},
			ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool, NextProtos: []string{"h2"},
		}, nil
	}
	if _, err := load(); err != nil {
		return nil, err
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS13, NextProtos: []string{"h2"},
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return load() },
	}, nil
}

// Client shows its certificate to servers of the authority. Nil without an authority.
func (f Files) Client(serverName string) (*tls.Config, error) {
	if f.Authority == "" {
		return nil, nil
	}
	if _, err := f.pool(); err != nil {
		return nil, err
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS13,
		ServerName: serverName,
		// Verified below against the authority as it is then, not as it was at the start.
		InsecureSkipVerify: true,
		VerifyConnection: func(state tls.ConnectionState) error {
			pool, err := f.pool()
			if err != nil {
				return err
			}
			between := x509.NewCertPool()
			for _, certificate := range state.PeerCertificates[1:] {
				between.AddCert(certificate)
			}
			_, err = state.PeerCertificates[0].Verify(x509.VerifyOptions{Roots: pool, Intermediates: between, DNSName: state.ServerName})
			return err
		},
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			if f.Certificate == "" {
				return &tls.Certificate{}, nil
			}
			pair, err := tls.LoadX509KeyPair(f.Certificate, f.Key)
			return &pair, err
		},
	}, nil
}

func (f Files) pool() (*x509.CertPool, error) {
	pem, err := os.ReadFile(f.Authority)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s has no certificate", f.Authority)
	}
	return pool, nil
}
