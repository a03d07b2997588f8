// Package door lets requests in: who it is, by certificate or token, and whether it may read the namespaces that it asks for. What leaves it
// is the parsed list of namespaces; nobody reads the header again. Before it is known who it is, all that a request costs counts against its
// source, so that strangers stand in each other's way and in nobody else's. Decision 17 has the reasons.
package door

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"moat.dev/guards/internal/tenant"
)

// Options of a door.
type Options struct {
	// NamespaceHeader carries a namespace that the request is for, once for each.
	NamespaceHeader string
	// Audience that tokens must be made for.
	Audience string
	// Permission that is asked for, in each namespace.
	Permission Permission
	// Readers is the file of the authority that signs readers' certificates. Without one there are tokens only.
	Readers string
	// Edge says which connections are the edge's.
	Edge Edge
	// API is the API server.
	API     API
	Bounds  Bounds
	Metrics prometheus.Registerer
}

// Bounds of what strangers may cost.
type Bounds struct {
	// Open connections of one source, and of all, before anybody is known on them.
	Connections, AllConnections int
	// KnownConnections of one source on which somebody is known, and of all.
	KnownConnections, AllKnownConnections int
	// Asking is how much of the API server newcomers may have.
	Asking Allowances
	// Good and Bad are how long an answer of the API server is believed.
	Good, Bad time.Duration
}

// Flags registers a flag for each bound.
func (b *Bounds) Flags(flags *flag.FlagSet) {
	flags.IntVar(&b.Connections, "max-connections-per-source", 100, "Open connections of one address before anybody is known on them.")
	flags.IntVar(&b.AllConnections, "max-connections", 1000, "Open connections of all addresses before anybody is known on them; the oldest makes room.")
	flags.IntVar(&b.KnownConnections, "max-known-connections-per-source", 500, "Open connections of one address on which somebody is known; the edge has no such bound.")
	flags.IntVar(&b.AllKnownConnections, "max-known-connections", 4000, "Open connections of all addresses on which somebody is known.")
	flags.Float64Var(&b.Asking.Rate, "first-sights-per-second", 10, "Questions to the API server about tokens not seen before, from one address, and about rights not seen before, of one user or namespace of service accounts.")
	flags.IntVar(&b.Asking.Burst, "first-sights-burst", 100, "How many of these at once.")
	flags.IntVar(&b.Asking.AtOnce, "first-sights-in-flight", 8, "How many of these may be open.")
	flags.Float64Var(&b.Asking.AllRate, "all-first-sights-per-second", 200, "The same of all together. Strangers, sources of known users, and rights have such a bound each.")
	flags.IntVar(&b.Asking.AllAtOnce, "all-first-sights-in-flight", 32, "How many of these may be open.")
	flags.DurationVar(&b.Good, "believe-good", 2*time.Minute, "How long a good answer about a token or a right is believed: access ends that late after it was taken away.")
	flags.DurationVar(&b.Bad, "believe-bad", 10*time.Second, "How long a bad one is believed.")
}

// Refusal is why a request does not get in.
type Refusal struct {
	Status     int
	Message    string
	RetryAfter time.Duration
	// Close the connection: a body comes that nobody will read, not even to throw it away.
	Close  bool
	reason string
}

func (r *Refusal) Error() string { return r.Message }

var (
	errUnknown = &Refusal{Status: http.StatusUnauthorized, Message: "Unauthorized", reason: "unauthorized"}
	// errUnasked: nobody could be asked, which says nothing about the request.
	errUnasked = &Refusal{
		Status: http.StatusServiceUnavailable, reason: "api_server", RetryAfter: time.Second,
		Message: "the API server does not answer; try again later",
	}
)

// Door judges requests.
type Door struct {
	header  string
	readers *certificates
	edge    *edge
	tokens  *tokens
	rights  *rights
	bounds  Bounds
	metrics *metrics
}

