// Package samples has queries for tests: drawn ones, and those of the tests of Prometheus itself.
package samples

import (
	"math/rand/v2"
	"strings"
)

// Drawn is the query that a seed stands for. Most are PromQL.
func Drawn(seed uint64) string {
	w := writer{rand.New(rand.NewPCG(seed, 7))}
	return w.vector(1 + w.IntN(4))
}

// writer draws queries from PromQL's grammar: quoted names in every list, expressions in every parameter.
type writer struct{ *rand.Rand }

func (w writer) of(choices ...string) string { return choices[w.IntN(len(choices))] }

func (w writer) name() string {
	return w.of("up", "sum", "by", "on", "a:b", "offset_total", "bool", "sample_orders_total", "inf_total", "nan_total", "start", "end")
}

// label in a list: an identifier, or a quoted name that means something to a careless printer.
func (w writer) label() string {
	return w.of("job", "namespace", "__name__", "by", "sum", `"service.name"`, `'a"b'`, `"a) up or on (b"`, `"b) up #"`,
		`"x) (up) or sum by (y"`, `"namespace) {__name__=~\".+\"} or on (x"`, "`c) up`", `"{"`, `"}"`, `"é"`)
}

func (w writer) labels() string {
	var all []string
	for range w.IntN(4) {
		all = append(all, w.label())
	}
	return "(" + strings.Join(all, w.of(",", " , ", ", ")) + ")"
}

func (w writer) matcher() string {
	return w.of("job", "namespace", `"service.name"`, `"a}b"`, "instance") + w.of("=", "!=", "=~", "!~") +
		w.of(`"x"`, `'beta'`, "`.*`", `"alpha|beta"`, `"a{2,3}"`, `"} or up{"`, `"#"`, `""`)
}

func (w writer) selector() string {
	var matchers []string
	for range w.IntN(4) {
		matchers = append(matchers, w.matcher())
	}
	space := w.of("", " ", "\n", " # up{\n")
	if w.IntN(3) == 0 {
		matchers = append(matchers, w.of(`"service.latency"`, `__name__="up"`, `__name__=~".+"`))
		w.Shuffle(len(matchers), func(i, j int) { matchers[i], matchers[j] = matchers[j], matchers[i] })
		return "{" + space + strings.Join(matchers, ",") + w.of("", ",") + "}"
	}
	if len(matchers) == 0 {
		return w.name() + w.of("", " {}", "{ }")
	}
	return w.name() + space + "{" + strings.Join(matchers, ",") + w.of("", ",") + space + "}"
}

func (w writer) modifier() string {
	return w.of("", "", "", " offset 5m", " offset -1m", " @ 1", " @ start()", " @ end()", " @ end() offset 1m", " offset 1m @ 5")
}

func (w writer) vector(depth int) string {
	if depth <= 0 {
		return w.selector() + w.modifier()
	}
	next := func() string { return w.vector(depth - 1 - w.IntN(2)) }
	switch w.IntN(11) {
	case 0:
		return w.of("sum", "count", "max", "group", "stddev") + w.of(" by ", " without ") + w.labels() + " (" + next() + ")"
	case 1:
		return w.of("topk", "bottomk", "quantile") + " (" + w.scalar(depth-1) + ", " + next() + ")" + w.of("", " by "+w.labels(), " without "+w.labels())
	case 2:
		return "count_values" + w.of("", " by "+w.labels()) + `("x", ` + next() + ")"
	case 3:
		return "(" + next() + ")" + w.of("+", "-", "*", "/", "==", "> bool ", "and", "or", "unless")[0:1] + " (" + next() + ")"
	case 4:
		return "(" + next() + ") " + w.of("+", "*", "==", ">= bool") + " " + w.of("on", "ignoring") + " " + w.labels() + " " +
			w.of("", "group_left ", "group_right ", "group_left "+w.labels(), "group_right "+w.labels()) + "(" + next() + ")"
	case 5:
		return "(" + next() + ") " + w.of("and", "or", "unless") + w.of("", " on "+w.labels(), " ignoring "+w.labels()) + " (" + next() + ")"
	case 6:
		return w.of("rate", "increase", "max_over_time", "absent_over_time", "last_over_time") + "(" + w.selector() + "[5m]" + w.modifier() + ")"
	case 7:
		return w.of("avg_over_time", "rate", "count_over_time") + "((" + next() + ")" + w.of("[10m:1m]", "[5m:]", "[1h:5m]") + w.modifier() + ")"
	case 8:
		return w.of("abs", "sort", "absent", "histogram_sum", "timestamp", "-", "+") + "(" + next() + ")"
	case 9:
		return "label_replace(" + next() + `, "namespace", "beta", "` + w.of("job", "namespace") + `", "(.*)")`
	default:
		return w.of("clamp_max", "round", "clamp_min") + "(" + next() + ", " + w.scalar(depth-1) + ")"
	}
}

func (w writer) scalar(depth int) string {
	if depth <= 0 {
		return w.of("1", "0.5", "NaN", "Inf", "time()", "5m", "0x1f")
	}
	return w.of("", "-") + "scalar(" + w.vector(depth-1) + ")"
}
