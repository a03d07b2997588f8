// Package query is the query guard: Prometheus's HTTP API for one tenant at a time. It reads each request itself, confines what is asked
// to the namespaces that were authorised, and asks Thanos anew with nothing of the client's request but what it understood.
package query

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"moat.dev/guards/internal/door"
	"moat.dev/guards/internal/promql"
)

// Reasons of refusals beside those of queries.
const (
	reasonMethod       promql.Reason = "method"
	reasonParameter    promql.Reason = "parameter"
	reasonBody         promql.Reason = "body"
	reasonRange        promql.Reason = "range_length"
	reasonSteps        promql.Reason = "steps"
	reasonMatches      promql.Reason = "match_count"
	reasonConcurrency  promql.Reason = "concurrency"
	reasonResponseSize promql.Reason = "response_size"
	reasonSelected     promql.Reason = "selected_bytes"
)

// problem is an answer other than data, in Prometheus's form. With a reason it is a refusal of the guard's own.
type problem struct {
	status  int
	kind    string
	message string
	reason  promql.Reason
	// retryAfter is told to clients that asked too much.
	retryAfter time.Duration
	// close the connection, with what the client still sends.
	close bool
}

func (p *problem) Error() string { return p.message }

func badData(reason promql.Reason, message string) *problem {
	return &problem{status: http.StatusBadRequest, kind: "bad_data", message: message, reason: reason}
}

// problemOf finds the answer to an error.
func problemOf(err error) *problem {
	var p *problem
	if errors.As(err, &p) {
		return p
	}
	var outside *door.Refusal
	if errors.As(err, &outside) {
		return &problem{status: outside.Status, kind: kinds[outside.Status], message: outside.Message, retryAfter: outside.RetryAfter, close: outside.Close}
	}
	var refusal *promql.Refusal
	if !errors.As(err, &refusal) {
		return &problem{status: http.StatusInternalServerError, kind: "internal", message: "the gateway failed"}
	}
	if refusal.Reason == promql.BadData {
		return badData(refusal.Reason, refusal.Message)
	}
	// As Prometheus answers queries that are too large for it.
	return &problem{status: http.StatusUnprocessableEntity, kind: "execution", message: refusal.Message, reason: refusal.Reason}
}

// kinds of errors at the door, in Prometheus's words where it has some.
var kinds = map[int]string{
	http.StatusBadRequest:         "bad_data",
	http.StatusUnauthorized:       "unauthorized",
	http.StatusForbidden:          "forbidden",
	http.StatusMethodNotAllowed:   "bad_data",
	http.StatusTooManyRequests:    "too_many_requests",
	http.StatusServiceUnavailable: "unavailable",
}

type answer struct {
	Status    string   `json:"status"`
	Data      any      `json:"data,omitempty"`
	ErrorType string   `json:"errorType,omitempty"`
	Error     string   `json:"error,omitempty"`
	Warnings  []string `json:"warnings,omitempty"`
}

func respond(w http.ResponseWriter, status int, body answer) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// The client is gone when this fails.
	_ = json.NewEncoder(w).Encode(body)
}

func (p *problem) respond(w http.ResponseWriter) {
	if p.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(p.retryAfter.Seconds()))))
	}
	if p.close {
		w.Header().Set("Connection", "close")
	}
	respond(w, p.status, answer{Status: "error", ErrorType: p.kind, Error: p.message})
}
