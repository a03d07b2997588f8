package store_test

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"encoding/json"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/thanos-io/thanos/pkg/exemplars/exemplarspb"
	"github.com/thanos-io/thanos/pkg/info/infopb"
	"github.com/thanos-io/thanos/pkg/rules/rulespb"
	"github.com/thanos-io/thanos/pkg/store/labelpb"
	"github.com/thanos-io/thanos/pkg/store/storepb"
	"github.com/thanos-io/thanos/pkg/targets/targetspb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"moat.dev/guards/internal/query"
	"moat.dev/guards/internal/store"
	"moat.dev/guards/internal/tenant"
)

// sidecar plays a store with rules and exemplars of alpha and beta.
type sidecar struct {
	storepb.UnimplementedStoreServer
	replica string
	mutex   sync.Mutex
	asked   []string
	tenants []string
	series  *storepb.SeriesRequest
	query   string
	// chunk is the size of a chunk, and hold is waited for before a series request ends.
	chunk int
	hold  chan struct{}
}

func (s *sidecar) note(ctx context.Context, what string, matchers []storepb.LabelMatcher) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.asked = append(s.asked, what+storepb.MatchersToString(matchers...))
	md, _ := metadata.FromIncomingContext(ctx)
	s.tenants = append(s.tenants, strings.Join(md.Get("thanos-tenant"), "+"))
}

func (s *sidecar) Series(r *storepb.SeriesRequest, stream storepb.Store_SeriesServer) error {
	s.note(stream.Context(), "series", r.Matchers)
	s.series = r
	for i := range 3 {
		if err := stream.Send(storepb.NewSeriesResponse(&storepb.Series{Labels: zLabels("i", fmt.Sprint(i)), Chunks: []storepb.AggrChunk{{Raw: &storepb.Chunk{Data: make([]byte, max(1000, s.chunk))}}}})); err != nil {
			return err
		}
	}
	if s.hold != nil {
		<-s.hold
	}
	return stream.Send(storepb.NewWarnSeriesResponse(fmt.Errorf("a warning")))
}

func (s *sidecar) LabelNames(ctx context.Context, r *storepb.LabelNamesRequest) (*storepb.LabelNamesResponse, error) {
	s.note(ctx, "names", r.Matchers)
	return &storepb.LabelNamesResponse{Names: []string{"a"}}, nil
}

func (s *sidecar) LabelValues(ctx context.Context, r *storepb.LabelValuesRequest) (*storepb.LabelValuesResponse, error) {
	s.note(ctx, "values", r.Matchers)
	return nil, status.Error(codes.ResourceExhausted, "too many")
}

func (s *sidecar) Info(context.Context, *infopb.InfoRequest) (*infopb.InfoResponse, error) {
	return &infopb.InfoResponse{
		LabelSets:     []labelpb.ZLabelSet{{Labels: zLabels("cluster", "dev", "prometheus_replica", s.replica)}},
		ComponentType: "sidecar", Store: &infopb.StoreInfo{MinTime: 1, MaxTime: 2}, Rules: &infopb.RulesInfo{},
		Targets: &infopb.TargetsInfo{}, Exemplars: &infopb.ExemplarsInfo{}, MetricMetadata: &infopb.MetricMetadataInfo{},
	}, nil
}

type rulesServer struct{ *sidecar }

func alerting(name, namespace, replica string, firing bool) *rulespb.Rule {
	a := &rulespb.Alert{Name: name, Query: "up", DurationSeconds: 60, KeepFiringForSeconds: 30, Health: "ok",
		Labels: labelpb.ZLabelSet{Labels: zLabels("namespace", namespace, "prometheus_replica", replica)}}
	if firing {
		a.State = rulespb.AlertState_FIRING
		for _, of := range []string{"alpha", "beta"} {
			a.Alerts = append(a.Alerts, &rulespb.AlertInstance{Labels: labelpb.ZLabelSet{Labels: zLabels("alertname", name, "namespace", of)}, Value: "1", ActiveAt: &time.Time{}})
		}
	}
	return rulespb.NewAlertingRule(a)
}

