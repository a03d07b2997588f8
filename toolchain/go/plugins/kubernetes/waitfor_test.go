package kubernetes

import (
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func TestWaitFor(t *testing.T) {
	object := m{
		"kind":     "ResourceQuota",
		"metadata": m{"generation": int64(1)},
		"status": m{
			"used":       m{"count/widgets.example.com": "3"},
			"conditions": []any{m{"type": "Ready", "status": "True"}, m{"type": "Stalled", "status": "False"}},
		},
	}
	for wanted, c := range map[string]struct{ ready, failed bool }{
		`jsonpath={.status.used['count/widgets.example.com']}`:   {ready: true},
		`jsonpath={$.status.used["count/widgets.example.com"]}`:  {ready: true},
		`jsonpath={.status.used['count/widgets.example.com']}=3`: {ready: true},
		`jsonpath={.status.used['count/widgets.example.com']}=4`: {},
		`jsonpath={.status.used['count/gadgets.example.com']}`:   {},
		// kubectl's dialect, and what is none at all.
		`jsonpath={.status.used.count/widgets\.example\.com}`: {failed: true},
		`jsonpath={.status.`:                            {failed: true},
		`jsonpath=.status`:                              {failed: true},
		`condition=Ready`:                               {ready: true},
		`condition=Ready=false`:                         {},
		`condition=Stalled=False`:                       {ready: true},
		`condition=Other`:                               {},
		`["condition=Ready","condition=Other"]`:         {},
		`["condition=Ready","condition=Stalled=False"]`: {ready: true},
		`delete`: {failed: true},
	} {
		got := waitForReadiness(&unstructured.Unstructured{Object: object}, wanted)
		if got.ready != c.ready || got.failed != c.failed {
			t.Errorf("%s: got %+v", wanted, got)
		}
		annotated := &unstructured.Unstructured{Object: m{"metadata": m{"annotations": m{annotationWaitFor: wanted}}}}
		if err := readableWaitFor(annotated); (err != nil) != c.failed {
			t.Errorf("%s: readable: %v", wanted, err)
		}
	}
}
