package promql

import (
	"regexp/syntax"
	"strings"
)

// checkRegexp takes the size of an expression off what is left. It parses, which costs no more than the text is long, and compiles
// nothing: compiling writes counted repetitions out, and a few kilobytes of them take all of a program's memory.
func checkRegexp(pattern string, left *int) error {
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
