package promql

import (
	"flag"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/thanos-io/thanos/pkg/extpromql"

	"moat.dev/guards/internal/tenant"
)

var (
	alpha = tenant.Namespaces{"alpha"}.Matcher("namespace")
	both  = tenant.Namespaces{"alpha", "alpha-jobs"}.Matcher("namespace")
)

func defaults() Bounds {
	var b Bounds
	b.Flags(flag.NewFlagSet("", flag.PanicOnError))
	return b
}

func TestTheMatcherStandsInEverySelector(t *testing.T) {
	for query, want := range map[string]string{
		"up":                 `up{namespace=~"alpha"}`,
		`up{}`:               `up{namespace=~"alpha",}`,
		`up{job="x"}`:        `up{namespace=~"alpha",job="x"}`,
		`up { job = "x" , }`: `up {namespace=~"alpha", job = "x" , }`,
		`{job="x"}`:          `{namespace=~"alpha",job="x"}`,
		"up # {a\n{job='x'}": "up # {a\n{namespace=~\"alpha\",job='x'}",
		"up # the end":       `up{namespace=~"alpha"} # the end`,
		// Another's label stays, so that nothing is selected instead of something else.
		`up{namespace="beta"}`:  `up{namespace=~"alpha",namespace="beta"}`,
		`up{namespace!="beta"}`: `up{namespace=~"alpha",namespace!="beta"}`,
		// UTF-8 names.
		`{"service.latency"}`:                                `{namespace=~"alpha","service.latency"}`,
		`{"service.latency", "service.name"="x"}`:            `{namespace=~"alpha","service.latency", "service.name"="x"}`,
		`sum by ("service.name") ({"service.latency"})`:      `sum by ("service.name") ({namespace=~"alpha","service.latency"})`,
		`a * on ("service.name") b`:                          `a{namespace=~"alpha"} * on ("service.name") b{namespace=~"alpha"}`,
		`a * ignoring ("k.p") group_left ("k.c") b`:          `a{namespace=~"alpha"} * ignoring ("k.p") group_left ("k.c") b{namespace=~"alpha"}`,
		`a + ignoring () group_left () b`:                    `a{namespace=~"alpha"} + ignoring () group_left () b{namespace=~"alpha"}`,
		`a * ignoring () group_left (__name__) b`:            `a{namespace=~"alpha"} * ignoring () group_left (__name__) b{namespace=~"alpha"}`,
		`rate(a[5m] @ end()) offset -1m`:                     "",
		`rate(a[5m] @ end())`:                                `rate(a{namespace=~"alpha"}[5m] @ end())`,
		`a offset -1m`:                                       `a{namespace=~"alpha"} offset -1m`,
		`a @ 1 offset 5m`:                                    `a{namespace=~"alpha"} @ 1 offset 5m`,
		`max_over_time(rate(a[1m])[10m:30s])`:                `max_over_time(rate(a{namespace=~"alpha"}[1m])[10m:30s])`,
		`topk(scalar(up), up)`:                               `topk(scalar(up{namespace=~"alpha"}), up{namespace=~"alpha"})`,
		`quantile(scalar(sum(up)), vector(1))`:               `quantile(scalar(sum(up{namespace=~"alpha"})), vector(1))`,
		`count_values("x", up)`:                              `count_values("x", up{namespace=~"alpha"})`,
		`label_replace(up, "namespace", "beta", "", "")`:     `label_replace(up{namespace=~"alpha"}, "namespace", "beta", "", "")`,
		`absent(up)`:                                         `absent(up{namespace=~"alpha"})`,
		`sum`:                                                `sum{namespace=~"alpha"}`,
		`sum(sum) by (by)`:                                   `sum(sum{namespace=~"alpha"}) by (by)`,
		`bool == bool on`:                                    "",
		`-up ^ -up`:                                          `-up{namespace=~"alpha"} ^ -up{namespace=~"alpha"}`,
		`1 + vector(time())`:                                 `1 + vector(time())`,
		"µ":                                                  "",
		`histogram_quantile(0.9, sum by (le) (rate(b[5m])))`: `histogram_quantile(0.9, sum by (le) (rate(b{namespace=~"alpha"}[5m])))`,
	} {
		got, err := defaults().Enforce(query, alpha, Span{})
		if want == "" {
			if ReasonOf(err) != BadData || err == nil {
				t.Errorf("%s: want bad data, got %q, %v", query, got.Text, err)
			}
		} else if err != nil || got.Text != want {
			t.Errorf("%s\n got %s (%v)\nwant %s", query, got.Text, err, want)
		}
	}
}

func TestSeveralNamespacesAreAlternatives(t *testing.T) {
	got, err := defaults().Enforce(`up{namespace="alpha-jobs"}`, both, Span{})
	if want := `up{namespace=~"alpha|alpha-jobs",namespace="alpha-jobs"}`; err != nil || got.Text != want {
		t.Errorf("got %s, %v", got.Text, err)
	}
}

