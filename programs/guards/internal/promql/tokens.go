package promql

import (
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/util/strutil"
)

// tokens of a text without its comments, checked before anything parses them: the parser compiles regular expressions as it meets them.
// It ends at what is no token; the parser then says what is wrong.
func (b Bounds) tokens(text string) ([]parser.Item, error) {
	if len(text) > b.Bytes {
		return nil, refuse(QueryLength, "the query has %d bytes, more than %d", len(text), b.Bytes)
	}
	lexer := parser.Lex(text)
	var found []parser.Item
	var depth int
	left := b.Regexp
	for {
		var item parser.Item
		lexer.NextItem(&item)
		switch item.Typ {
		case parser.EOF, parser.ERROR:
			return found, nil
		case parser.COMMENT:
			continue
		case parser.LEFT_PAREN:
			depth++
		case parser.RIGHT_PAREN:
			depth--
		case parser.STRING:
			if len(found) > 0 && isRegexpOperator(found[len(found)-1].Typ) {
				// What cannot be unquoted the parser refuses.
				if pattern, err := strutil.Unquote(item.Val); err == nil && !isWords(pattern) {
					if err := checkRegexp(pattern, &left); err != nil {
						return nil, err
					}
				}
			}
		}
		if depth > b.Depth {
			return nil, refuse(QueryDepth, "the query is nested more than %d deep", b.Depth)
		}
		found = append(found, item)
		if len(found) > b.Tokens {
			return nil, refuse(QueryLength, "the query has more than %d words and signs", b.Tokens)
		}
	}
}

func isRegexpOperator(typ parser.ItemType) bool {
	return typ == parser.EQL_REGEX || typ == parser.NEQ_REGEX
}