// New makes a door.
func New(o Options) *Door {
	m := newMetrics(o.Metrics)
	// What was good before is asked about again without waiting for anybody who is new.
	api := &asking{API: &o.API, metrics: m}
	d := &Door{
		header: o.NamespaceHeader, edge: newEdge(o.Edge), bounds: o.Bounds, metrics: m,
		tokens: newTokens(api, o.Audience, o.Bounds), rights: newRights(api, o.Permission, o.Bounds),
	}
	if o.Readers != "" {
		d.readers = newCertificates(o.Readers)
	}
	return d
}

// Enter says which namespaces the request may read, of those and exactly those that it asks for. An error is a Refusal.
func (d *Door) Enter(r *http.Request) (tenant.Namespaces, error) {
	start := time.Now()
	namespaces, by, err := d.enter(r)
	d.metrics.observe(by, time.Since(start), err)
	var refusal *Refusal
	// The edge's connections are for many, and it has bounds for bodies itself.
	if errors.As(err, &refusal) && r.ContentLength != 0 && r.ProtoMajor == 1 && !d.isEdge(r) {
		closing := *refusal
		closing.Close = true
		return nil, &closing
	}
	return namespaces, err
}

func (d *Door) enter(r *http.Request) (tenant.Namespaces, credential, error) {
	user, by, err := d.who(r)
	if err != nil {
		return nil, by, err
	}
	connectionOf(r.Context()).known()
	verb := verbs[r.Method]
	if verb == "" {
		return nil, by, &Refusal{Status: http.StatusMethodNotAllowed, Message: "this takes GET or POST", reason: "method"}
	}
	given := r.Header.Values(d.header)
	if len(given) == 0 {
		return nil, by, &Refusal{Status: http.StatusBadRequest, Message: fmt.Sprintf("header %s is missing: it names a namespace", d.header), reason: "tenant"}
	}
	namespaces, err := tenant.Of(given)
	if errors.Is(err, tenant.ErrTooMany) {
		return nil, by, &Refusal{Status: http.StatusBadRequest, Message: fmt.Sprintf("header %s: %s", d.header, err), reason: "tenant"}
	}
	if err != nil {
		// Nobody may read what cannot be a namespace; the API server need not be asked.
		return nil, by, &Refusal{Status: http.StatusForbidden, Message: fmt.Sprintf("Forbidden: header %s: %s", d.header, err), reason: "forbidden"}
	}
	for _, namespace := range namespaces {
		if err := d.rights.check(r.Context(), user, verb, namespace); err != nil {
			return nil, by, err
		}
	}
	return namespaces, by, nil
}

// verbs by which the API server is asked.
var verbs = map[string]string{http.MethodGet: "get", http.MethodPost: "create"}

// who it is. A certificate that nobody should believe is as none: a token may stand beside it.
func (d *Door) who(r *http.Request) (User, credential, error) {
	if d.readers != nil {
		if user, ok := d.readers.user(r.TLS); ok {
			return user, byCertificate, nil
		}
	}
	token, ok := bearer(r.Header)
	if !ok {
		return User{}, byNothing, errUnknown
	}
	user, err := d.tokens.user(r.Context(), token, d.source(r))
	return user, byToken, err
}

// User as the API server knows it.
type User struct {
	Username string              `json:"username,omitempty"`
	UID      string              `json:"uid,omitempty"`
	Groups   []string            `json:"groups,omitempty"`
	Extra    map[string][]string `json:"extra,omitempty"`
}

// key under which answers about a user are kept: everything that the API server judges by.
func (u User) key() string {
	text, err := json.Marshal(u)
	if err != nil {
		panic(err) // texts, and lists of them
	}
	sum := sha256.Sum256(text)
	return string(sum[:])
}

// patience is how long a question may take, whether or not its client waits for it.
const patience = 10 * time.Second

// detached lives on when the client has gone: others may wait for the same answer.
func detached(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), patience)
}