// The two ways by which a reader of alpha had every series of every tenant when the gateway trusted a printed query.
func TestWhatWasSeenToLeakIsConfined(t *testing.T) {
	for _, query := range []string{
		`up * on ("a) up or on (b") up`,
		`up * ignoring ("a) group_left () up #") up`,
		`up * on (a) group_left ("b) up or (up") up`,
		`up * on (a) group_right ("namespace) {__name__=~\".+\"} or on (x") up`,
		`sum by ("a) (up) or sum by (b") (up)`,
		`quantile(scalar(up{namespace="beta"}), vector(1))`,
		`topk(scalar(x{namespace="beta"} + on() x{namespace="beta"}), vector(1))`,
		`bottomk(count({__name__=~".+"}) or vector(1), up)`,
	} {
		got, err := defaults().Enforce(query, alpha, Span{})
		if err != nil {
			// Not PromQL at all is as good.
			if ReasonOf(err) == Enforcement {
				t.Errorf("%s: %v", query, err)
			}
			continue
		}
		allConfined(t, query, got.Text, alpha)
	}
}

// allConfined looks for selectors by reflection, not by the walk under test.
func allConfined(t *testing.T, query, enforced string, m *labels.Matcher) {
	t.Helper()
	before, err := extpromql.ParseExpr(query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	after, err := extpromql.ParseExpr(enforced)
	if err != nil {
		t.Fatalf("%s became %s: %v", query, enforced, err)
	}
	was, is := selectorsIn(reflect.ValueOf(&before)), selectorsIn(reflect.ValueOf(&after))
	if len(was) != len(is) {
		t.Fatalf("%s has %d selectors, %s has %d", query, len(was), enforced, len(is))
	}
	for i, s := range is {
		if len(s.LabelMatchers) != len(was[i].LabelMatchers)+1 || !sameMatcher(s.LabelMatchers[0], m) {
			t.Errorf("%s became %s: selector %s is not confined", query, enforced, s)
		}
	}
}

func selectorsIn(v reflect.Value) (found []*parser.VectorSelector) {
	switch v.Kind() {
	case reflect.Interface:
		if !v.IsNil() {
			return selectorsIn(v.Elem())
		}
	case reflect.Pointer:
		if v.IsNil() || v.Type() == matcher || v.Type() == function {
			return nil
		}
		if s, ok := v.Interface().(*parser.VectorSelector); ok {
			return []*parser.VectorSelector{s}
		}
		return selectorsIn(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			found = append(found, selectorsIn(v.Field(i))...)
		}
	case reflect.Slice:
		for i := range v.Len() {
			found = append(found, selectorsIn(v.Index(i))...)
		}
	}
	return found
}

func TestQueriesThatDoNotSurviveThePrinterAreMarked(t *testing.T) {
	for query, printable := range map[string]bool{
		`a * on (b) c`:               true,
		`a * on ("service.name") c`:  false,
		`a + ignoring ("k8s.pod") c`: false,
		`{"service.latency"}`:        true,
	} {
		got, err := defaults().Enforce(query, alpha, Span{})
		if err != nil || got.Printable != printable {
			t.Errorf("%s: printable %v, %v", query, got.Printable, err)
		}
	}
}

func TestBounds(t *testing.T) {
	day := 24 * time.Hour
	for name, c := range map[string]struct {
		query string
		span  Span
		want  Reason
	}{
		"length":                     {strings.Repeat("x", 600_000), Span{}, QueryLength},
		"tokens":                     {"up" + strings.Repeat("+up", 40_000), Span{}, QueryLength},
		"parentheses":                {strings.Repeat("(", 600) + "up" + strings.Repeat(")", 600), Span{}, QueryDepth},
		"unary chain":                {strings.Repeat("-", 600) + "up", Span{}, QueryDepth},
		"left chain":                 {"1" + strings.Repeat("+1", 600), Span{}, QueryDepth},
		"selectors":                  {"up" + strings.Repeat(" or up", 300), Span{}, QuerySelectors},
		"repetitions":                {`up{a=~"` + strings.Repeat("a{1000}", 3000) + `"}`, Span{}, RegexpSize},
		"negated repetitions":        {`up{a!~"` + strings.Repeat("a{1000}", 3000) + `"}`, Span{}, RegexpSize},
		"nested repetitions":         {`up{a=~"((a{10}){10}){10}` + strings.Repeat("((a{10}){10}){10}", 110) + `"}`, Span{}, RegexpSize},
		"repetitions, many matchers": {strings.Repeat(`up{a=~"(ab){500}"} or `, 120) + "up", Span{}, RegexpSize},
		"classes":                    {`up{a=~"` + strings.Repeat(`\\pL`, 60) + `"}`, Span{}, RegexpSize},
		"label_replace":              {`label_replace(up, "a", "b", "c", ("` + strings.Repeat("a{1000}", 3000) + `"))`, Span{}, RegexpSize},
		"subquery":                   {`count_over_time(vector(1)[100d:1s])`, Span{}, SubqueryPoints},
		"subquery in a range":        {`count_over_time(vector(1)[1d:1s])`, Span{Length: 30 * day, Step: time.Minute}, SubqueryPoints},
		"nested subqueries":          {`max_over_time(max_over_time(vector(1)[1d:10s])[20d:1h])`, Span{}, SubqueryPoints},
		"work of a subquery":         {`max_over_time(up[60d:1m])`, Span{Length: day, Step: 10 * time.Second}, SubqueryWork},
		"window":                     {`rate(up[2y])`, Span{}, WindowLength},
		"fine: long list of words":   {`up{pod=~"` + strings.Repeat("sample-pod-1234|", 18_000) + `x"}`, Span{}, ""},
		"fine: comment":              {"up # " + strings.Repeat("x", 300_000), Span{}, ""},
		"fine: escaped addresses":    {`up{instance=~"` + strings.Repeat(`10\\.0\\.0\\.1:9100|`, 1_000) + `x"}`, Span{}, ""},
		"fine: small repetitions":    {`up{a=~"[0-9]{1,3}(\\.[0-9]{1,3}){3}"}`, Span{}, ""},
		"fine: a month":              {`max_over_time(rate(up[5m])[30d:5m])`, Span{Length: day, Step: time.Minute}, ""},
	} {
		_, err := defaults().Enforce(c.query, alpha, c.span)
		if c.want == "" && err != nil {
			t.Errorf("%s: %v", name, err)
		} else if c.want != "" && (err == nil || ReasonOf(err) != c.want) {
			t.Errorf("%s: want %s, got %v", name, c.want, err)
		}
	}
}

func TestSelectors(t *testing.T) {
	for selector, want := range map[string]string{
		"up":                    `up{namespace=~"alpha"}`,
		` up { job = "x" } `:    ` up {namespace=~"alpha", job = "x" } `,
		`{__name__=~".+"}`:      `{namespace=~"alpha",__name__=~".+"}`,
		`{"service.latency"}`:   `{namespace=~"alpha","service.latency"}`,
		`{namespace="beta"}`:    `{namespace=~"alpha",namespace="beta"}`,
		"{":                     "",
		"":                      "",
		"{}":                    "",
		`{job=~".*"}`:           "",
		"rate(up[5m])":          "",
		"up[5m]":                "",
		"up offset 5m":          "",
		`up or {namespace="b"}`: "",
	} {
		got, err := defaults().Selector(selector, alpha)
		if want == "" {
			if ReasonOf(err) != BadData || err == nil {
				t.Errorf("%q: want bad data, got %q, %v", selector, got, err)
			}
		} else if err != nil || got != want {
			t.Errorf("%s\n got %s (%v)\nwant %s", selector, got, err, want)
		}
	}
}

type unheardOf struct{ parser.Expr }

func TestAnUnknownNodeIsRefused(t *testing.T) {
	w := walker{bounds: defaults()}
	for _, node := range []parser.Expr{&unheardOf{}, &parser.ParenExpr{Expr: &unheardOf{}}} {
		if err := w.visit(node, 1, evaluation{}); ReasonOf(err) != Enforcement {
			t.Errorf("%T: %v", node, err)
		}
	}
}

func TestEqualSeesEveryDifference(t *testing.T) {
	same := [][2]string{{"up", " up "}, {"NaN", "NaN"}, {"up{a='b'}", `up{a="b"}`}}
	different := [][2]string{
		{"up", "down"}, {"up", `up{a="b"}`}, {`up{a="b"}`, `up{a!="b"}`}, {"up + up", "up - up"},
		{"sum by (a) (up)", "sum by (b) (up)"}, {"sum by (a) (up)", "sum without (a) (up)"}, {"topk(1, up)", "topk(2, up)"},
		{"a * on (x) b", "a * ignoring (x) b"}, {"a * on (x) group_left (y) b", "a * on (x) group_left (z) b"},
		{"up offset 1m", "up offset 2m"}, {"up @ 1", "up @ 2"}, {"up @ start()", "up @ end()"}, {"up[1m]", "up[2m]"},
		{"up[1m:1s]", "up[1m:2s]"}, {"rate(up[1m])", "irate(up[1m])"}, {"1", "2"}, {"1", "NaN"}, {`"a"`, `"b"`}, {"a == b", "a == bool b"},
	}
	parse := func(text string) parser.Expr {
		tree, err := extpromql.ParseExpr(text)
		if err != nil {
			t.Fatal(err)
		}
		return tree
	}
	for _, pair := range same {
		if !equal(parse(pair[0]), parse(pair[1])) {
			t.Errorf("%s and %s are the same", pair[0], pair[1])
		}
	}
	for _, pair := range different {
		if equal(parse(pair[0]), parse(pair[1])) {
			t.Errorf("%s and %s differ", pair[0], pair[1])
		}
	}
}