func (s rulesServer) Rules(r *rulespb.RulesRequest, stream rulespb.Rules_RulesServer) error {
	s.note(stream.Context(), "rules", nil)
	group := func(name string, rules ...*rulespb.Rule) error {
		return stream.Send(rulespb.NewRuleGroupRulesResponse(&rulespb.RuleGroup{
			Name: name, File: "f", Interval: 30, Limit: 7, EvaluationDurationSeconds: 0.5, LastEvaluation: time.Unix(1, 0), Rules: rules,
		}))
	}
	if err := group("alphas", alerting("Mine", "alpha", s.replica, s.replica == "1"), rulespb.NewRecordingRule(&rulespb.RecordingRule{
		Name: "a:b", Query: "up", Labels: labelpb.ZLabelSet{Labels: zLabels("namespace", "alpha", "prometheus_replica", s.replica)}})); err != nil {
		return err
	}
	if err := group("betas", alerting("Theirs", "beta", s.replica, true)); err != nil {
		return err
	}
	if err := group("nobodys", alerting("Loose", "", s.replica, true)); err != nil {
		return err
	}
	return group("mixed", alerting("Theirs", "beta", s.replica, true), alerting("MineToo", "alpha", s.replica, false))
}

type exemplarsServer struct{ *sidecar }

func (s exemplarsServer) Exemplars(r *exemplarspb.ExemplarsRequest, stream exemplarspb.Exemplars_ExemplarsServer) error {
	s.note(stream.Context(), "exemplars", nil)
	s.query = r.Query
	for _, namespace := range []string{"alpha", "beta"} {
		if err := stream.Send(exemplarspb.NewExemplarsResponse(&exemplarspb.ExemplarData{
			SeriesLabels: labelpb.ZLabelSet{Labels: zLabels("__name__", "up", "namespace", namespace, "prometheus_replica", s.replica)},
			Exemplars:    []*exemplarspb.Exemplar{{Labels: labelpb.ZLabelSet{Labels: zLabels("trace", namespace)}, Value: 1, Ts: 5}},
		})); err != nil {
			return err
		}
	}
	return nil
}

type targetsServer struct{}

func (targetsServer) Targets(*targetspb.TargetsRequest, targetspb.Targets_TargetsServer) error {
	return nil
}

func zLabels(pairs ...string) []labelpb.ZLabel {
	return labelpb.ZLabelsFromPromLabels(labels.FromStrings(pairs...))
}

func listen(t *testing.T, server *grpc.Server) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return listener.Addr().String()
}

func dial(t *testing.T, address string) *grpc.ClientConn {
	t.Helper()
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	return connection
}

// newGuard is a guard in front of a sidecar, and the sidecar's own address.
func newGuard(t *testing.T, replica string) (s *sidecar, guarded, bare string) {
	s = &sidecar{replica: replica}
	server := grpc.NewServer()
	storepb.RegisterStoreServer(server, s)
	infopb.RegisterInfoServer(server, s)
	rulespb.RegisterRulesServer(server, rulesServer{s})
	exemplarspb.RegisterExemplarsServer(server, exemplarsServer{s})
	targetspb.RegisterTargetsServer(server, targetsServer{})
	bare = listen(t, server)
	return s, listen(t, store.New("namespace", store.Bounds{Request: 1 << 20, Tenant: 2 << 20}, dial(t, bare), prometheus.NewRegistry()).Server()), bare
}

func as(names ...string) context.Context {
	ctx := context.Background()
	for _, name := range names {
		ctx = metadata.AppendToOutgoingContext(ctx, "THANOS-TENANT", name)
	}
	return metadata.AppendToOutgoingContext(ctx, "other", "x")
}

func drain[T any](stream interface{ Recv() (T, error) }, err error) (all []T, last error) {
	for err == nil {
		var message T
		if message, err = stream.Recv(); err == nil {
			all = append(all, message)
		}
	}
	if err.Error() == "EOF" {
		err = nil
	}
	return all, err
}

