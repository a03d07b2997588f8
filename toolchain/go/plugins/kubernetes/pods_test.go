package kubernetes

import (
	"slices"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func pod(status m) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: m{"kind": "Pod", "metadata": m{"name": "p"}, "status": status}}
}

func TestPodTrouble(t *testing.T) {
	notReady := []any{m{"type": "Ready", "status": "False", "reason": "ContainersNotReady", "message": "containers with unready status: [c]"}}
	for want, status := range map[string]m{
		"": {"phase": "Running", "conditions": []any{m{"type": "Ready", "status": "True"}}},
		"pod p, container c: ErrImagePull: not found": {
			"phase": "Pending", "conditions": notReady,
			"containerStatuses": []any{m{"name": "c", "state": m{"waiting": m{"reason": "ErrImagePull", "message": "not found"}}}},
		},
		"pod p, container c: CrashLoopBackOff, it ended with exit code 137 (OOMKilled)": {
			"phase": "Running", "conditions": notReady,
			"containerStatuses": []any{m{
				"name": "c", "state": m{"waiting": m{"reason": "CrashLoopBackOff", "message": "back-off"}},
				"lastState": m{"terminated": m{"exitCode": int64(137), "reason": "OOMKilled"}},
			}},
		},
		"pod p, container i: it ended with exit code 1: no config": {
			"phase": "Pending", "conditions": notReady,
			"initContainerStatuses": []any{m{"name": "i", "state": m{"terminated": m{"exitCode": int64(1), "reason": "Error", "message": "no config\n"}}}},
			"containerStatuses":     []any{m{"name": "c", "state": m{"waiting": m{"reason": "PodInitializing"}}}},
		},
		"pod p: Unschedulable: 0/1 nodes": {
			"phase": "Pending", "conditions": []any{m{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/1 nodes"}},
		},
		"pod p: ContainersNotReady: containers with unready status: [c]": {
			"phase": "Running", "conditions": notReady,
			"containerStatuses": []any{m{"name": "c", "ready": false, "state": m{"running": m{}}}},
		},
		"pod p: Failed: Evicted: out of disk": {"phase": "Failed", "reason": "Evicted", "message": "out of disk"},
	} {
		if got := podTrouble(pod(status)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestLimited(t *testing.T) {
	got := limited([]string{"a", "", "b", "c", "d", "e"})
	if want := []string{"a", "b", "c", "and 2 more pods"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
