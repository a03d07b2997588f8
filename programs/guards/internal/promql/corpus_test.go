package promql

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql"
	promparser "github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/storage"
	"github.com/thanos-io/thanos/pkg/extpromql"

	"moat.dev/guards/internal/samples"
	"moat.dev/guards/internal/tenant"
)

// Every expression of the tests of Prometheus's parser.
func TestTheParsersOwnExpressions(t *testing.T) {
	tried, refused := 0, 0
	for _, query := range samples.OfParser(t) {
		tried++
		_, invalid := extpromql.ParseExpr(query)
		got, err := defaults().Enforce(query, alpha, Span{Step: time.Minute})
		switch {
		case invalid != nil:
			refused++
			if err == nil {
				t.Errorf("%q is no query, but became %q", query, got.Text)
			}
		case err != nil && ReasonOf(err) == WindowLength:
			// Ranges of centuries, which are PromQL but out of bounds.
			refused++
		case err != nil:
			t.Errorf("%q: %v", query, err)
		default:
			allConfined(t, query, got.Text, alpha)
		}
	}
	t.Logf("%d expressions, of which %d are refused", tried, refused)
}

var (
	loads    = regexp.MustCompile(`^load(_with_nhcb)?\s+\S+$`)
	instants = regexp.MustCompile(`^eval(?:_\w+)?\s+instant\s+(?:at\s+(\S+)\s+)?(.+)$`)
	ranges   = regexp.MustCompile(`^eval(?:_\w+)?\s+range\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)\s+(.+)$`)
)

// Every query of the tests of Prometheus's engine, over the series that these load, twice: as alpha's and, with the same labels and other
// values, as beta's. With the matcher in it a query answers over both what the bare one answers over alpha's alone.
func TestTheEnginesOwnQueries(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(samples.Upstream(t), "promql/promqltest/testdata/*.test"))
	if err != nil || len(files) < 10 {
		t.Fatalf("found %d files, %v", len(files), err)
	}
	var total tally
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			play(t, strings.Split(string(text), "\n"), &total)
		})
	}
	t.Logf("%d queries: %d answered alike, %d refused by parser or bounds; %d would have seen beta's series without the matcher", total.queries, total.alike, total.refused, total.leaks)
	if total.alike < 1000 || total.leaks < 500 {
		t.Errorf("too few queries tell anything: %+v", total)
	}
}

type tally struct{ queries, alike, refused, leaks int }

// play goes through the commands of a file.
func play(t *testing.T, lines []string, total *tally) {
	engine := promql.NewEngine(promql.EngineOpts{
		MaxSamples: 1_000_000, Timeout: time.Minute, EnableAtModifier: true, EnableNegativeOffset: true,
		NoStepSubqueryIntervalFn: func(int64) int64 { return time.Minute.Milliseconds() },
	})
	t.Cleanup(func() { _ = engine.Close() })
	var own, all []string
	var alone, shared storage.Storage
	loading := false
	for _, line := range lines {
		trimmed := strings.TrimSpace(line)
		switch {
		case trimmed == "" || strings.HasPrefix(trimmed, "#"):
			loading = loading && trimmed != ""
		case trimmed == "clear":
			own, all, alone, shared, loading = nil, nil, nil, nil, false
		case loads.MatchString(trimmed):
			own, all = append(own, "", trimmed), append(all, "", trimmed)
			alone, shared, loading = nil, nil, true
		case strings.HasPrefix(line, "eval"):
			loading = false
			if alone == nil {
				alone = load(t, own)
				shared = load(t, all)
			}
			run(t, engine, alone, shared, trimmed, total)
		case loading:
			own = append(own, owned(t, trimmed, "alpha"))
			all = append(all, owned(t, trimmed, "alpha"), owned(t, trimmed, "beta"))
		}
	}
}

func load(t *testing.T, lines []string) storage.Storage {
	t.Helper()
	loaded := promqltest.LoadedStorage(t, strings.Join(lines, "\n"))
	t.Cleanup(func() { _ = loaded.Close() })
	return loaded
}

