package kubernetes

import (
	"fmt"
	"reflect"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
)

// readiness is what an object's status says about it.
type readiness struct {
	ready bool
	// failed: waiting longer does not help.
	failed  bool
	message string
}

// awaited are the kinds that the official plugin waits for; it takes every other for ready as soon as the API server has it.
var awaited = map[string]bool{
	"apps/DaemonSet": true, "apps/Deployment": true, "apps/StatefulSet": true, "batch/Job": true,
	"/PersistentVolume": true, "/PersistentVolumeClaim": true, "/Pod": true, "/ReplicationController": true,
	"/ResourceQuota": true, "/Service": true, "networking.k8s.io/Ingress": true,
}

// readinessOf decides from the object alone.
func readinessOf(u *unstructured.Unstructured) readiness {
	gvk := u.GroupVersionKind()
	switch key := gvk.Group + "/" + gvk.Kind; {
	case u.GetAnnotations()[annotationSkip] == "true", isPaused(u):
		return readiness{ready: true}
	case u.GetAnnotations()[annotationWaitFor] != "":
		return waitForReadiness(u, u.GetAnnotations()[annotationWaitFor])
	case !awaited[key]:
		return readiness{ready: true}
	case key == "/Service":
		return serviceReadiness(u)
	case key == "/ResourceQuota":
		return quotaReadiness(u)
	case key == "batch/Job":
		return conditionReadiness(u, "Complete")
	}
	result, err := status.Compute(u)
	if err != nil {
		return readiness{message: err.Error()}
	}
	return readiness{
		ready:   result.Status == status.CurrentStatus,
		failed:  result.Status == status.FailedStatus,
		message: result.Message,
	}
}

// isPaused: a controller that was told to rest reports nothing.
func isPaused(u *unstructured.Unstructured) bool {
	for _, field := range []string{"paused", "suspend"} {
		if on, _, _ := unstructured.NestedBool(u.Object, "spec", field); on {
			return true
		}
	}
	return false
}

// serviceReadiness: a load balancer needs its address, every other service is there when it is accepted.
func serviceReadiness(u *unstructured.Unstructured) readiness {
	if kind, _, _ := unstructured.NestedString(u.Object, "spec", "type"); kind != "LoadBalancer" {
		return readiness{ready: true}
	}
	addresses, _, _ := unstructured.NestedSlice(u.Object, "status", "loadBalancer", "ingress")
	return readiness{ready: len(addresses) > 0, message: "the load balancer has no address yet"}
}

// quotaReadiness: its controller has taken in what is limited. Whether all of it is counted yet, only the annotation can ask.
func quotaReadiness(u *unstructured.Unstructured) readiness {
	wanted, _, _ := unstructured.NestedMap(u.Object, "spec", "hard")
	seen, _, _ := unstructured.NestedMap(u.Object, "status", "hard")
	return readiness{ready: reflect.DeepEqual(wanted, seen), message: "its controller has not seen the limits yet"}
}

// conditionReadiness waits for one condition, as its controller writes it for the current generation.
func conditionReadiness(u *unstructured.Unstructured, wanted string) readiness {
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", "conditions")
	message := "its controller has not reported " + wanted + " yet"
	for _, one := range conditions {
		condition, ok := one.(map[string]any)
		if !ok {
			continue
		}
		kind, state, text := text(condition, "type"), text(condition, "status"), conditionText(condition)
		if u.GetKind() == "Job" && slices.Contains([]string{"Failed", "FailureTarget"}, kind) && state == "True" {
			return readiness{failed: true, message: text}
		}
		if kind != wanted {
			continue
		}
		if seen, ok := condition["observedGeneration"].(int64); ok && seen < u.GetGeneration() {
			return readiness{message: "its controller has not seen the change yet"}
		}
		if state == "True" {
			return readiness{ready: true}
		}
		message = text
	}
	return readiness{message: message}
}

func conditionText(condition map[string]any) string {
	if reason, message := text(condition, "reason"), text(condition, "message"); reason != "" || message != "" {
		return joined(reason, message)
	}
	return fmt.Sprintf("%s is %s", text(condition, "type"), text(condition, "status"))
}

func text(m map[string]any, key string) string {
	s, _ := m[key].(string)
	return s
}

// joined puts a reason before a message, either of which may be empty.
func joined(reason, message string) string {
	switch {
	case reason == "":
		return message
	case message == "":
		return reason
	default:
		return reason + ": " + message
	}
}