func TestSelectionsAreConfined(t *testing.T) {
	s, guarded, _ := newGuard(t, "0")
	client := storepb.NewStoreClient(dial(t, guarded))
	theirs := []storepb.LabelMatcher{{Type: storepb.LabelMatcher_EQ, Name: "namespace", Value: "beta"}}
	request := &storepb.SeriesRequest{Matchers: theirs, MinTime: 3, MaxTime: 9, Limit: 5, SkipChunks: true, WithoutReplicaLabels: []string{"namespace"}, MaxResolutionWindow: 7}
	all, err := drain(client.Series(as("alpha,alpha-jobs"), request))
	if err != nil || len(all) != 4 || all[3].GetWarning() != "a warning" || len(all[0].GetSeries().Chunks[0].Raw.Data) != 1000 {
		t.Errorf("%d messages, %v", len(all), err)
	}
	got := *s.series
	got.Matchers = request.Matchers
	if got.String() != request.String() {
		t.Errorf("the rest of the request changed: %v", got)
	}
	if names, err := client.LabelNames(as("alpha"), &storepb.LabelNamesRequest{}); err != nil || len(names.Names) != 1 {
		t.Errorf("%v %v", names, err)
	}
	if _, err := client.LabelValues(as("alpha"), &storepb.LabelValuesRequest{Label: "x", Matchers: theirs}); status.Code(err) != codes.ResourceExhausted {
		t.Errorf("the store's error: %v", err)
	}
	want := []string{`series{namespace="beta", namespace=~"alpha|alpha-jobs"}`, `names{namespace=~"alpha"}`, `values{namespace="beta", namespace=~"alpha"}`}
	if fmt.Sprint(s.asked) != fmt.Sprint(want) || fmt.Sprint(s.tenants) != "[alpha,alpha-jobs alpha alpha]" {
		t.Errorf("asked %q as %q", s.asked, s.tenants)
	}
}

func TestWhatIsSelectedIsBounded(t *testing.T) {
	s, guarded, bare := newGuard(t, "0")
	series := func(address, name string) error {
		_, err := drain(storepb.NewStoreClient(dial(t, address)).Series(as(name), &storepb.SeriesRequest{}))
		return err
	}
	// Three chunks: 1.2 MiB is above the bound of a request, 0.9 MiB is not.
	s.chunk = 400 << 10
	if err := series(bare, "alpha"); err != nil {
		t.Fatalf("the store itself: %v", err)
	}
	if err := series(guarded, "alpha"); status.Code(err) != codes.ResourceExhausted || !strings.Contains(err.Error(), tenant.Exhausted) {
		t.Errorf("too much for a request: %v", err)
	}
	s.chunk, s.hold = 300<<10, make(chan struct{})
	// Two of three chunks each are under way, and have come, when the third one asks.
	under := []storepb.Store_SeriesClient{}
	for range 2 {
		stream, err := storepb.NewStoreClient(dial(t, guarded)).Series(as("alpha"), &storepb.SeriesRequest{})
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if _, err := stream.Recv(); err != nil {
				t.Fatal(err)
			}
		}
		under = append(under, stream)
	}
	if err := series(guarded, "alpha"); status.Code(err) != codes.ResourceExhausted {
		t.Errorf("too much for a tenant: %v", err)
	}
	beta := make(chan error, 1)
	go func() { beta <- series(guarded, "beta") }()
	close(s.hold)
	if err := <-beta; err != nil {
		t.Errorf("another tenant: %v", err)
	}
	for _, stream := range under {
		if _, err := drain(stream, nil); err != nil {
			t.Errorf("within the bounds: %v", err)
		}
	}
	if err := series(guarded, "alpha"); err != nil {
		t.Errorf("what is done counts no longer: %v", err)
	}
}

func TestWithoutExactlyOneTenantNothingIsAsked(t *testing.T) {
	s, guarded, _ := newGuard(t, "0")
	connection := dial(t, guarded)
	for _, names := range [][]string{
		{}, {""}, {"alpha", "beta"}, {"alpha", "alpha"}, {"default-tenant"}, {".*"}, {"alpha|beta"}, {"alpha,"}, {"beta,alpha"}, {"alpha,alpha"}, {"Alpha"}, {"alpha\"} or {x=\""},
	} {
		client := storepb.NewStoreClient(connection)
		_, series := drain(client.Series(as(names...), &storepb.SeriesRequest{}))
		_, labelNames := client.LabelNames(as(names...), &storepb.LabelNamesRequest{})
		_, values := client.LabelValues(as(names...), &storepb.LabelValuesRequest{})
		_, rules := drain(rulespb.NewRulesClient(connection).Rules(as(names...), &rulespb.RulesRequest{}))
		_, exemplars := drain(exemplarspb.NewExemplarsClient(connection).Exemplars(as(names...), &exemplarspb.ExemplarsRequest{Query: "up"}))
		for i, err := range []error{series, labelNames, values, rules, exemplars} {
			if status.Code(err) != codes.PermissionDenied {
				t.Errorf("%q, request %d: %v", names, i, err)
			}
		}
	}
	if len(s.asked) > 0 {
		t.Errorf("the store was asked %q", s.asked)
	}
}

