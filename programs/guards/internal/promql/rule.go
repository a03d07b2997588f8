package promql

import (
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// Rewriter puts a matcher into an expression and prints it, as the program does that hands the expression on. It may change the tree.
type Rewriter func(tree parser.Expr, m *labels.Matcher) (string, error)

// Rule says why the expression of a rule must not be evaluated: what the rewriter makes of it has a selector without the matcher, or is
// not the expression that was written, with the matcher in each selector. Prometheus's own parser judges, as it evaluates rules.
func (b Bounds) Rule(text string, m *labels.Matcher, rewrite Rewriter) error {
	want, err := b.read(text)
	if err != nil {
		return err
	}
	for _, s := range want.selectors {
		if err := confine(s, m); err != nil {
			return err
		}
	}
	// A tree of its own, as rewriters change it. It has been read before.
	tree, err := parser.ParseExpr(text)
	if err != nil {
		return refuse(BadData, "%s", err)
	}
	printed, err := rewrite(tree, m)
	if err != nil {
		return refuse(Enforcement, "the Prometheus Operator cannot put the namespace into it: %s", err)
	}
	// Before it was printed: what the rewriter passed over.
	passed := walker{bounds: b, regexp: b.Regexp}
	if err := passed.visit(tree, 1, evaluation{}); err != nil {
		return err
	}
	for _, s := range passed.selectors {
		if !confined(s, m) {
			return refuse(Enforcement, "the Prometheus Operator does not put the namespace into %s, as it passes over the first argument of topk, quantile and other aggregations; write %s into it yourself", s, m)
		}
	}
	got, err := b.read(printed)
	if err != nil || !sameMeaning(want, got, m) {
		return refuse(Enforcement, "the Prometheus Operator writes it anew, as %s, which means something else; in the lists of on, ignoring, group_left and group_right write names without quotes", shortened(printed))
	}
	return nil
}

// expression is a tree with its selectors.
type expression struct {
	tree      parser.Expr
	selectors []*parser.VectorSelector
}

// read checks a text within the bounds and parses it as Prometheus does.
func (b Bounds) read(text string) (expression, error) {
	if _, err := b.tokens(text); err != nil {
		return expression{}, err
	}
	tree, err := parser.ParseExpr(text)
	if err != nil {
		return expression{}, refuse(BadData, "it is no PromQL: %s", err)
	}
	w := walker{bounds: b, regexp: b.Regexp}
	if err := w.visit(tree, 1, evaluation{}); err != nil {
		return expression{}, err
	}
	return expression{tree, w.selectors}, nil
}

// confine puts the matcher into the selector, in the place of those on the same label that it fulfils anyway. One that it does not
// fulfil would be dropped by the rewriter: the rule would show numbers of one namespace as those of another.
func confine(s *parser.VectorSelector, m *labels.Matcher) error {
	kept := make([]*labels.Matcher, 0, len(s.LabelMatchers)+1)
	for _, own := range s.LabelMatchers {
		if own.Name != m.Name {
			kept = append(kept, own)
		} else if !own.Matches(m.Value) {
			return refuse(ForeignNamespace, "%s asks for another namespace than %s, to which its rules are confined; leave %s out", s, m.Value, own)
		}
	}
	s.LabelMatchers = append(kept, m)
	return nil
}

// confined: the matcher, and no other on its label.
func confined(s *parser.VectorSelector, m *labels.Matcher) bool {
	found := 0
	for _, own := range s.LabelMatchers {
		if own.Name != m.Name {
			continue
		}
		if !sameMatcher(own, m) {
			return false
		}
		found++
	}
	return found == 1
}

func sameMeaning(want, got expression, m *labels.Matcher) bool {
	for _, s := range got.selectors {
		if !confined(s, m) {
			return false
		}
	}
	sortMatchers(want.selectors)
	sortMatchers(got.selectors)
	return equal(want.tree, got.tree)
}

// sortMatchers, as printers change the order of a selector's matchers, which means nothing.
func sortMatchers(selectors []*parser.VectorSelector) {
	for _, s := range selectors {
		slices.SortFunc(s.LabelMatchers, func(a, b *labels.Matcher) int { return strings.Compare(a.String(), b.String()) })
	}
}

func shortened(text string) string {
	const most = 300
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
