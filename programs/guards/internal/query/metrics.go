package query

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"moat.dev/guards/internal/promql"
	"moat.dev/guards/internal/tenant"
)

type metrics struct {
	requests *prometheus.CounterVec
	refused  *prometheus.CounterVec
	duration *prometheus.HistogramVec
	inFlight prometheus.Gauge
}

func newMetrics(registry prometheus.Registerer) *metrics {
	m := promauto.With(registry)
	return &metrics{
		requests: m.NewCounterVec(prometheus.CounterOpts{
			Name: "moat_query_guard_requests_total",
			Help: "Requests by endpoint of the API and status of the answer.",
		}, []string{"endpoint", "code"}),
		refused: m.NewCounterVec(prometheus.CounterOpts{
			Name: "moat_query_guard_refused_total",
			Help: "Requests that the guard refused, by the namespace that they were for and the reason.",
		}, []string{"tenant_namespace", "reason"}),
		duration: m.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "moat_query_guard_request_duration_seconds",
			Help:    "Time from a request to the end of its answer, waiting included.",
			Buckets: []float64{0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60},
		}, []string{"endpoint"}),
		inFlight: m.NewGauge(prometheus.GaugeOpts{
			Name: "moat_query_guard_requests_in_flight",
			Help: "Requests that are being answered or wait for that.",
		}),
	}
}

// refuse counts for each namespace: a request for several is none of a tenant that a label's value could name.
func (m *metrics) refuse(reason promql.Reason, namespaces tenant.Namespaces) {
	if len(namespaces) == 0 {
		m.refused.WithLabelValues("", string(reason)).Inc()
	}
	for _, name := range namespaces {
		m.refused.WithLabelValues(name, string(reason)).Inc()
	}
}

// watched is an answer under observation.
type watched struct {
	http.ResponseWriter
	metrics  *metrics
	endpoint string
	start    time.Time
	status   int
}

func (m *metrics) begin(endpoint string, w http.ResponseWriter) *watched {
	m.inFlight.Inc()
	return &watched{ResponseWriter: w, metrics: m, endpoint: endpoint, start: time.Now(), status: http.StatusOK}
}

func (w *watched) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *watched) end() {
	w.metrics.inFlight.Dec()
	w.metrics.requests.WithLabelValues(w.endpoint, strconv.Itoa(w.status)).Inc()
	w.metrics.duration.WithLabelValues(w.endpoint).Observe(time.Since(w.start).Seconds())
}
