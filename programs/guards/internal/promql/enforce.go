package promql

import (
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/thanos-io/thanos/pkg/extpromql"
)

// Query is a query with the tenant's matcher in every selector.
type Query struct {
	Text string
	// Printable: what Prometheus's printer makes of it is the same query. Where it is not, no program that prints may stand behind.
	Printable bool
}

// Span is the time of a range query. That of an instant query is zero.
type Span struct {
	Length, Step time.Duration
}

// Enforce puts the matcher into every selector. The text is edited where the selectors stand, so that all else stays as it was written;
// then it is parsed again, and must be the tree of the query with exactly that matcher more in each selector.
func (b Bounds) Enforce(text string, m *labels.Matcher, span Span) (Query, error) {
	items, err := b.tokens(text)
	if err != nil {
		return Query{}, err
	}
	// The parser of the programs behind.
	tree, err := extpromql.ParseExpr(text)
	if err != nil {
		return Query{}, refuse(BadData, "invalid parameter \"query\": %s", err)
	}
	w := walker{bounds: b, step: span.Step, regexp: b.Regexp}
	if err := w.visit(tree, 1, evaluation{length: span.Length, step: span.Step}); err != nil {
		return Query{}, err
	}
	starts := make(map[int]bool, len(w.selectors))
	for _, s := range w.selectors {
		starts[int(s.PosRange.Start)] = true
		s.LabelMatchers = append([]*labels.Matcher{m}, s.LabelMatchers...)
	}
	edited := edit(text, items, starts, m)

	again, err := extpromql.ParseExpr(edited)
	if err != nil || !equal(tree, again) {
		return Query{}, refuse(Enforcement, "the gateway cannot put the namespace into this query")
	}
	return Query{Text: edited, Printable: b.printable(again, span)}, nil
}

func (b Bounds) printable(tree parser.Expr, span Span) bool {
	printed, err := extpromql.ParseExpr(tree.String())
	if err != nil {
		return false
	}
	for _, t := range []parser.Expr{tree, printed} {
		w := walker{bounds: b, step: span.Step, regexp: b.Regexp}
		if err := w.visit(t, 1, evaluation{}); err != nil {
			return false
		}
		sortMatchers(w.selectors)
	}
	return equal(tree, printed)
}

// Selector puts the matcher into a selector, as match[] has it.
func (b Bounds) Selector(text string, m *labels.Matcher) (string, error) {
	items, err := b.tokens(text)
	if err != nil {
		return "", err
	}
	own, err := parser.ParseMetricSelector(text)
	if err != nil {
		return "", refuse(BadData, "invalid parameter \"match[]\": %s", err)
	}
	if len(items) == 0 || !selectsSomething(own) {
		return "", refuse(BadData, "match[] must contain at least one non-empty matcher")
	}
	edited := edit(text, items, map[int]bool{int(items[0].Pos): true}, m)

	again, err := extpromql.ParseMetricSelector(edited)
	if err != nil || len(again) != len(own)+1 || !sameMatcher(again[0], m) {
		return "", refuse(Enforcement, "the gateway cannot put the namespace into this selector")
	}
	for i, matcher := range own {
		if !sameMatcher(again[i+1], matcher) {
			return "", refuse(Enforcement, "the gateway cannot put the namespace into this selector")
		}
	}
	return edited, nil
}

func selectsSomething(matchers []*labels.Matcher) bool {
	for _, m := range matchers {
		if !m.Matches("") {
			return true
		}
	}
	return false
}

// edit writes the matcher first into each selector that starts at one of the positions: behind its brace, or with braces behind its name.
func edit(text string, items []parser.Item, starts map[int]bool, m *labels.Matcher) string {
	var out strings.Builder
	written := 0
	insert := func(at int, what string) {
		out.WriteString(text[written:at])
		out.WriteString(what)
		written = at
	}
	for i, item := range items {
		start := int(item.Pos)
		if !starts[start] {
			continue
		}
		switch {
		case item.Typ == parser.LEFT_BRACE:
			insert(start+1, m.String()+",")
		case i+1 < len(items) && items[i+1].Typ == parser.LEFT_BRACE:
			insert(int(items[i+1].Pos)+1, m.String()+",")
		default:
			insert(start+len(item.Val), "{"+m.String()+"}")
		}
	}
	out.WriteString(text[written:])
	return out.String()
}