func TestOnlyWhatIsConfinedIsServed(t *testing.T) {
	_, guarded, bare := newGuard(t, "0")
	if _, err := drain(targetspb.NewTargetsClient(dial(t, bare)).Targets(as("alpha"), &targetspb.TargetsRequest{})); err != nil {
		t.Fatalf("the store itself has targets: %v", err)
	}
	if _, err := drain(targetspb.NewTargetsClient(dial(t, guarded)).Targets(as("alpha"), &targetspb.TargetsRequest{})); status.Code(err) != codes.Unimplemented {
		t.Errorf("targets: %v", err)
	}
	info, err := infopb.NewInfoClient(dial(t, guarded)).Info(context.Background(), &infopb.InfoRequest{})
	if err != nil || info.Store == nil || info.Store.MaxTime != 2 || len(info.LabelSets) != 1 || info.ComponentType != "sidecar" {
		t.Errorf("%v %v", info, err)
	}
	if info.Rules != nil || info.Targets != nil || info.Exemplars != nil || info.MetricMetadata != nil {
		t.Errorf("offers what Thanos would ask without a tenant: %v", info)
	}
}

func TestRulesAndExemplarsOfOthersStayInTheStore(t *testing.T) {
	s, guarded, bare := newGuard(t, "1")
	unguarded, err := drain(rulespb.NewRulesClient(dial(t, bare)).Rules(as("alpha"), &rulespb.RulesRequest{}))
	if err != nil || !strings.Contains(fmt.Sprint(unguarded), "beta") {
		t.Fatalf("the store itself has rules of beta: %v %v", unguarded, err)
	}
	got, err := drain(rulespb.NewRulesClient(dial(t, guarded)).Rules(as("alpha"), &rulespb.RulesRequest{}))
	if text := fmt.Sprint(got); err != nil || len(got) != 2 || strings.Contains(text, "beta") || strings.Contains(text, "Loose") || strings.Contains(text, "Theirs") {
		t.Errorf("%v %v", got, err)
	}
	client := exemplarspb.NewExemplarsClient(dial(t, guarded))
	for asked, want := range map[string]string{
		`up`:                               `{__name__="up",namespace=~"alpha"}`,
		`up{cluster="dev"} + down`:         `{__name__="up",namespace=~"alpha"} or {__name__="down",namespace=~"alpha"}`,
		`up{cluster="prod"} + down`:        `{__name__="down",namespace=~"alpha"}`,
		`up{cluster="prod"}`:               `{namespace="", namespace!=""}`,
		`topk(scalar(a), b)`:               `{__name__="b",namespace=~"alpha"} or {__name__="a",namespace=~"alpha"}`,
		`a * on ("a) up or on (b") b`:      `{__name__="a",namespace=~"alpha"} or {__name__="b",namespace=~"alpha"}`,
		`{"service.name"="x", "a.b"}`:      `{"service.name"="x",__name__="a.b",namespace=~"alpha"}`,
		`up{namespace="beta"}`:             `{__name__="up",namespace="beta",namespace=~"alpha"}`,
		`sum by ("x) (up) or (y") (down)`:  `{__name__="down",namespace=~"alpha"}`,
		`rate(up{job="x"}[5m] offset 10m)`: `{__name__="up",job="x",namespace=~"alpha"}`,
	} {
		data, err := drain(client.Exemplars(as("alpha"), &exemplarspb.ExemplarsRequest{Query: asked}))
		if err != nil || len(data) != 1 || strings.Contains(fmt.Sprint(data), "beta") || s.query != want {
			t.Errorf("%s\nasked %s\n want %s\n(%v, %v)", asked, s.query, want, data, err)
		}
	}
	if _, err := drain(client.Exemplars(as("alpha"), &exemplarspb.ExemplarsRequest{Query: "{"})); status.Code(err) != codes.InvalidArgument {
		t.Errorf("no query: %v", err)
	}
}

