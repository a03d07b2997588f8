package door

import (
	"crypto/tls"
	"net/http"
	"net/netip"
	"strings"
)

// Edge is known by a certificate of this authority, for clients, with this name. The certificate says that a hop is the edge and nothing
// more: it is no user, and opens nothing.
type Edge struct {
	Authority, Name string
}

type edge struct {
	authority
	name string
}

func newEdge(e Edge) *edge {
	if e.Authority == "" || e.Name == "" {
		return nil
	}
	return &edge{authority{file: e.Authority}, e.Name}
}

func (e *edge) is(state *tls.ConnectionState) bool {
	if e == nil {
		return false
	}
	shown, ok := e.verified(state)
	return ok && shown.VerifyHostname(e.name) == nil
}

// source that a request counts against until it is known who it is: the address at the other end, or the one that the edge saw there. From
// nobody but the edge is that header believed.
func (d *Door) source(r *http.Request) string {
	if d.isEdge(r) {
		// The edge adds what it saw itself to the end, whatever came before.
		given := strings.Join(r.Header.Values("X-Forwarded-For"), ",")
		if address, err := netip.ParseAddr(strings.TrimSpace(given[strings.LastIndex(given, ",")+1:])); err == nil {
			return sourceOf(address)
		}
	}
	return peerOf(r.RemoteAddr)
}

func (d *Door) isEdge(r *http.Request) bool {
	return connectionOf(r.Context()).isEdge(func() bool { return d.edge.is(r.TLS) })
}

func peerOf(address string) string {
	peer, err := netip.ParseAddrPort(address)
	if err != nil {
		return address
	}
	return sourceOf(peer.Addr())
}

// sourceOf an address. A customer of IPv6 has a /64 at least.
func sourceOf(address netip.Addr) string {
	address = address.Unmap().WithZone("")
	if address.Is4() {
		return address.String()
	}
	prefix, err := address.Prefix(64)
	if err != nil {
		return address.String()
	}
	return prefix.String()
}
