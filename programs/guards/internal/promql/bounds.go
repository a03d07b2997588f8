// Package promql puts a tenant's matcher into every selector of a query, and says which queries are too large to be let through.
package promql

import (
	"errors"
	"flag"
	"fmt"
	"time"
)

// Bounds of one query. They keep a single text from taking the memory or the time of programs that all tenants share.
type Bounds struct {
	// Bytes of the text.
	Bytes int
	// Tokens of the text. Parsing takes memory by tokens.
	Tokens int
	// Depth of the tree, and of parentheses.
	Depth int
	// Selectors: each is a request to every store.
	Selectors int
	// Regexp is the size of all regular expressions together when their counted repetitions are written out, in instructions.
	// Lists of plain words do not count, however long.
	Regexp int
	// Points that one subquery evaluates, for each series.
	Points int
	// Work: points of a subquery's window, at every step that looks at the window.
	Work int
	// Window is the longest range of a selector or subquery.
	Window time.Duration
	// Interval between the points of a subquery that names none; Thanos Query's --query.default-evaluation-interval.
	Interval time.Duration
}

// Flags registers a flag for each bound. The values before parsing are the defaults.
func (b *Bounds) Flags(flags *flag.FlagSet) {
	flags.IntVar(&b.Bytes, "max-query-bytes", 512<<10, "Longest query, in bytes.")
	flags.IntVar(&b.Tokens, "max-query-tokens", 50_000, "Most tokens of a query.")
	flags.IntVar(&b.Depth, "max-query-depth", 500, "Deepest nesting of a query.")
	flags.IntVar(&b.Selectors, "max-query-selectors", 250, "Most selectors in a query.")
	flags.IntVar(&b.Regexp, "max-regexp-size", 100_000, "Size of all regular expressions of a query together, in instructions after counted repetitions are written out.")
	flags.IntVar(&b.Points, "max-subquery-points", 100_000, "Most points that a subquery evaluates for each series.")
	flags.IntVar(&b.Work, "max-subquery-work", 50_000_000, "Most points that all windows of a subquery hold together for each series: points of a window times steps.")
	flags.DurationVar(&b.Interval, "default-evaluation-interval", time.Minute, "Step of subqueries that name none, as Thanos Query has it.")
	flags.DurationVar(&b.Window, "max-window", 400*24*time.Hour, "Longest range of a selector or subquery.")
}

// Reason names why something was refused, for people and as a metric's label.
type Reason string

const (
	BadData        Reason = "bad_data"
	QueryLength    Reason = "query_length"
	QueryDepth     Reason = "query_depth"
	QuerySelectors Reason = "query_selectors"
	RegexpSize     Reason = "regexp_size"
	LabelLength    Reason = "label_length"
	SubqueryPoints Reason = "subquery_points"
	SubqueryWork   Reason = "subquery_work"
	WindowLength   Reason = "window_length"
	// RuleFileLength: what the operator writes of an object is too long. For rules alone.
	RuleFileLength Reason = "rule_file_length"
	// TemplateLength: a template of an alert may make more text than it should. For rules alone.
	TemplateLength Reason = "template_length"
	// ForeignNamespace: a rule asks for a namespace that is not its own.
	ForeignNamespace Reason = "foreign_namespace"
	// Enforcement: the text with the matchers in it does not mean what it should. In queries nobody should ever see it.
	Enforcement Reason = "enforcement"
)

// Reasons are all that there are.
var Reasons = []Reason{
	BadData, QueryLength, QueryDepth, QuerySelectors, RegexpSize, LabelLength, SubqueryPoints, SubqueryWork, WindowLength, RuleFileLength, TemplateLength, ForeignNamespace, Enforcement,
}

// Refusal says why a query is not let through.
type Refusal struct {
	Reason  Reason
	Message string
}

func (r *Refusal) Error() string { return r.Message }

func refuse(reason Reason, format string, args ...any) error {
	return &Refusal{Reason: reason, Message: fmt.Sprintf(format, args...)}
}

// ReasonOf finds the reason in an error of this package.
func ReasonOf(err error) Reason {
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return refusal.Reason
	}
	return BadData
}
