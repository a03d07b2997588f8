package promql

import (
	"time"

	"github.com/prometheus/prometheus/promql/parser"
)

// evaluation is where an expression stands: over which time, and how often, it is evaluated.
type evaluation struct {
	length, step time.Duration
}

// steps in it, at least one.
func (e evaluation) steps() int64 {
	if e.step <= 0 {
		return 1
	}
	return int64(e.length/e.step) + 1
}

// walker visits every node of a tree and gathers the selectors. A kind of node that it does not know is refused, since it cannot know
// what that selects.
type walker struct {
	bounds Bounds
	// step of the query, by which durations may be written.
	step      time.Duration
	regexp    int
	selectors []*parser.VectorSelector
}

func (w *walker) visit(node parser.Node, depth int, at evaluation) error {
	if depth > w.bounds.Depth {
		return refuse(QueryDepth, "the query is nested more than %d deep", w.bounds.Depth)
	}
	next := func(nodes ...parser.Node) error {
		for _, n := range nodes {
			if err := w.visit(n, depth+1, at); err != nil {
				return err
			}
		}
		return nil
	}
	switch n := node.(type) {
	case *parser.AggregateExpr:
		// The parameter is an expression like any other: topk(scalar(up), up).
		if n.Param != nil {
			if err := next(n.Param); err != nil {
				return err
			}
		}
		return next(n.Expr)
	case *parser.BinaryExpr:
		return next(n.LHS, n.RHS)
	case *parser.Call:
		if err := w.call(n); err != nil {
			return err
		}
		for _, arg := range n.Args {
			if err := next(arg); err != nil {
				return err
			}
		}
		return nil
	case *parser.MatrixSelector:
		if _, err := w.window(n.Range, n.RangeExpr); err != nil {
			return err
		}
		return next(n.VectorSelector)
	case *parser.SubqueryExpr:
		return w.subquery(n, depth, at)
	case *parser.ParenExpr:
		return next(n.Expr)
	case *parser.UnaryExpr:
		return next(n.Expr)
	case *parser.StepInvariantExpr:
		return next(n.Expr)
	case *parser.NumberLiteral, *parser.StringLiteral:
		return nil
	case *parser.VectorSelector:
		if _, err := duration(n.OriginalOffset, n.OriginalOffsetExpr, w.step); err != nil {
			return err
		}
		w.selectors = append(w.selectors, n)
		if len(w.selectors) > w.bounds.Selectors {
			return refuse(QuerySelectors, "the query has more than %d selectors", w.bounds.Selectors)
		}
		return nil
	default:
		return unknown(node)
	}
}

func unknown(node parser.Node) error {
	return refuse(Enforcement, "expressions of the kind %T are not known here", node)
}

func (w *walker) window(plain time.Duration, expr *parser.DurationExpr) (time.Duration, error) {
	length, err := duration(plain, expr, w.step)
	if err != nil {
		return 0, err
	}
	if length > w.bounds.Window {
		return 0, refuse(WindowLength, "a range of %s is longer than %s", length, w.bounds.Window)
	}
	return length, nil
}

// subquery evaluates its expression once, over the whole time that the outer steps look back on.
func (w *walker) subquery(n *parser.SubqueryExpr, depth int, at evaluation) error {
	length, err := w.window(n.Range, n.RangeExpr)
	if err != nil {
		return err
	}
	step, err := duration(n.Step, n.StepExpr, w.step)
	if err != nil {
		return err
	}
	if _, err := duration(n.OriginalOffset, n.OriginalOffsetExpr, w.step); err != nil {
		return err
	}
	if n.StepExpr != nil && step <= 0 {
		return refuse(BadData, "the step of a subquery must be greater than 0")
	}
	if step == 0 {
		step = w.bounds.Interval
	}
	inner := evaluation{length: at.length + length, step: step}
	if points := inner.steps(); points > int64(w.bounds.Points) {
		return refuse(SubqueryPoints, "the subquery evaluates %d points for each series, more than %d; give it a longer step or a shorter range", points, w.bounds.Points)
	}
	window := evaluation{length: length, step: step}
	if work := window.steps() * at.steps(); work > int64(w.bounds.Work) {
		return refuse(SubqueryWork, "the subquery looks at %d points for each series, more than %d; give it or the query a longer step", work, w.bounds.Work)
	}
	return w.visit(n.Expr, depth+1, inner)
}

// call checks what a function compiles when it is evaluated, and what it makes of labels.
func (w *walker) call(n *parser.Call) error {
	if err := growth(n); err != nil {
		return err
	}
	const pattern = 4
	if n.Func.Name != "label_replace" || len(n.Args) <= pattern {
		return nil
	}
	return checkRegexp(text(n.Args[pattern]), &w.regexp)
}
