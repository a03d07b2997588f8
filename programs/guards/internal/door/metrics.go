package door

import (
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// credential by which somebody shows who it is.
type credential string

const (
	byCertificate credential = "certificate"
	byToken       credential = "token"
	byNothing     credential = "none"
)

type metrics struct {
	registry       prometheus.Registerer
	refused        *prometheus.CounterVec
	duration       *prometheus.HistogramVec
	reviews        *prometheus.CounterVec
	reviewDuration *prometheus.HistogramVec
}

func newMetrics(registry prometheus.Registerer) *metrics {
	m := promauto.With(registry)
	return &metrics{
		registry: registry,
		refused: m.NewCounterVec(prometheus.CounterOpts{
			Name: "moat_gateway_refused_total",
			Help: "Requests and connections that did not get in, by reason.",
		}, []string{"reason"}),
		duration: m.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "moat_gateway_authentication_duration_seconds",
			Help:    "Time until it is known who it is and what it may read, by what was shown.",
			Buckets: []float64{0.0001, 0.001, 0.01, 0.05, 0.1, 0.5, 1, 5, 10},
		}, []string{"credential"}),
		reviews: m.NewCounterVec(prometheus.CounterOpts{
			Name: "moat_gateway_reviews_total",
			Help: "Questions to the API server, about tokens and access, by answer.",
		}, []string{"review", "answer"}),
		reviewDuration: m.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "moat_gateway_review_duration_seconds",
			Help:    "Time of questions to the API server.",
			Buckets: []float64{0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10},
		}, []string{"review"}),
	}
}

func (m *metrics) refuse(reason string) { m.refused.WithLabelValues(reason).Inc() }

func (m *metrics) observe(by credential, took time.Duration, err error) {
	m.duration.WithLabelValues(string(by)).Observe(took.Seconds())
	if err == nil {
		return
	}
	reason := "internal"
	var refusal *Refusal
	if errors.As(err, &refusal) {
		reason = refusal.reason
	}
	m.refuse(reason)
}

func (m *metrics) connections(l *listener) {
	counts := map[string]func() int{"strangers": func() int { return l.order.Len() }, "users": func() int { return l.all }}
	for kind, count := range counts {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "moat_gateway_connections", Help: "Open connections, of strangers and of users.",
			ConstLabels: prometheus.Labels{"of": kind},
		}, func() float64 {
			l.mutex.Lock()
			defer l.mutex.Unlock()
			return float64(count())
		}))
	}
}
