package admit

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"text/template/parse"

	"moat.dev/guards/internal/promql"
)

// Prometheus expands the templates of alerts at each evaluation, for each alert, without a bound on time or on what comes out: 43 bytes
// become gigabytes and end the server that all tenants share, and an endless loop stops it from ever taking in a configuration again.
// So a template may have no loop, no template of its own and no assignment, and what comes out of it is measured before: every function
// has a rule for how long its result can be.

// What values are taken for, in bytes. Labels of scraped series have a bound of about this by default.
const (
	labelLength  = 1 << 10
	labelsLength = 16 << 10
	numberLength = 64
	valueLength  = 512
)

// mostExpanded is the most that may come out of one template.
const mostExpanded = 64 << 10

// endless is the length of what nobody can tell.
const endless = 1 << 40

// prelude declares the variables that Prometheus gives to templates of alerts.
const prelude = "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}"

const preludeNodes = 4

// given are the lengths of those variables, and of all that there is.
var given = map[string]int{"$": labelsLength, "$labels": labelsLength, "$externalLabels": labelsLength, "$externalURL": labelLength, "$value": valueLength}

// templates checks those of an alert, its group's labels among them. Nobody expands those of a recorded series.
func (r rule) templates(b promql.Bounds, groupLabels map[string]string) (string, error) {
	if r.Alert == "" {
		return "", nil
	}
	for _, texts := range []map[string]string{groupLabels, r.Labels, r.Annotations} {
		for _, name := range slices.Sorted(maps.Keys(texts)) {
			if err := checkTemplate(b, texts[name]); err != nil {
				return name, err
			}
		}
	}
	return "", nil
}

// checkTemplate says why a text is no template that Prometheus may expand. Whether it can be read at all is asked elsewhere.
func checkTemplate(b promql.Bounds, text string) error {
	if !strings.Contains(text, "{{") {
		return nil
	}
	tree := parse.New("alert")
	tree.Mode = parse.SkipFuncCheck
	all := map[string]*parse.Tree{}
	if _, err := tree.Parse(prelude+text, "", "", all); err != nil {
		return nil
	}
	for name := range all {
		if name != "alert" {
			return errors.New("define and block are left out of templates of alerts")
		}
	}
	tree.Root.Nodes = tree.Root.Nodes[preludeNodes:]
	e := expansion{bounds: b, variables: maps.Clone(given)}
	length, err := e.list(tree.Root, labelsLength)
	if err != nil {
		return err
	}
	return fits(length)
}

func fits(length int) error {
	if length > mostExpanded {
		return fmt.Errorf("what comes out of it may be longer than %d bytes, by functions within functions, variables or references such as $1", mostExpanded)
	}
	return nil
}

// expansion measures one template.
type expansion struct {
	bounds promql.Bounds
	// Longest value of each variable, whatever its scope.
	variables map[string]int
}

func add(lengths ...int) (sum int) {
	for _, length := range lengths {
		sum = min(endless, sum+length)
	}
	return sum
}

func times(a, b int) int {
	if a != 0 && b > endless/a {
		return endless
	}
	return a * b
}

func (e *expansion) list(list *parse.ListNode, dot int) (length int, err error) {
	if list == nil {
		return 0, nil
	}
	for _, node := range list.Nodes {
		more, err := e.node(node, dot)
		if err != nil {
			return 0, err
		}
		length = add(length, more)
	}
	return length, nil
}

func (e *expansion) node(node parse.Node, dot int) (int, error) {
	switch n := node.(type) {
	case *parse.TextNode:
		return len(n.Text), nil
	case *parse.CommentNode:
		return 0, nil
	case *parse.ActionNode:
		length, err := e.pipe(n.Pipe, dot)
		if len(n.Pipe.Decl) > 0 {
			// Nothing comes out.
			length = 0
		}
		return length, err
	case *parse.IfNode:
		return e.branch(n.Pipe, n.List, n.ElseList, dot, false)
	case *parse.WithNode:
		return e.branch(n.Pipe, n.List, n.ElseList, dot, true)
	default:
		return 0, fmt.Errorf("%s is left out of templates of alerts", strings.TrimSpace(strings.SplitN(node.String(), " ", 2)[0]))
	}
}

func (e *expansion) branch(pipe *parse.PipeNode, then, otherwise *parse.ListNode, dot int, with bool) (int, error) {
	value, err := e.pipe(pipe, dot)
	if err != nil {
		return 0, err
	}
	inner := dot
	if with {
		inner = value
	}
	a, err := e.list(then, inner)
	if err != nil {
		return 0, err
	}
	b, err := e.list(otherwise, dot)
	return add(a, b), err
}

// pipe gives the length of its value, also where that goes into a variable and nothing comes out.
func (e *expansion) pipe(pipe *parse.PipeNode, dot int) (length int, err error) {
	if pipe.IsAssign {
		return 0, errors.New("variables are assigned once in templates of alerts")
	}
	for i, command := range pipe.Cmds {
		if length, err = e.command(command, dot, length, i > 0); err != nil {
			return 0, err
		}
	}
	for _, declared := range pipe.Decl {
		name := declared.Ident[0]
		if _, is := given[name]; is {
			return 0, fmt.Errorf("%s stays what it is in templates of alerts", name)
		}
		e.variables[name] = max(e.variables[name], length)
	}
	return length, nil
}

