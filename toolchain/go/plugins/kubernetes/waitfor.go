package kubernetes

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/theory/jsonpath"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// annotationWaitFor names what to wait for in place of what the kind would say: `condition=Type[=Status]` or
// `jsonpath={.path}[=value]`, one or a JSON list of which each must hold, as `kubectl wait --for` has them.
const annotationWaitFor = "pulumi.com/waitFor"

func waitForReadiness(u *unstructured.Unstructured, wanted string) readiness {
	for _, one := range waitForList(wanted) {
		if state := waitForOne(u, one); !state.ready {
			return state
		}
	}
	return readiness{ready: true}
}

func waitForList(wanted string) []string {
	var list []string
	if json.Unmarshal([]byte(wanted), &list) == nil {
		return list
	}
	return []string{wanted}
}

func waitForOne(u *unstructured.Unstructured, wanted string) readiness {
	form, rest, _ := strings.Cut(wanted, "=")
	switch form {
	case "condition":
		kind, state, found := strings.Cut(rest, "=")
		if !found || strings.EqualFold(state, "true") {
			return conditionReadiness(u, kind)
		}
		return readiness{ready: conditionHas(u, kind, state), message: "waiting for " + wanted}
	case "jsonpath":
		path, value, err := parsePath(rest)
		if err != nil {
			return readiness{failed: true, message: err.Error()}
		}
		found := path.Select(u.Object)
		return readiness{ready: len(found) > 0 && (value == "" || fmt.Sprint(found[0]) == value), message: "waiting for " + wanted}
	}
	return readiness{failed: true, message: annotationWaitFor + ": " + wanted + " is neither condition=… nor jsonpath={…}"}
}

// readableWaitFor is the error of an annotation that nobody can wait by.
func readableWaitFor(u *unstructured.Unstructured) error {
	for _, one := range waitForList(u.GetAnnotations()[annotationWaitFor]) {
		form, rest, _ := strings.Cut(one, "=")
		switch form {
		case "", "condition":
		case "jsonpath":
			if _, _, err := parsePath(rest); err != nil {
				return err
			}
		default:
			return fmt.Errorf("%s: %s is neither condition=… nor jsonpath={…}", annotationWaitFor, one)
		}
	}
	return nil
}

// braced is a path in braces and what it must lead to, if that is said.
var braced = regexp.MustCompile(`^\{\s*(.*?)\s*\}(?:=(.+))?$`)

// parsePath reads `{.path}` or `{.path}=value`. The path is one of RFC 9535, to which the official plugin holds it too: not the
// dialect of kubectl, where a dot in a name is escaped.
func parsePath(text string) (path *jsonpath.Path, value string, err error) {
	parts := braced.FindStringSubmatch(text)
	if parts == nil {
		return nil, "", fmt.Errorf("%s: jsonpath=%s is not of the form jsonpath={.path} or jsonpath={.path}=value", annotationWaitFor, text)
	}
	inner := parts[1]
	if !strings.HasPrefix(inner, "$") {
		inner = "$" + inner
	}
	if path, err = jsonpath.Parse(inner); err != nil {
		return nil, "", fmt.Errorf("%s: %s: %w", annotationWaitFor, parts[1], err)
	}
	return path, parts[2], nil
}

func conditionHas(u *unstructured.Unstructured, kind, state string) bool {
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", "conditions")
	for _, one := range conditions {
		condition, ok := one.(map[string]any)
		if ok && text(condition, "type") == kind && strings.EqualFold(text(condition, "status"), state) {
			return true
		}
	}
	return false
}
