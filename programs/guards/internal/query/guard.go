package query

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp"
	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"

	"moat.dev/guards/internal/promql"
	"moat.dev/guards/internal/tenant"
)

// Bounds of requests.
type Bounds struct {
	Query promql.Bounds
	// Range is the longest range of a range query.
	Range time.Duration
	// Steps of a range query.
	Steps int
	// Age of the oldest series there can be.
	Age time.Duration
	// Matches is the most match[] of a request.
	Matches int
	// Body and Response in bytes.
	Body, Response int64
	// Timeout of a request, after it has a slot.
	Timeout time.Duration
	// Concurrency of one namespace in this process, Queue those that wait, Patience how long.
	Concurrency, Queue int
	Patience           time.Duration
}

// Flags registers a flag for each bound.
func (b *Bounds) Flags(flags *flag.FlagSet) {
	b.Query.Flags(flags)
	flags.DurationVar(&b.Range, "max-range", 400*24*time.Hour, "Longest range of a range query.")
	flags.IntVar(&b.Steps, "max-steps", 11_000, "Most steps of a range query; Thanos allows 11,000.")
	flags.DurationVar(&b.Age, "max-age", 400*24*time.Hour, "How old the oldest series can be: requests for labels and series do not look back further.")
	flags.IntVar(&b.Matches, "max-matches", 50, "Most match[] of a request.")
	flags.Int64Var(&b.Body, "max-body-bytes", 1_000_000, "Largest body of a request.")
	flags.Int64Var(&b.Response, "max-response-bytes", 128<<20, "Largest answer, before compression.")
	flags.DurationVar(&b.Timeout, "timeout", 2*time.Minute, "Longest time for an answer.")
	flags.IntVar(&b.Concurrency, "max-concurrent-per-namespace", 8, "Requests of one namespace that are answered at once.")
	flags.IntVar(&b.Queue, "max-queued-per-namespace", 64, "Requests of one namespace that wait for those.")
	flags.DurationVar(&b.Patience, "queue-timeout", 20*time.Second, "How long a request waits before it is refused.")
}

// Options of a guard.
type Options struct {
	// Label that marks whose series it is.
	Label string
	// ReplicaLabel tells equal Prometheus servers apart.
	ReplicaLabel string
	// Door says whose a request is. Nothing else does.
	Door Door
	// Query is the url of Thanos Query, Frontend that of its query frontend.
	Query, Frontend *url.URL
	// Stores is the address of the store guards that have rules and exemplars.
	Stores  string
	Dial    []grpc.DialOption
	Bounds  Bounds
	Metrics prometheus.Registerer
}

// Door lets requests in: it says which namespaces one is for, and that it may read them. Its errors are answered as they are when they are
// Refusals of package door.
type Door interface {
	Enter(*http.Request) (tenant.Namespaces, error)
}

// Guard answers Prometheus's HTTP API for one tenant at a time.
type Guard struct {
	label, replicaLabel string
	door                Door
	query, frontend     *url.URL
	client              *http.Client
	stores              *stores
	bounds              Bounds
	slots               *slots
	metrics             *metrics
}

// New makes a guard.
func New(o Options) *Guard {
	return &Guard{
		label: o.Label, replicaLabel: o.ReplicaLabel, door: o.Door,
		query: o.Query, frontend: o.Frontend,
		client:  newClient(),
		stores:  newStores(o.Stores, o.Dial),
		bounds:  o.Bounds,
		slots:   newSlots(o.Bounds.Concurrency, o.Bounds.Queue, o.Bounds.Patience),
		metrics: newMetrics(o.Metrics),
	}
}

// Handler serves the API, compressed for clients that ask for gzip.
func (g *Guard) Handler() http.Handler {
	return gzhttp.GzipHandler(http.HandlerFunc(g.serve))
}

func (g *Guard) serve(w http.ResponseWriter, r *http.Request) {
	endpoint, label := find(r.URL.Path)
	if endpoint == nil {
		respond(w, http.StatusNotFound, answer{Status: "error", ErrorType: "not_found", Error: "there is nothing here for tenants"})
		return
	}
	namespaces, err := g.door.Enter(r)
	if err != nil {
		problemOf(err).respond(w)
		return
	}
	watched := g.metrics.begin(endpoint.name, w)
	defer watched.end()
	if err := g.handle(watched, r, request{endpoint: endpoint, label: label, namespaces: namespaces}); err != nil {
		problem := problemOf(err)
		if problem.reason != "" {
			g.metrics.refuse(problem.reason, namespaces)
		}
		problem.respond(watched)
	}
}

func (g *Guard) handle(w http.ResponseWriter, r *http.Request, q request) error {
	if r.Method != http.MethodGet && (r.Method != http.MethodPost || !q.endpoint.post) {
		allowed := "GET"
		if q.endpoint.post {
			allowed = "GET, POST"
		}
		w.Header().Set("Allow", allowed)
		return &problem{status: http.StatusMethodNotAllowed, kind: "bad_data", message: "this takes " + allowed, reason: reasonMethod}
	}
	// Before the body is read: what waits costs next to nothing.
	release, err := g.slots.take(r.Context(), q.namespaces)
	if err != nil {
		return err
	}
	defer release()
	if q.form, err = readForm(w, r, q.endpoint.parameters, g.bounds.Body); err != nil {
		return err
	}
	if err := check(q.form); err != nil {
		return err
	}
	return q.endpoint.answer(g, w, r, q)
}

// Ready says whether the programs behind are ready.
func (g *Guard) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	for _, upstream := range []*url.URL{g.query, g.frontend} {
		asked, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(upstream.String(), "/")+"/-/ready", nil)
		if err != nil {
			return err
		}
		response, err := g.client.Do(asked)
		if err != nil {
			return err
		}
		response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("%s is not ready", upstream.Host)
		}
	}
	return nil
}
