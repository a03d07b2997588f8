package promql

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

func nested(times int, open, close string) string {
	return strings.Repeat(open, times) + "up" + strings.Repeat(close, times)
}

func TestLabelsThatDoubleAreRefused(t *testing.T) {
	alpha := labels.MustNewMatcher(labels.MatchEqual, "namespace", "alpha")
	for text, refused := range map[string]bool{
		nested(30, "label_replace(", `, "a", "$1$1", "a", "(.*)")`):                     true,
		nested(30, "label_replace(", `, "a", ("${1}${1}"), "a", "(.*)")`):               true,
		nested(30, "label_join(", `, "a", "", "a", "a")`):                               true,
		nested(30, "sum by (a) (label_join(", `, "a", "", "a", "a"))`):                  true,
		`up * on (a) ` + nested(30, "label_join(", `, "a", "", "a", "a")`):              true,
		`max_over_time(` + nested(30, "label_join(", `, "a", "", "a", "a")`) + `[5m:])`: true,
		nested(30, "label_replace(", `, "a", "$1", "a", "(.*)")`):                       false,
		nested(3, "label_replace(", `, "a", "$1-$2-$3", "a", "(.*)-(.*)-(.*)")`):        false,
		nested(2, "label_join(", `, "a", "/", "namespace", "pod", "container")`):        false,
	} {
		_, err := defaults().Enforce(text, alpha, Span{Step: time.Minute})
		if (err != nil && ReasonOf(err) == LabelLength) != refused {
			t.Errorf("%.100s: %v", text, err)
		}
	}
}

func TestCaseAndAlphabetsAreNotFolded(t *testing.T) {
	for pattern, refused := range map[string]bool{
		"(?i)[B-\uff9f]": true, `(?i)[a-\x{ff9f}]`: true, "a(?si:[\u00e0-\u00ff])": true, "(?P<a>(?i)[B-\uff9f])": true,
		"(?i)[a-z]+": false, "(?i)\u00e9t\u00e9": false, "[\u00e0-\u00ff]": false, "(?s)[\u00e0-\u00ff]": false, "(?i)prod|test": false,
	} {
		if err := defaults().CheapRegexp(pattern); (err != nil) != refused {
			t.Errorf("%s: %v", pattern, err)
		}
	}
}
