package volumes

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"
)

func claim(provisioner string) *corev1.PersistentVolumeClaim {
	class := "local"
	return &corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{Namespace: "a", Name: "data", UID: "1234", Annotations: map[string]string{askedFor: provisioner}},
		Spec:       corev1.PersistentVolumeClaimSpec{StorageClassName: &class},
	}
}

func TestWants(t *testing.T) {
	p := provisioner{name: "own"}
	if !p.wants(claim("own")) {
		t.Error("its own claim is passed over")
	}
	bound := claim("own")
	bound.Spec.VolumeName = "v"
	if p.wants(claim("other")) || p.wants(bound) {
		t.Error("another's claim, or a bound one, is taken")
	}
}

func TestProvisionAndRelease(t *testing.T) {
	ctx, client := context.Background(), fake.NewClientset()
	p := provisioner{name: "own", node: "n", dir: t.TempDir()}
	for range 2 { // the second time nothing is new
		if err := p.provision(ctx, client, claim("own")); err != nil {
			t.Fatal(err)
		}
	}
	v, err := client.CoreV1().PersistentVolumes().Get(ctx, "pvc-1234", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(v.Spec.Local.Path); err != nil {
		t.Error(err)
	}
	if p.releases(v) {
		t.Error("a claimed volume is released")
	}
	v.Status.Phase = corev1.VolumeReleased
	if !p.releases(v) {
		t.Error("a released volume stays")
	}
	if err := p.release(ctx, client, v); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(v.Spec.Local.Path); !os.IsNotExist(err) {
		t.Error("its folder stays")
	}
}

func TestNeverRemovesOtherFolders(t *testing.T) {
	p := provisioner{name: "own", node: "n", dir: "/volumes"}
	v := p.volume(claim("own"))
	v.Status.Phase = corev1.VolumeReleased
	for _, path := range []string{"/etc", "/volumes", "/volumes/../etc", filepath.Join("/volumes-other", "x")} {
		v.Spec.Local.Path = path
		if p.releases(v) {
			t.Errorf("would remove %s", path)
		}
	}
}