// owned is the line of a series as that of a tenant. Beta's have a label more, by which nothing of it can be taken for alpha's.
func owned(t *testing.T, line, namespace string) string {
	t.Helper()
	label := fmt.Sprintf("owner_namespace=%q", namespace)
	if namespace == "beta" {
		label += `,secret="of beta"`
	}
	items := []promparser.Item{}
	lexer := promparser.Lex(line)
	for len(items) < 2 {
		var item promparser.Item
		lexer.NextItem(&item)
		items = append(items, item)
	}
	at := func(item promparser.Item) int { return int(item.Pos) + len(item.Val) }
	switch {
	case items[0].Typ == promparser.LEFT_BRACE:
		if strings.HasPrefix(line, "{}") {
			return "{" + label + line[1:]
		}
		return "{" + label + "," + line[1:]
	case items[1].Typ == promparser.LEFT_BRACE && !strings.HasPrefix(line[items[1].Pos:], "{{"):
		rest := line[at(items[1]):]
		if strings.HasPrefix(strings.TrimSpace(rest), "}") {
			return line[:at(items[1])] + label + rest
		}
		return line[:at(items[1])] + label + "," + rest
	default:
		return line[:at(items[0])] + "{" + label + "}" + line[at(items[0]):]
	}
}

func run(t *testing.T, engine *promql.Engine, alone, shared storage.Queryable, line string, total *tally) {
	t.Helper()
	query, span, ask := asked(t, engine, line)
	if query == "" {
		return
	}
	total.queries++
	// The label is one that the corpus does not use itself.
	m := tenant.Namespaces{"alpha"}.Matcher("owner_namespace")
	enforced, err := defaults().Enforce(query, m, span)
	if err != nil {
		total.refused++
		if _, parses := extpromql.ParseExpr(query); parses == nil && !slices.Contains([]Reason{SubqueryPoints, WindowLength}, ReasonOf(err)) {
			t.Errorf("%s: %v", query, err)
		}
		return
	}
	want, got := rounded(ask(alone, query)), rounded(ask(shared, enforced.Text))
	if want != got {
		t.Errorf("%s\nalpha alone: %s\nconfined:    %s", query, want, got)
		return
	}
	if strings.Contains(got, "beta") {
		t.Errorf("%s has something of beta's: %s", query, got)
	}
	total.alike++
	if rounded(ask(shared, query)) != want {
		total.leaks++
	}
}

func asked(t *testing.T, engine *promql.Engine, line string) (query string, span Span, ask func(storage.Queryable, string) string) {
	t.Helper()
	at := func(text string) time.Time {
		if text == "" {
			return time.Unix(0, 0)
		}
		if d, err := model.ParseDuration(text); err == nil {
			return time.Unix(0, 0).Add(time.Duration(d))
		}
		seconds, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatalf("time %q: %v", text, err)
		}
		return time.UnixMilli(int64(seconds * 1000))
	}
	result := func(q promql.Query, err error) string {
		if err != nil {
			return "refused: " + withoutPositions(err.Error())
		}
		defer q.Close()
		r := q.Exec(context.Background())
		if r.Err != nil {
			return "failed: " + withoutPositions(r.Err.Error())
		}
		// Matrices are sorted by labels; vectors are as the engine left them, which says nothing unless they were sorted.
		if v, ok := r.Value.(promql.Vector); ok {
			lines := []string{}
			for _, s := range v {
				lines = append(lines, s.String())
			}
			slices.Sort(lines)
			return strings.Join(lines, "\n")
		}
		return r.Value.String()
	}
	if parts := ranges.FindStringSubmatch(line); parts != nil {
		step := at(parts[3]).Sub(time.Unix(0, 0))
		return parts[4], Span{Length: at(parts[2]).Sub(at(parts[1])), Step: step}, func(s storage.Queryable, text string) string {
			return result(engine.NewRangeQuery(context.Background(), s, nil, text, at(parts[1]), at(parts[2]), step))
		}
	}
	if parts := instants.FindStringSubmatch(line); parts != nil {
		return parts[2], Span{}, func(s storage.Queryable, text string) string {
			return result(engine.NewInstantQuery(context.Background(), s, nil, text, at(parts[1])))
		}
	}
	return "", Span{}, nil
}

var fraction = regexp.MustCompile(`\d+\.\d+(e[+-]\d+)?`)

// rounded takes off digits that hang on the order in which the engine adds.
func rounded(text string) string {
	return fraction.ReplaceAllStringFunc(text, func(number string) string {
		value, err := strconv.ParseFloat(number, 64)
		if err != nil {
			return number
		}
		return strconv.FormatFloat(value, 'g', 9, 64)
	})
}

var parserPosition = regexp.MustCompile(`\d+:\d+`)

// withoutPositions takes places in the text out of an error: the enforced text is longer.
func withoutPositions(text string) string { return parserPosition.ReplaceAllString(text, "") }
