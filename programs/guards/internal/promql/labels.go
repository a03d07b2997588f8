package promql

import (
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
)

const (
	// plainLabel is what labels of scraped series are taken to be at most, in bytes.
	plainLabel = 1 << 10
	// mostLabel that label_replace and label_join may make of those: each "$1$1" doubles a label, and thirty of them, a kilobyte of
	// query, fill the memory of any evaluator.
	mostLabel = 64 << 10
)

// growth checks how long the labels get that a call makes.
func growth(n *parser.Call) error {
	if n.Func.Name != "label_replace" && n.Func.Name != "label_join" {
		return nil
	}
	if labelLength(n) > mostLabel {
		return refuse(LabelLength, "%s makes labels of more than %d bytes of labels of %d; use fewer references such as $1, and fewer of these functions within each other", n.Func.Name, mostLabel, plainLabel)
	}
	return nil
}

// labelLength of the longest label of a result.
func labelLength(node parser.Node) int {
	longest := plainLabel
	for child := range parser.ChildrenIter(node) {
		longest = max(longest, labelLength(child))
	}
	call, ok := node.(*parser.Call)
	if !ok {
		return longest
	}
	made := 0
	switch {
	case call.Func.Name == "label_replace" && len(call.Args) == 5:
		replacement := text(call.Args[2])
		made = len(replacement) + strings.Count(replacement, "$")*longest
	case call.Func.Name == "label_join" && len(call.Args) > 3:
		made = len(call.Args[3:]) * (longest + len(text(call.Args[2])))
	}
	return min(mostLabel+1, max(longest, made))
}

// text of a literal, in brackets or not; the parser takes no other expression for a text.
func text(arg parser.Expr) string {
	for {
		paren, ok := arg.(*parser.ParenExpr)
		if !ok {
			break
		}
		arg = paren.Expr
	}
	if literal, ok := arg.(*parser.StringLiteral); ok {
		return literal.Val
	}
	return ""
}
