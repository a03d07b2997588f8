package kubernetes

import (
	"bytes"
	"encoding/json"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/util/jsonpath"
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
		end := strings.LastIndex(rest, "}") + 1
		found, err := find(u, rest[:end])
		if err != nil || end == 0 {
			return readiness{failed: true, message: annotationWaitFor + ": " + wanted + " has no path that can be read"}
		}
		value, compared := strings.CutPrefix(rest[end:], "=")
		return readiness{ready: found != "" && (!compared || found == value), message: "waiting for " + wanted}
	}
	return readiness{failed: true, message: annotationWaitFor + ": " + wanted + " is neither condition=… nor jsonpath={…}"}
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

// find is what the path leads to, as text; empty where it leads nowhere.
func find(u *unstructured.Unstructured, path string) (string, error) {
	parsed := jsonpath.New("waitFor").AllowMissingKeys(true)
	if err := parsed.Parse(path); err != nil {
		return "", err
	}
	var out bytes.Buffer
	err := parsed.Execute(&out, u.Object)
	return out.String(), err
}