// command gives the length of a function's result, or of the one value that it is. The value before the pipe comes last.
func (e *expansion) command(command *parse.CommandNode, dot, piped int, isPiped bool) (int, error) {
	args := make([]int, 0, len(command.Args))
	for _, arg := range command.Args[1:] {
		length, err := e.value(arg, dot)
		if err != nil {
			return 0, err
		}
		args = append(args, length)
	}
	if isPiped {
		args = append(args, piped)
	}
	if function, ok := command.Args[0].(*parse.IdentifierNode); ok {
		length, err := e.call(function.Ident, command.Args[1:], args)
		if err != nil {
			return 0, err
		}
		// Also where nothing of it comes out in the end.
		return length, fits(length)
	}
	length, err := e.value(command.Args[0], dot)
	if err == nil && len(args) > 0 {
		err = fmt.Errorf("%s is called like a function", command.Args[0])
	}
	return length, err
}

func (e *expansion) value(node parse.Node, dot int) (int, error) {
	switch n := node.(type) {
	case *parse.StringNode:
		return len(n.Text), nil
	case *parse.NumberNode:
		// Printed in full, 1e300 has 300 digits.
		return valueLength, nil
	case *parse.BoolNode, *parse.NilNode:
		return numberLength, nil
	case *parse.DotNode:
		return dot, nil
	case *parse.FieldNode:
		return field(n.Ident, dot), nil
	case *parse.ChainNode:
		return e.value(n.Node, dot)
	case *parse.VariableNode:
		return e.variable(n), nil
	case *parse.PipeNode:
		return e.pipe(n, dot)
	case *parse.IdentifierNode:
		return e.call(n.Ident, nil, nil)
	default:
		return 0, fmt.Errorf("%s is left out of templates of alerts", node)
	}
}

func (e *expansion) variable(n *parse.VariableNode) int {
	whole := e.variables[n.Ident[0]]
	if len(n.Ident) == 1 {
		return whole
	}
	if n.Ident[0] == "$labels" || n.Ident[0] == "$externalLabels" {
		return labelLength
	}
	return field(n.Ident[1:], whole)
}

// field of what templates of alerts get, or of some value, which is no longer than that.
func field(path []string, of int) int {
	switch {
	case path[0] == "Value" && of == labelsLength:
		return valueLength
	case path[0] == "ExternalURL" && of == labelsLength:
		return labelLength
	case (path[0] == "Labels" || path[0] == "ExternalLabels") && len(path) > 1:
		return labelLength
	default:
		return of
	}
}

// call gives the longest result of a function of templates, by the lengths of its arguments.
func (e *expansion) call(name string, nodes []parse.Node, args []int) (int, error) {
	switch name {
	case "humanize", "humanize1024", "humanizeDuration", "humanizePercentage", "humanizeTimestamp", "parseDuration", "now", "toTime", "toDuration", "len",
		"eq", "ne", "lt", "le", "gt", "ge", "not":
		return valueLength, nil
	case "match":
		return valueLength, e.pattern(nodes)
	case "pathPrefix", "externalURL":
		return labelLength, nil
	case "and", "or", "index", "slice", "first", "safeHtml", "stripPort", "stripDomain", "args":
		return add(args...), nil
	case "toUpper", "toLower", "title", "urlQueryEscape", "graphLink", "tableLink":
		// Letters of other scripts grow; an escaped byte has three.
		return add(256, times(3, add(args...))), nil
	case "html", "js", "urlquery":
		return times(6, add(args...)), nil
	case "print", "println":
		return add(add(args...), len(args)+1), nil
	case "printf":
		return printed(nodes, args)
	case "reReplaceAll":
		if err := e.pattern(nodes); err != nil {
			return 0, err
		}
		if len(args) != 3 {
			return 0, errors.New("reReplaceAll takes an expression, a replacement and a text")
		}
		// At most a replacement at each place, and each of its references is at most the text.
		return times(2, times(args[1]+1, args[2]+1)), nil
	default:
		return 0, fmt.Errorf("%s is left out of templates of alerts", name)
	}
}

// pattern is the first argument: a text that is cheap to compile.
func (e *expansion) pattern(nodes []parse.Node) error {
	text, err := literal(nodes, "regular expressions are written as texts")
	if err != nil {
		return err
	}
	return e.bounds.CheapRegexp(text)
}

// literal is the first argument, which has to stand there as a text.
func literal(nodes []parse.Node, words string) (string, error) {
	if len(nodes) > 0 {
		if text, ok := nodes[0].(*parse.StringNode); ok {
			return text.Text, nil
		}
	}
	return "", fmt.Errorf("%s in templates of alerts", words)
}

var (
	// wide fills with blanks or zeros to a width of four digits or more, or to one that an argument says.
	wide = regexp.MustCompile(`%[^a-zA-Z%]*([0-9]{4}|\*)`)
	// padded has a width at all. Without one the longest number is that of 1e308.
	padded = regexp.MustCompile(`%[^a-zA-Z%]*[0-9]`)
	// spelled prints bytes as numbers or escapes: "% #x" makes " 0xff" of each.
	spelled = regexp.MustCompile(`%[^a-zA-Z%]*[#+]|%[^a-zA-Z%]*[xXqU]`)
)

// printed measures printf: each verb may print the longest argument, and blanks.
func printed(nodes []parse.Node, args []int) (int, error) {
	format, err := literal(nodes, "the format of printf is written as a text")
	if err != nil {
		return 0, err
	}
	if wide.MatchString(format) {
		return 0, errors.New("printf pads to at most 999 characters in templates of alerts")
	}
	longest := 0
	for _, length := range args[1:] {
		longest = max(longest, length)
	}
	if spelled.MatchString(format) {
		longest = times(6, longest)
	}
	padding := 350
	if padded.MatchString(format) {
		padding = 1000
	}
	// What no verb prints is told after the text.
	places := max(strings.Count(format, "%"), len(args)-1)
	return add(len(format), times(places, add(padding, longest))), nil
}
