package door

import (
	"container/list"
	"context"
	"crypto/tls"
	"net"
	"sync"
)

// listener bounds open connections. There are two kinds: on a connection nobody was known yet, or somebody was. Those of strangers are few for
// each source, and when there are too many of all sources the oldest makes room, so that a new client always gets in. A connection on which
// somebody is known makes room for nobody.
type listener struct {
	net.Listener
	bounds  Bounds
	metrics *metrics

	mutex     sync.Mutex
	strangers map[string]int
	// order of the strangers' connections, the oldest first.
	order *list.List
	users map[string]int
	// all users' connections.
	all int
}

// Listener bounds the connections of another.
func (d *Door) Listener(inner net.Listener) net.Listener {
	l := &listener{Listener: inner, bounds: d.bounds, metrics: d.metrics, strangers: map[string]int{}, order: list.New(), users: map[string]int{}}
	d.metrics.connections(l)
	return l
}

func (l *listener) Accept() (net.Conn, error) {
	for {
		accepted, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if c := l.admit(accepted); c != nil {
			return c, nil
		}
		l.metrics.refuse("connections_of_source")
		_ = accepted.Close()
	}
}

func (l *listener) admit(accepted net.Conn) *connection {
	c := &connection{Conn: accepted, of: l, source: peerOf(accepted.RemoteAddr().String())}
	l.mutex.Lock()
	if l.strangers[c.source] >= l.bounds.Connections {
		l.mutex.Unlock()
		return nil
	}
	l.strangers[c.source]++
	c.place = l.order.PushBack(c)
	var oldest *connection
	if l.order.Len() > l.bounds.AllConnections {
		oldest = l.order.Front().Value.(*connection)
	}
	l.mutex.Unlock()
	if oldest != nil {
		l.metrics.refuse("connections_of_everybody")
		_ = oldest.Close()
	}
	return c
}

// connection as its source has it.
type connection struct {
	net.Conn
	of     *listener
	source string

	// place among the strangers', until somebody is known or it is closed; user, once somebody is known. Both under the listener's mutex.
	place *list.Element
	user  bool
	// free of the bound of its source, as the edge's are.
	free bool

	edgeOnce sync.Once
	edge     bool
}

// known: somebody came over this connection.
func (c *connection) known() {
	if c == nil {
		return
	}
	l := c.of
	l.mutex.Lock()
	defer l.mutex.Unlock()
	// One for which there is no room stays among the strangers'.
	if c.place == nil || l.all >= l.bounds.AllKnownConnections || (!c.free && l.users[c.source] >= l.bounds.KnownConnections) {
		return
	}
	l.leave(c)
	c.user = true
	l.all++
	if !c.free {
		l.users[c.source]++
	}
}

// leave the strangers.
func (l *listener) leave(c *connection) {
	if c.place == nil {
		return
	}
	l.order.Remove(c.place)
	c.place = nil
	less(l.strangers, c.source)
}

func less(counts map[string]int, source string) {
	if counts[source]--; counts[source] <= 0 {
		delete(counts, source)
	}
}

func (c *connection) Close() error {
	l := c.of
	l.mutex.Lock()
	l.leave(c)
	if c.user {
		c.user = false
		l.all--
		if !c.free {
			less(l.users, c.source)
		}
	}
	l.mutex.Unlock()
	return c.Conn.Close()
}

// isEdge says whether the other end is the edge, which is found out once: its connections are for many, and none of them is a stranger's.
func (c *connection) isEdge(find func() bool) bool {
	if c == nil {
		return find()
	}
	c.edgeOnce.Do(func() {
		if c.edge = find(); c.edge {
			c.of.mutex.Lock()
			c.free = !c.user
			c.of.mutex.Unlock()
			c.known()
		}
	})
	return c.edge
}

type contextKey struct{}

// Context of the requests of a connection.
func Context(ctx context.Context, c net.Conn) context.Context {
	if secured, ok := c.(*tls.Conn); ok {
		c = secured.NetConn()
	}
	if own, ok := c.(*connection); ok {
		return context.WithValue(ctx, contextKey{}, own)
	}
	return ctx
}

// connectionOf a request; nil where there is none.
func connectionOf(ctx context.Context) *connection {
	c, _ := ctx.Value(contextKey{}).(*connection)
	return c
}
