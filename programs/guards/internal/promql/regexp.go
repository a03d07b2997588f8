package promql

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// checkRegexp takes the size of an expression off what is left. It parses, which costs little more than the text is long once the two
// exceptions are out, and compiles nothing: compiling writes counted repetitions out, and a few kilobytes of them take all of a program's
// memory.
func checkRegexp(pattern string, left *int) error {
	if folds(pattern) {
		return refuse(RegexpSize, "a regular expression that ignores case, (?i), has ranges of other letters than ASCII's in brackets; write the letters, or leave (?i) out")
	}
	if strings.Count(pattern, `\p`)+strings.Count(pattern, `\P`) > maxClasses {
		return refuse(RegexpSize, "a regular expression has more than %d classes of Unicode", maxClasses)
	}
	parsed, err := syntax.Parse(pattern, syntax.Perl|syntax.DotNL)
	if err != nil {
		// Prometheus's parser says it better.
		return nil
	}
	*left -= size(parsed, *left)
	if *left < 0 {
		return refuse(RegexpSize, "the regular expressions are too large, counted repetitions and character classes most of all; use fewer or smaller ones")
	}
	return nil
}

var ignoresCase = regexp.MustCompile(`\(\?[a-zA-Z]*i`)

// folds says whether parsing may walk over whole alphabets: without regard to case each range in brackets is taken apart letter by letter.
// That is 7 ms for one range of 5 bytes, and what is left of it in the end is small.
func folds(pattern string) bool {
	return strings.Contains(pattern, "[") && ignoresCase.MatchString(pattern) &&
		(strings.Contains(pattern, `\x{`) || strings.ContainsFunc(pattern, func(r rune) bool { return r >= utf8.RuneSelf }))
}

// maxClasses bounds `\pL` and its kin in one expression: parsing alone makes a thousand characters of each.
const maxClasses = 50

// isWords says whether the expression is a list of plain words, as Grafana makes of a variable with many values. Prometheus takes those apart
// without compiling.
func isWords(pattern string) bool { return !strings.ContainsAny(pattern, `\.+*?()[]{}^$`) }

// size counts instructions of the compiled expression, and stops a little above most.
func size(re *syntax.Regexp, most int) int {
	own := 1
	switch re.Op {
	case syntax.OpLiteral:
		own = len(re.Rune)
	case syntax.OpCharClass:
		own = 1 + len(re.Rune)/2
	}
	total := own
	for _, sub := range re.Sub {
		if total > most {
			return total
		}
		total += size(sub, most)
	}
	if re.Op == syntax.OpRepeat {
		times := max(re.Min+1, re.Max)
		// Neither factor is above most and 1,000, the limit of the syntax.
		total = min(total, most+1) * times
	}
	return min(total, most+1)
}

// CheapRegexp refuses an expression that costs much to compile, by the same measure as those of queries.
func (b Bounds) CheapRegexp(pattern string) error {
	left := b.Regexp
	return checkRegexp(pattern, &left)
}
