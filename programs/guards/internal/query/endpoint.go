package query

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"moat.dev/guards/internal/promql"
	"moat.dev/guards/internal/tenant"
)

// endpoint of the API.
type endpoint struct {
	name string
	// post: it takes parameters in a body as well.
	post bool
	// parameters that are known. Those that change the engine or look behind it are not: engine, analyze, explain, storeMatch[], shard_info.
	parameters []string
	answer     func(*Guard, http.ResponseWriter, *http.Request, request) error
}

// request is what the guard understood of one.
type request struct {
	endpoint   *endpoint
	namespaces tenant.Namespaces
	form       url.Values
	// label of a request for its values.
	label string
}

var (
	evaluation = []string{"query", "timeout", "dedup", "partial_response", "max_source_resolution", "lookback_delta", "stats", "limit", "replicaLabels[]"}
	selection  = []string{"match[]", "start", "end", "partial_response", "limit"}
)

// endpoints by path. None of them is built by adding to another's list: append would share memory.
var endpoints = map[string]*endpoint{
	"/api/v1/query":           {name: "query", post: true, parameters: with(evaluation, "time"), answer: (*Guard).instant},
	"/api/v1/query_range":     {name: "query_range", post: true, parameters: with(evaluation, "start", "end", "step"), answer: (*Guard).ranged},
	"/api/v1/query_exemplars": {name: "query_exemplars", post: true, parameters: []string{"query", "start", "end"}, answer: (*Guard).exemplars},
	"/api/v1/series":          {name: "series", post: true, parameters: with(selection, "dedup", "replicaLabels[]"), answer: (*Guard).series},
	"/api/v1/labels":          {name: "labels", post: true, parameters: selection, answer: (*Guard).labels},
	"/api/v1/rules":           {name: "rules", parameters: []string{"type", "rule_name[]", "rule_group[]", "file[]", "match[]", "exclude_alerts"}, answer: (*Guard).rules},
	"/api/v1/alerts":          {name: "alerts", answer: (*Guard).alerts},
}

var values = &endpoint{name: "label_values", parameters: selection, answer: (*Guard).values}

func with(parameters []string, more ...string) []string {
	return append(append([]string{}, parameters...), more...)
}

// find says which endpoint a path is, and the label in it.
func find(path string) (*endpoint, string) {
	if e := endpoints[path]; e != nil {
		return e, ""
	}
	name, isLabel := strings.CutPrefix(path, "/api/v1/label/")
	name, isValues := strings.CutSuffix(name, "/values")
	if isLabel && isValues && name != "" && !strings.Contains(name, "/") {
		return values, name
	}
	return nil, ""
}

func (g *Guard) instant(w http.ResponseWriter, r *http.Request, q request) error {
	query, err := g.enforce(q, promql.Span{})
	if err != nil {
		return err
	}
	q.form.Set("query", query.Text)
	// The frontend would only double the time of an instant query.
	return g.forward(w, r, q, g.query, "/api/v1/query")
}

func (g *Guard) ranged(w http.ResponseWriter, r *http.Request, q request) error {
	span, err := g.span(q.form)
	if err != nil {
		return err
	}
	query, err := g.enforce(q, span)
	if err != nil {
		return err
	}
	q.form.Set("query", query.Text)
	upstream := g.frontend
	// The frontend prints what it splits, and answers from its cache without regard to `dedup` and `stats`.
	if !query.Printable || q.form.Get("dedup") == "false" || q.form.Get("stats") != "" {
		upstream = g.query
	}
	return g.forward(w, r, q, upstream, "/api/v1/query_range")
}

func (g *Guard) enforce(q request, span promql.Span) (promql.Query, error) {
	text := q.form.Get("query")
	if text == "" {
		return promql.Query{}, badData(promql.BadData, `invalid parameter "query": no query is given`)
	}
	if lookback, given, _ := readDuration(q.form, "lookback_delta"); given && lookback.duration() > g.bounds.Query.Window {
		return promql.Query{}, &promql.Refusal{Reason: promql.WindowLength, Message: fmt.Sprintf("lookback_delta is longer than %s", g.bounds.Query.Window)}
	}
	return g.bounds.Query.Enforce(text, q.namespaces.Matcher(g.label), span)
}

