package door

import (
	"bytes"
	"crypto/tls"
	"log"
	"log/slog"
	"net"
	"net/http"
	"time"

	"moat.dev/guards/internal/serve"
)

// Serve a handler whose requests enter by this door, with bounds for those that nobody knows yet: on connections, the size of headers, and what
// is taken in before it is read.
func (d *Door) Serve(address string, handler http.Handler, write time.Duration, config *tls.Config) (*http.Server, error) {
	inner, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	server := serve.Server(handler, write, d.secured(config))
	server.ConnContext = Context
	server.MaxHeaderBytes = 64 << 10
	server.HTTP2 = &http.HTTP2Config{MaxConcurrentStreams: 100, MaxReceiveBufferPerStream: 64 << 10, MaxReceiveBufferPerConnection: 256 << 10}
	server.ErrorLog = log.New(failures{d.metrics}, "", 0)
	serve.Start(server, d.Listener(inner))
	return server, nil
}

// secured asks clients for certificates, which are judged with each request: one that nobody should believe is as none, and one that ends ends
// within its connection. The edge's connections are told apart as soon as they are there.
func (d *Door) secured(config *tls.Config) *tls.Config {
	config = config.Clone()
	config.ClientAuth = tls.RequestClientCert
	each := config.Clone()
	config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		c, ok := hello.Conn.(*connection)
		if !ok {
			return nil, nil
		}
		own := each.Clone()
		own.VerifyConnection = func(state tls.ConnectionState) error {
			c.isEdge(func() bool { return d.edge.is(&state) })
			return nil
		}
		return own, nil
	}
	return config
}

// failures of the server. Strangers' handshakes would fill the log: they are counted.
type failures struct{ metrics *metrics }

func (f failures) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte("TLS handshake error")) {
		f.metrics.refuse("handshake")
	} else {
		slog.Warn(string(bytes.TrimSpace(line)))
	}
	return len(line), nil
}
