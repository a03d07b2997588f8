package samples

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Upstream is the folder of Prometheus's sources, as the module cache has them.
func Upstream(t *testing.T) string {
	t.Helper()
	output, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/prometheus/prometheus").Output()
	dir := strings.TrimSpace(string(output))
	if err != nil || dir == "" {
		t.Skipf("Prometheus's sources are not in the module cache (go list: %v)", err)
	}
	return dir
}

// OfParser are all expressions of the tests of Prometheus's parser, those that are no PromQL among them.
func OfParser(t *testing.T) (found []string) {
	t.Helper()
	file := filepath.Join(Upstream(t), "promql/parser/parse_test.go")
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		field, ok := n.(*ast.KeyValueExpr)
		if !ok || fmt.Sprint(field.Key) != "input" {
			return true
		}
		if literal, ok := field.Value.(*ast.BasicLit); ok {
			query, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, query)
		}
		return true
	})
	if len(found) < 300 {
		t.Fatalf("found only %d expressions in %s", len(found), file)
	}
	return found
}
