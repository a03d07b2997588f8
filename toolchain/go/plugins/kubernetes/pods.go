package kubernetes

import (
	"context"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// So many pods are named in a message; the rest are counted.
const namedPods = 3

var podsResource = schema.GroupVersionResource{Version: "v1", Resource: "pods"}

// troubles says of each pod of a workload why it is not ready.
func (p *provider) troubles(ctx context.Context, u *unstructured.Unstructured) []string {
	if u.GetKind() == "Pod" {
		return limited([]string{podTrouble(u)})
	}
	selector := podSelector(u)
	cluster, err := p.connect()
	if err != nil || selector == "" {
		return nil
	}
	pods, err := cluster.dynamic.Resource(podsResource).Namespace(u.GetNamespace()).
		List(ctx, metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		return nil // the workload's own message remains
	}
	var found []string
	for i := range pods.Items {
		found = append(found, podTrouble(&pods.Items[i]))
	}
	return limited(found)
}

// limited drops the pods that are well and counts those that do not fit.
func limited(found []string) []string {
	found = slices.DeleteFunc(found, func(s string) bool { return s == "" })
	if more := len(found) - namedPods; more > 0 {
		return append(found[:namedPods:namedPods], fmt.Sprintf("and %d more pods", more))
	}
	return found
}

// podSelector is the selector of a workload: its own, or the one a custom resource shows for its scale.
func podSelector(u *unstructured.Unstructured) string {
	if shown, _, _ := unstructured.NestedString(u.Object, "status", "selector"); shown != "" {
		return shown
	}
	raw, found, err := unstructured.NestedMap(u.Object, "spec", "selector")
	if !found || err != nil || u.GetKind() == "Service" {
		return ""
	}
	var selector metav1.LabelSelector
	if runtime.DefaultUnstructuredConverter.FromUnstructured(raw, &selector) != nil {
		return ""
	}
	return metav1.FormatLabelSelector(&selector)
}

// podTrouble says why a pod is not ready; empty when it is, or when it is on its way out.
func podTrouble(pod *unstructured.Unstructured) string {
	if pod.GetDeletionTimestamp() != nil {
		return ""
	}
	phase, _, _ := unstructured.NestedString(pod.Object, "status", "phase")
	if phase == "Succeeded" || condition(pod, "Ready") == "" && phase == "Running" && !hasContainers(pod) {
		return ""
	}
	for _, list := range []string{"initContainerStatuses", "containerStatuses"} {
		containers, _, _ := unstructured.NestedSlice(pod.Object, "status", list)
		for _, one := range containers {
			container, ok := one.(map[string]any)
			if !ok {
				continue
			}
			if why := containerTrouble(container); why != "" {
				return fmt.Sprintf("pod %s, container %s: %s", pod.GetName(), text(container, "name"), why)
			}
		}
	}
	for _, kind := range []string{"PodScheduled", "Initialized", "ContainersReady", "Ready"} {
		if why := condition(pod, kind); why != "" {
			return fmt.Sprintf("pod %s: %s", pod.GetName(), why)
		}
	}
	if phase == "Pending" || phase == "Failed" {
		message, _, _ := unstructured.NestedString(pod.Object, "status", "message")
		reason, _, _ := unstructured.NestedString(pod.Object, "status", "reason")
		return strings.TrimSuffix(fmt.Sprintf("pod %s: %s: %s", pod.GetName(), phase, joined(reason, message)), ": ")
	}
	return ""
}

func hasContainers(pod *unstructured.Unstructured) bool {
	containers, _, _ := unstructured.NestedSlice(pod.Object, "status", "containerStatuses")
	return len(containers) > 0
}

// containerTrouble says why a container does not run: its image, its crash, or its configuration.
func containerTrouble(container map[string]any) string {
	if ready, _ := container["ready"].(bool); ready {
		return ""
	}
	waiting, _, _ := unstructured.NestedMap(container, "state", "waiting")
	ended, _, _ := unstructured.NestedMap(container, "state", "terminated")
	before, _, _ := unstructured.NestedMap(container, "lastState", "terminated")
	switch {
	case text(waiting, "reason") == "CrashLoopBackOff" && before != nil:
		return "CrashLoopBackOff, " + endOf(before)
	case waiting != nil && text(waiting, "reason") != "PodInitializing" && text(waiting, "reason") != "ContainerCreating":
		return joined(text(waiting, "reason"), text(waiting, "message"))
	case ended != nil && ended["exitCode"] != int64(0):
		return endOf(ended)
	case before != nil:
		return "restarted, " + endOf(before)
	}
	return ""
}

// endOf tells how a container ended.
func endOf(terminated map[string]any) string {
	line := fmt.Sprintf("it ended with exit code %v", terminated["exitCode"])
	if reason := text(terminated, "reason"); reason != "" && reason != "Error" {
		line += " (" + reason + ")"
	}
	return strings.TrimSpace(joined(line, strings.TrimSpace(text(terminated, "message"))))
}

// condition is the reason of a pod's condition that is false; empty when it is true or absent.
func condition(pod *unstructured.Unstructured, kind string) string {
	conditions, _, _ := unstructured.NestedSlice(pod.Object, "status", "conditions")
	for _, one := range conditions {
		if c, ok := one.(map[string]any); ok && text(c, "type") == kind && text(c, "status") == "False" {
			return conditionText(c)
		}
	}
	return ""
}