// span of a range query, within bounds.
func (g *Guard) span(form url.Values) (promql.Span, error) {
	start, hasStart, err := readTime(form, "start")
	if err != nil {
		return promql.Span{}, err
	}
	end, hasEnd, err := readTime(form, "end")
	if err != nil {
		return promql.Span{}, err
	}
	step, hasStep, err := readDuration(form, "step")
	if err != nil {
		return promql.Span{}, err
	}
	if !hasStart || !hasEnd || !hasStep {
		return promql.Span{}, badData(reasonParameter, "a range query wants start, end and step")
	}
	length := end - start
	if length < 0 {
		return promql.Span{}, badData(reasonParameter, "end timestamp must not be before start time")
	}
	if float64(length) > g.bounds.Range.Seconds() {
		return promql.Span{}, &problem{status: http.StatusUnprocessableEntity, kind: "execution", reason: reasonRange,
			message: fmt.Sprintf("the range is longer than %s", g.bounds.Range)}
	}
	if float64(length/step) > float64(g.bounds.Steps) {
		return promql.Span{}, badData(reasonSteps, fmt.Sprintf("exceeded maximum resolution of %d points per timeseries. Try decreasing the query resolution (?step=XX)", g.bounds.Steps))
	}
	return promql.Span{Length: length.duration(), Step: step.duration()}, nil
}

func (g *Guard) series(w http.ResponseWriter, r *http.Request, q request) error {
	if len(q.form["match[]"]) == 0 {
		return badData(promql.BadData, "no match[] parameter provided")
	}
	return g.selected(w, r, q, "/api/v1/series")
}

func (g *Guard) labels(w http.ResponseWriter, r *http.Request, q request) error {
	return g.selected(w, r, q, "/api/v1/labels")
}

func (g *Guard) values(w http.ResponseWriter, r *http.Request, q request) error {
	name := q.label
	// A name with other characters than those of an identifier may come escaped. Prometheus reads both forms, Thanos one.
	if strings.HasPrefix(name, "U__") {
		name = model.UnescapeName(name, model.ValueEncodingEscaping)
	}
	if !model.UTF8Validation.IsValidLabelName(name) || strings.Contains(name, "/") {
		return badData(promql.BadData, fmt.Sprintf("invalid label name: %.200q", name))
	}
	return g.selected(w, r, q, "/api/v1/label/"+url.PathEscape(name)+"/values")
}

// selected asks for labels or series. Thanos Query is asked, since the frontend would lose `limit` and split the time into a request a day.
func (g *Guard) selected(w http.ResponseWriter, r *http.Request, q request, path string) error {
	matcher := q.namespaces.Matcher(g.label)
	given := q.form["match[]"]
	if len(given) > g.bounds.Matches {
		return &problem{status: http.StatusUnprocessableEntity, kind: "execution", reason: reasonMatches,
			message: fmt.Sprintf("more than %d match[]", g.bounds.Matches)}
	}
	enforced := make([]string, 0, len(given))
	for _, selector := range given {
		text, err := g.bounds.Query.Selector(selector, matcher)
		if err != nil {
			return err
		}
		enforced = append(enforced, text)
	}
	if len(enforced) == 0 {
		enforced = []string{"{" + matcher.String() + "}"}
	}
	q.form["match[]"] = enforced
	if err := g.floor(q.form, time.Now()); err != nil {
		return err
	}
	return g.forward(w, r, q, g.query, path)
}

// floor keeps the time of a request for labels or series within what can be there: nothing is older than the longest retention.
func (g *Guard) floor(form url.Values, now time.Time) error {
	oldest := seconds(float64(now.Add(-g.bounds.Age).UnixMilli()) / 1000)
	latest := seconds(float64(now.Add(24*time.Hour).UnixMilli()) / 1000)
	start, hasStart, err := readTime(form, "start")
	if err != nil {
		return err
	}
	end, hasEnd, err := readTime(form, "end")
	if err != nil {
		return err
	}
	if hasStart && hasEnd && end < start {
		return badData(reasonParameter, "end timestamp must not be before start time")
	}
	if !hasStart || start < oldest {
		start = oldest
	}
	if !hasEnd || end > latest {
		end = latest
	}
	// Both beyond one side: a moment at which nothing is.
	form.Set("start", min(start, latest).text())
	form.Set("end", max(end, min(start, latest)).text())
	return nil
}
