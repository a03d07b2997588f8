package query

import (
	"context"
	"fmt"
	"math"
	"net"
	"strconv"
	"strings"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"moat.dev/guards/internal/tenant"
)

// stores that have rules and exemplars: the store guards beside the tenants' Prometheus servers. Thanos Query is not asked for these, since it
// hands no tenant on with them.
type stores struct {
	lookup  func(context.Context) ([]string, error)
	options []grpc.DialOption

	mutex       sync.Mutex
	connections map[string]*grpc.ClientConn
}

// newStores finds them at an address: `host:port`, or `dnssrv+<name>` for all that a DNS name stands for, as Thanos writes it.
func newStores(address string, options []grpc.DialOption) *stores {
	return &stores{options: options, connections: map[string]*grpc.ClientConn{}, lookup: func(ctx context.Context) ([]string, error) {
		name, isName := strings.CutPrefix(address, "dnssrv+")
		if !isName {
			return []string{address}, nil
		}
		_, records, err := net.DefaultResolver.LookupSRV(ctx, "", "", name)
		var addresses []string
		for _, record := range records {
			addresses = append(addresses, net.JoinHostPort(record.Target, strconv.Itoa(int(record.Port))))
		}
		return addresses, err
	}}
}

// all connections to the stores that there are now.
func (s *stores) all(ctx context.Context) ([]*grpc.ClientConn, error) {
	addresses, err := s.lookup(ctx)
	if err != nil {
		return nil, err
	}
	return s.connect(addresses)
}

// connect keeps the connections that are still wanted and ends the others.
func (s *stores) connect(addresses []string) ([]*grpc.ClientConn, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	wanted := map[string]*grpc.ClientConn{}
	var found []*grpc.ClientConn
	for _, address := range addresses {
		connection := s.connections[address]
		if connection == nil {
			var err error
			if connection, err = grpc.NewClient(address, s.options...); err != nil {
				return nil, err
			}
		}
		wanted[address] = connection
		found = append(found, connection)
	}
	for address, connection := range s.connections {
		if wanted[address] == nil {
			// Calls on it end; who asks again finds the stores that are.
			_ = connection.Close()
		}
	}
	s.connections = wanted
	return found, nil
}

// gather asks all stores at once as the tenant. Answers of those that failed are missing, and a warning says so; when all failed, so
// did the request.
func gather[T any](ctx context.Context, s *stores, namespaces tenant.Namespaces, ask func(context.Context, *grpc.ClientConn) ([]T, error)) (found []T, warnings []string, err error) {
	ctx = metadata.AppendToOutgoingContext(ctx, tenant.Header, namespaces.String())
	connections, err := s.all(ctx)
	if err != nil || len(connections) == 0 {
		return nil, nil, unanswered(ctx)
	}
	answers := make([][]T, len(connections))
	failures := make([]error, len(connections))
	var group sync.WaitGroup
	for i, connection := range connections {
		group.Go(func() { answers[i], failures[i] = ask(ctx, connection) })
	}
	group.Wait()
	failed := 0
	for i := range connections {
		if failures[i] != nil {
			failed++
		}
		found = append(found, answers[i]...)
	}
	if failed == len(connections) {
		return nil, nil, unanswered(ctx)
	}
	if failed > 0 {
		warnings = append(warnings, fmt.Sprintf("%d of %d Prometheus servers did not answer", failed, len(connections)))
	}
	return found, warnings, nil
}

var receiveAll = grpc.MaxCallRecvMsgSize(math.MaxInt32)
