package store

import (
	"flag"
	"fmt"
	"sync"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"moat.dev/guards/internal/tenant"
)

// Bounds of what a tenant's queries take out of one store. Thanos holds all of it in memory until the query is done, in the same process for
// all tenants.
type Bounds struct {
	// Request is the most bytes of series and chunks of one request.
	Request int64
	// Tenant is the most of all requests of one tenant that are being answered.
	Tenant int64
}

// Flags registers a flag for each bound.
func (b *Bounds) Flags(flags *flag.FlagSet) {
	flags.Int64Var(&b.Request, "max-request-bytes", 64<<20, "Most bytes of series and chunks for one request. A sample takes 1 to 2 bytes, a series some 200.")
	flags.Int64Var(&b.Tenant, "max-tenant-bytes", 256<<20, "Most of them for all requests of one tenant that are being answered.")
}

// budgets count what is being answered, by tenant.
type budgets struct {
	bounds Bounds
	mutex  sync.Mutex
	used   map[string]int64
}

// budget of one request.
type budget struct {
	of     *budgets
	tenant string
	used   int64
}

func (b *budgets) open(t tenant.Namespaces) *budget { return &budget{of: b, tenant: t.String()} }

// take counts a message of the answer. One that is too many ends the request: what Thanos has of it by then is no answer, and the query guard
// sees to it that it is taken for none.
func (b *budget) take(bytes int) error {
	b.of.mutex.Lock()
	defer b.of.mutex.Unlock()
	b.used += int64(bytes)
	b.of.used[b.tenant] += int64(bytes)
	switch {
	case b.used > b.of.bounds.Request:
		return exhausted("the query", b.of.bounds.Request)
	case b.of.used[b.tenant] > b.of.bounds.Tenant:
		return exhausted("all that is asked for the tenant at once", b.of.bounds.Tenant)
	}
	return nil
}

func (b *budget) close() {
	b.of.mutex.Lock()
	defer b.of.mutex.Unlock()
	if b.of.used[b.tenant] -= b.used; b.of.used[b.tenant] == 0 {
		delete(b.of.used, b.tenant)
	}
}

func exhausted(what string, most int64) error {
	return status.Error(codes.ResourceExhausted, fmt.Sprintf("%s: %s selects more than %d MiB of one store", tenant.Exhausted, what, most>>20))
}
