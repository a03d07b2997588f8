package promql

import (
	"math"
	"reflect"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/parser/posrange"
)

var (
	position  = reflect.TypeFor[posrange.Pos]()
	positions = reflect.TypeFor[posrange.PositionRange]()
	matcher   = reflect.TypeFor[*labels.Matcher]()
	function  = reflect.TypeFor[*parser.Function]()
)

// equal compares two trees in everything but where their parts stand in the text. It goes by reflection so that no field is forgotten
// when a later parser has more of them.
func equal(a, b parser.Expr) bool {
	return same(reflect.ValueOf(&a).Elem(), reflect.ValueOf(&b).Elem())
}

func same(a, b reflect.Value) bool {
	if a.Type() != b.Type() {
		return false
	}
	switch a.Type() {
	case position, positions:
		return true
	case matcher:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() == b.IsNil()
		}
		return sameMatcher(a.Interface().(*labels.Matcher), b.Interface().(*labels.Matcher))
	case function:
		return a.Interface().(*parser.Function).Name == b.Interface().(*parser.Function).Name
	}
	switch a.Kind() {
	case reflect.Interface, reflect.Pointer:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() == b.IsNil()
		}
		return same(a.Elem(), b.Elem())
	case reflect.Struct:
		for i := range a.NumField() {
			if !same(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Slice:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !same(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Float64:
		// NaN is a number that one may write.
		return math.Float64bits(a.Float()) == math.Float64bits(b.Float())
	case reflect.Func, reflect.Map, reflect.Chan:
		// A tree has none.
		return false
	default:
		return a.Equal(b)
	}
}

func sameMatcher(a, b *labels.Matcher) bool {
	return a.Type == b.Type && a.Name == b.Name && a.Value == b.Value
}
