package promql

import (
	"math"
	"time"

	"github.com/prometheus/prometheus/promql/parser"
)

// duration is the value of a range, step or offset: the number, or the expression over the query's step if there is one. What the engine
// would refuse at evaluation is refused here.
func duration(plain time.Duration, expr *parser.DurationExpr, step time.Duration) (time.Duration, error) {
	if expr == nil {
		return plain, nil
	}
	value, err := seconds(expr, step)
	if err != nil {
		return 0, err
	}
	if math.IsNaN(value) || math.Abs(value) > time.Duration(math.MaxInt64).Seconds() {
		return 0, refuse(BadData, "a duration is out of range")
	}
	return time.Duration(value * float64(time.Second)), nil
}

func seconds(expr parser.Expr, step time.Duration) (float64, error) {
	switch n := expr.(type) {
	case *parser.NumberLiteral:
		return n.Val, nil
	case *parser.DurationExpr:
		var left, right float64
		var err error
		if n.LHS != nil {
			if left, err = seconds(n.LHS, step); err != nil {
				return 0, err
			}
		}
		if n.RHS != nil {
			if right, err = seconds(n.RHS, step); err != nil {
				return 0, err
			}
		}
		return operate(n.Op, left, right, step)
	default:
		return 0, unknown(expr)
	}
}

func operate(op parser.ItemType, left, right float64, step time.Duration) (float64, error) {
	switch op {
	case parser.STEP:
		return step.Seconds(), nil
	case parser.MIN:
		return math.Min(left, right), nil
	case parser.MAX:
		return math.Max(left, right), nil
	case parser.ADD:
		return left + right, nil
	case parser.SUB:
		return left - right, nil
	case parser.MUL:
		return left * right, nil
	case parser.DIV:
		return left / right, nil
	case parser.MOD:
		return math.Mod(left, right), nil
	case parser.POW:
		return math.Pow(left, right), nil
	default:
		return 0, refuse(Enforcement, "the operator %s of durations is not known here", op)
	}
}
