package admit

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"moat.dev/guards/internal/promql"
)

// Paths that the API server is told to ask.
const (
	RulesPath    = "/rules"
	MonitorsPath = "/monitors"
)

// mostBytes of a question: it has the object twice at an update, and the API server keeps no object above 1.5 MiB.
const mostBytes = 4 << 20

// mostAtOnce are judged at a time; more wait for their turn, for as long as the API server does.
const mostAtOnce = 8

// Options of the webhook.
type Options struct {
	// Label that the operator enforces in rules.
	Label string
	// Bounds of one expression.
	Bounds promql.Bounds
	// MostWritten bounds the file that the operator makes of an object's rules, in bytes.
	MostWritten int
	Metrics     prometheus.Registerer
}

// Webhook answers reviews.
type Webhook struct {
	options Options
	places  chan struct{}
	reviews *prometheus.CounterVec
	refused *prometheus.CounterVec
}

// New makes a webhook.
func New(options Options) *Webhook {
	m := promauto.With(options.Metrics)
	w := &Webhook{
		options: options,
		places:  make(chan struct{}, mostAtOnce),
		reviews: m.NewCounterVec(prometheus.CounterOpts{
			Name: "moat_admission_reviews_total",
			Help: "Questions of the API server by path and answer: allowed, refused, or failed, where there was none.",
		}, []string{"path", "answer"}),
		refused: m.NewCounterVec(prometheus.CounterOpts{
			Name: "moat_admission_refused_rules_total",
			Help: "Expressions of rules that were refused, by the reason. The log has the namespaces.",
		}, []string{"reason"}),
	}
	// Counted from 0 on, as what is there for the first time is no increase.
	for _, reason := range promql.Reasons {
		w.refused.WithLabelValues(string(reason))
	}
	return w
}

// Handler serves both paths.
func (w *Webhook) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+RulesPath, w.serve(RulesPath, w.rules))
	mux.HandleFunc("POST "+MonitorsPath, w.serve(MonitorsPath, w.monitors))
	return mux
}

func (w *Webhook) rules(asked *request) (response, error) {
	if asked.Kind.Kind != "PrometheusRule" {
		return response{}, fmt.Errorf("%s has no rules", asked.Kind.Kind)
	}
	refusal, err := checkRules(w.options, asked.Namespace, asked.Object)
	if err != nil || refusal == nil {
		return response{Allowed: true}, err
	}
	for _, reason := range refusal.reasons {
		w.refused.WithLabelValues(string(reason)).Inc()
	}
	return response{Status: &status{Message: refusal.message, Reason: "Forbidden", Code: http.StatusForbidden}}, nil
}

func (w *Webhook) monitors(asked *request) (response, error) {
	patch, err := defaults(asked.Kind.Kind, asked.Object)
	if err != nil || len(patch) == 0 {
		return response{Allowed: true}, err
	}
	text, err := json.Marshal(patch)
	return response{Allowed: true, Patch: text, PatchType: "JSONPatch"}, err
}

// serve answers with a review, or with an error of HTTP: then the API server does what the failure policy says.
func (w *Webhook) serve(path string, answer func(*request) (response, error)) http.HandlerFunc {
	for _, all := range []string{"allowed", "refused", "failed"} {
		w.reviews.WithLabelValues(path, all)
	}
	return func(out http.ResponseWriter, in *http.Request) {
		fail := func(code int, err error) {
			w.reviews.WithLabelValues(path, "failed").Inc()
			slog.Warn("no answer to a review", "path", path, "error", err)
			http.Error(out, err.Error(), code)
		}
		asked, err := readRequest(http.MaxBytesReader(out, in.Body, mostBytes))
		if err != nil {
			fail(http.StatusBadRequest, err)
			return
		}
		// Only now: a body that drips in takes nobody's place.
		select {
		case w.places <- struct{}{}:
			defer func() { <-w.places }()
		case <-in.Context().Done():
			fail(http.StatusServiceUnavailable, in.Context().Err())
			return
		}
		answered, err := answer(asked)
		if err != nil {
			fail(http.StatusBadRequest, err)
			return
		}
		answered.UID = asked.UID
		if answered.Allowed {
			w.reviews.WithLabelValues(path, "allowed").Inc()
		} else {
			w.reviews.WithLabelValues(path, "refused").Inc()
			slog.Info("refused", "namespace", asked.Namespace, "reason", strings.ToValidUTF8(answered.Status.Message, ""))
		}
		out.Header().Set("Content-Type", "application/json")
		// Whoever asked may be gone.
		_ = json.NewEncoder(out).Encode(review{APIVersion: apiVersion, Kind: reviewKind, Response: &answered})
	}
}

func readRequest(body io.Reader) (*request, error) {
	data, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	var asked review
	if err := decode(data, &asked); err != nil {
		return nil, err
	}
	switch {
	case asked.APIVersion != apiVersion || asked.Kind != reviewKind || asked.Request == nil:
		return nil, errors.New("the body is no AdmissionReview of " + apiVersion)
	case asked.Request.Kind.Group != operatorGroup:
		return nil, fmt.Errorf("the group %q has neither rules nor monitors", asked.Request.Kind.Group)
	case asked.Request.Operation != "CREATE" && asked.Request.Operation != "UPDATE":
		return nil, fmt.Errorf("%q brings no object", asked.Request.Operation)
	}
	return asked.Request, nil
}
