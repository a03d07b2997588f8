package kubernetes

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// valueAt follows a path through maps and lists.
func valueAt(o map[string]any, path resource.PropertyPath) (any, bool) {
	var at any = o
	for _, step := range path {
		switch key := step.(type) {
		case string:
			m, ok := at.(map[string]any)
			if !ok {
				return nil, false
			}
			if at, ok = m[key]; !ok {
				return nil, false
			}
		case int:
			list, ok := at.([]any)
			if !ok || key >= len(list) {
				return nil, false
			}
			at = list[key]
		}
	}
	return at, true
}

// leaveIgnored gives fields under ignoreChanges the value that they have. The engine gives them the value of the last
// update, and to apply that would undo what another controller, say an autoscaler, has set since.
func leaveIgnored(wanted, live *unstructured.Unstructured, ignored []string) {
	for _, text := range ignored {
		path, err := resource.ParsePropertyPath(text)
		if err != nil || len(path) == 0 {
			continue
		}
		value, there := valueAt(live.Object, path)
		parent, has := valueAt(wanted.Object, path[:len(path)-1])
		if !there || !has {
			continue
		}
		switch key := path[len(path)-1].(type) {
		case string:
			if m, ok := parent.(map[string]any); ok {
				m[key] = value
			}
		case int:
			if list, ok := parent.([]any); ok && key < len(list) {
				list[key] = value
			}
		}
	}
}
