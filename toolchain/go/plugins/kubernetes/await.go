package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
)

// Asking starts often, since most objects are ready soon, and slows down. Pods are looked at from reportAfter on.
const (
	firstInterval = 50 * time.Millisecond
	lastInterval  = time.Second
	reportAfter   = 2 * time.Second
)

// timeoutOf is the time for an operation in seconds: customTimeouts, else the object's annotation, else zero.
func timeoutOf(custom float64, u *unstructured.Unstructured) float64 {
	if custom > 0 {
		return custom
	}
	seconds, err := strconv.ParseFloat(u.GetAnnotations()[annotationTimeout], 64)
	if err != nil {
		return 0
	}
	return seconds
}

// awaitReady waits until the object does what it is for. The object it returns is never nil. The error says why it is
// not ready, in words for the user.
func (p *provider) awaitReady(
	ctx context.Context, urn resource.URN, client dynamic.ResourceInterface, live *unstructured.Unstructured,
) (*unstructured.Unstructured, error) {
	started, interval, shown := time.Now(), firstInterval, ""
	for {
		state := readinessOf(live)
		if !state.ready && waitsForConsumer(live) && p.bindsLate(ctx, live) {
			state.ready = true
		}
		switch {
		case state.ready:
			if shown != "" {
				p.engine.Status(ctx, urn, "")
			}
			return live, nil
		case state.failed:
			return live, notReady(live, started, withPods(state.message, p.troubles(ctx, live)))
		case time.Since(started) > reportAfter:
			if line := withPods(state.message, p.troubles(ctx, live)); line != shown {
				p.engine.Status(ctx, urn, line)
				shown = line
			}
		}
		if err := sleep(ctx, interval); err != nil {
			// The reasons matter most now, so they are asked for once more outside the time that is over.
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastInterval*5)
			defer cancel()
			return live, notReady(live, started, withPods(state.message, p.troubles(last, live)))
		}
		interval = min(interval*3/2, lastInterval)
		now, err := client.Get(ctx, live.GetName(), metav1.GetOptions{})
		switch {
		case err == nil:
			live = now
		case apierrors.IsNotFound(err):
			return live, fmt.Errorf("%s was deleted by something else while it was waited for", display(live))
		}
		// Any other error: the server may be busy; the next question or the timeout decides.
	}
}

func notReady(u *unstructured.Unstructured, since time.Time, why string) error {
	return fmt.Errorf("%s is not ready after %s: %s", display(u), time.Since(since).Round(time.Second), why)
}

func withPods(message string, troubles []string) string {
	if len(troubles) == 0 {
		return message
	}
	return message + "; " + strings.Join(troubles, "; ")
}

// waitsForConsumer: a claim without a volume may be waiting for its first pod on purpose.
func waitsForConsumer(u *unstructured.Unstructured) bool {
	return u.GetKind() == "PersistentVolumeClaim" && u.GroupVersionKind().Group == ""
}

// bindsLate says whether the storage class of a claim binds only when a pod needs the volume.
func (p *provider) bindsLate(ctx context.Context, claim *unstructured.Unstructured) bool {
	name, _, _ := unstructured.NestedString(claim.Object, "spec", "storageClassName")
	cluster, err := p.connect()
	if err != nil || name == "" {
		return false
	}
	class := &unstructured.Unstructured{}
	class.SetAPIVersion("storage.k8s.io/v1")
	class.SetKind("StorageClass")
	client, err := cluster.client(class)
	if err != nil {
		return false
	}
	found, err := client.Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return false
	}
	mode, _, _ := unstructured.NestedString(found.Object, "volumeBindingMode")
	return mode == "WaitForFirstConsumer"
}

// awaitGone waits until an object that is being deleted is not there any more, or has been made anew by another hand.
func (p *provider) awaitGone(
	ctx context.Context, urn resource.URN, client dynamic.ResourceInterface, u *unstructured.Unstructured,
) error {
	started, interval := time.Now(), firstInterval
	for {
		now, err := client.Get(ctx, u.GetName(), metav1.GetOptions{})
		if apierrors.IsNotFound(err) || err == nil && now.GetUID() != u.GetUID() {
			return nil
		}
		if err == nil {
			u = now
			if time.Since(started) > reportAfter {
				p.engine.Status(ctx, urn, "waiting for deletion"+heldBy(u))
			}
		}
		if stopped := sleep(ctx, interval); stopped != nil {
			if errors.Is(stopped, context.DeadlineExceeded) {
				return fmt.Errorf("%s is still there after %s%s", display(u), time.Since(started).Round(time.Second), heldBy(u))
			}
			return stopped
		}
		interval = min(interval*3/2, lastInterval)
	}
}

// heldBy names what keeps an object from going.
func heldBy(u *unstructured.Unstructured) string {
	if finalizers := u.GetFinalizers(); len(finalizers) > 0 {
		return ", held by the finalizers " + strings.Join(finalizers, ", ")
	}
	return ""
}