// alphas is a door through which everybody comes as alpha.
type alphas struct{}

func (alphas) Enter(*http.Request) (tenant.Namespaces, error) { return tenant.Of([]string{"alpha"}) }

// The query guard in front of two sidecars with a store guard each.
func TestR14RulesAlertsAndExemplarsOfATenant(t *testing.T) {
	ask := func(t *testing.T, stores, path string) (int, map[string]any, string) {
		t.Helper()
		options := query.Options{Label: "namespace", ReplicaLabel: "prometheus_replica", Door: alphas{}, Query: &url.URL{}, Frontend: &url.URL{},
			Stores: stores, Dial: []grpc.DialOption{grpc.WithTransportCredentials(insecure.NewCredentials())}, Metrics: prometheus.NewRegistry()}
		options.Bounds.Flags(flag.NewFlagSet("", flag.PanicOnError))
		r := httptest.NewRequest("GET", path, nil)
		w := httptest.NewRecorder()
		query.New(options).Handler().ServeHTTP(w, r)
		var body map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
			t.Fatalf("%s: %s", path, w.Body)
		}
		return w.Code, body, w.Body.String()
	}
	_, guarded, _ := newGuard(t, "1")
	for path, want := range map[string]struct {
		rules  []string
		alerts int
	}{
		"/api/v1/rules":                                                   {[]string{"Mine", "a:b", "MineToo"}, 1},
		"/api/v1/rules?exclude_alerts=true":                               {[]string{"Mine", "a:b", "MineToo"}, 0},
		"/api/v1/rules?rule_name[]=Mine":                                  {[]string{"Mine"}, 1},
		"/api/v1/rules?rule_group[]=mixed":                                {[]string{"MineToo"}, 0},
		"/api/v1/rules?file[]=g":                                          {nil, 0},
		"/api/v1/rules?match[]=" + url.QueryEscape(`{namespace="alpha"}`): {[]string{"Mine", "a:b", "MineToo"}, 1},
		"/api/v1/rules?match[]=" + url.QueryEscape(`{namespace="beta"}`):  {nil, 0},
	} {
		status, body, text := ask(t, guarded, path)
		var names []string
		alerts := 0
		for _, g := range body["data"].(map[string]any)["groups"].([]any) {
			group := g.(map[string]any)
			if group["limit"] != 7.0 || group["interval"] != 30.0 || group["evaluationTime"] != 0.5 || group["lastEvaluation"] != "1970-01-01T00:00:01Z" || group["file"] != "f" {
				t.Errorf("%s: fields are lost: %v", path, group)
			}
			for _, r := range group["rules"].([]any) {
				rule := r.(map[string]any)
				names = append(names, rule["name"].(string))
				if list, ok := rule["alerts"].([]any); ok {
					alerts += len(list)
				}
				if rule["type"] == "alerting" && (rule["keepFiringFor"] != 30.0 || rule["duration"] != 60.0) {
					t.Errorf("%s: fields are lost: %v", path, rule)
				}
			}
		}
		if status != http.StatusOK || fmt.Sprint(names) != fmt.Sprint(want.rules) || alerts != want.alerts || strings.Contains(text, "beta") || strings.Contains(text, "prometheus_replica") {
			t.Errorf("%s: %d %v with %d alerts: %s", path, status, names, alerts, text)
		}
	}
	if status, body, text := ask(t, guarded, "/api/v1/alerts"); status != 200 || len(body["data"].(map[string]any)["alerts"].([]any)) != 1 || strings.Contains(text, "beta") {
		t.Errorf("%d %s", status, text)
	}
	if status, body, text := ask(t, guarded, "/api/v1/query_exemplars?query=up"); status != 200 || len(body["data"].([]any)) != 1 || strings.Contains(text, "beta") {
		t.Errorf("%d %s", status, text)
	}
	for _, path := range []string{"/api/v1/rules?type=none", "/api/v1/query_exemplars?query={", "/api/v1/query_exemplars", "/api/v1/rules?match[]=up%5B5m%5D"} {
		if status, _, text := ask(t, guarded, path); status != 400 {
			t.Errorf("%s: %d %s", path, status, text)
		}
	}
	if status, _, text := ask(t, "127.0.0.1:1", "/api/v1/rules"); status != 503 {
		t.Errorf("no store answers: %d %s", status, text)
	}
}
