package store

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/thanos-io/thanos/pkg/info/infopb"
	"github.com/thanos-io/thanos/pkg/store/storepb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"moat.dev/guards/internal/tenant"
)

// maxRequest bounds a request in bytes: matchers, the longest of which are lists in regular expressions.
const maxRequest = 4 << 20

// Guard passes on to one store what is confined to a tenant.
type Guard struct {
	label    string
	upstream *grpc.ClientConn
	budgets  budgets
	requests *prometheus.CounterVec
	refused  *prometheus.CounterVec
	inFlight prometheus.Gauge
}

// New makes a guard that sets the label and asks the store behind the connection.
func New(label string, bounds Bounds, upstream *grpc.ClientConn, registry prometheus.Registerer) *Guard {
	metrics := promauto.With(registry)
	return &Guard{
		label:    label,
		upstream: upstream,
		budgets:  budgets{bounds: bounds, used: map[string]int64{}},
		requests: metrics.NewCounterVec(prometheus.CounterOpts{
			Name: "moat_store_guard_requests_total",
			Help: "Requests to the store, by method and by the code of the answer.",
		}, []string{"method", "code"}),
		refused: metrics.NewCounterVec(prometheus.CounterOpts{
			Name: "moat_store_guard_refused_total",
			Help: "Requests that were not passed on: without a tenant, or by a method that is not confined to one.",
		}, []string{"reason"}),
		inFlight: metrics.NewGauge(prometheus.GaugeOpts{
			Name: "moat_store_guard_requests_in_flight",
			Help: "Requests that are being answered.",
		}),
	}
}

// Server serves every method by this guard.
func (g *Guard) Server(options ...grpc.ServerOption) *grpc.Server {
	return grpc.NewServer(append(options,
		grpc.ForceServerCodecV2(raw{}),
		grpc.UnknownServiceHandler(g.handle),
		grpc.MaxRecvMsgSize(maxRequest),
		grpc.MaxSendMsgSize(math.MaxInt32),
	)...)
}

func (g *Guard) handle(_ any, in grpc.ServerStream) error {
	name, _ := grpc.MethodFromServerStream(in)
	m, known := methods[name]
	if !known {
		// The name is the client's, and no label of a metric.
		g.requests.WithLabelValues("other", codes.Unimplemented.String()).Inc()
		g.refused.WithLabelValues("method").Inc()
		return status.Error(codes.Unimplemented, "the store guard does not pass this method on")
	}
	g.inFlight.Inc()
	defer g.inFlight.Dec()
	err := g.pass(name, m, in)
	g.requests.WithLabelValues(name, status.Code(err).String()).Inc()
	return err
}

func (g *Guard) pass(name string, m method, in grpc.ServerStream) error {
	var request frame
	if err := in.RecvMsg(&request); err != nil {
		return err
	}
	c := call{label: g.label, externalLabels: func() ([]labels.Labels, error) { return g.externalLabels(in.Context()) }}
	ctx := in.Context()
	if m.request != nil {
		var err error
		if c.tenant, err = tenantOf(ctx); err != nil {
			g.refused.WithLabelValues("tenant").Inc()
			return status.Error(codes.PermissionDenied, err.Error())
		}
		matchers, err := storepb.PromMatchersToMatchers(c.tenant.Matcher(g.label))
		if err != nil {
			return status.Error(codes.Internal, err.Error())
		}
		c.matcher = matchers[0]
		if request, err = m.request(c, request); err != nil {
			g.refused.WithLabelValues("request").Inc()
			return status.Error(codes.InvalidArgument, err.Error())
		}
		// Nothing else of what the client sent along.
		ctx = metadata.NewOutgoingContext(ctx, metadata.Pairs(tenant.Header, c.tenant.String()))
	}
	return g.exchange(ctx, name, m, c, request, in)
}

// exchange sends the request, and hands each message of the answer on as it comes.
func (g *Guard) exchange(ctx context.Context, name string, m method, c call, request frame, in grpc.ServerStream) error {
	// Ends the store's work when the client is gone.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	out, err := g.upstream.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, name, grpc.ForceCodecV2(raw{}), grpc.MaxCallRecvMsgSize(math.MaxInt32))
	if err != nil {
		return err
	}
	if err := out.SendMsg(&request); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if err := out.CloseSend(); err != nil {
		return err
	}
	budget := g.budgets.open(c.tenant)
	defer budget.close()
	for {
		var answer frame
		if err := out.RecvMsg(&answer); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if m.bounded {
			if err := budget.take(len(answer)); err != nil {
				return err
			}
		}
		if m.answer != nil {
			if answer, err = m.answer(c, answer); err != nil {
				return status.Error(codes.Internal, err.Error())
			}
			if answer == nil {
				continue
			}
		}
		if err := in.SendMsg(&answer); err != nil {
			return err
		}
	}
}

func tenantOf(ctx context.Context) (tenant.Namespaces, error) {
	md, _ := metadata.FromIncomingContext(ctx)
	values := md.Get(tenant.Header)
	if len(values) != 1 {
		return nil, errors.New("the store guard wants exactly one tenant")
	}
	return tenant.Parse(values[0])
}

func (g *Guard) externalLabels(ctx context.Context) ([]labels.Labels, error) {
	info, err := infopb.NewInfoClient(g.upstream).Info(ctx, &infopb.InfoRequest{})
	if err != nil {
		return nil, err
	}
	var sets []labels.Labels
	for _, set := range info.LabelSets {
		sets = append(sets, set.PromLabels())
	}
	return sets, nil
}

// Ready says whether the store answers.
func (g *Guard) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_, err := g.externalLabels(ctx)
	if err != nil {
		slog.Warn("the store does not answer", "error", err)
	}
	return err
}
