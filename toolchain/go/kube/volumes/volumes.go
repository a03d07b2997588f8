// Package volumes provisions persistent volumes on the one node of the embedded cluster: a folder for each claim, as
// a volume of type "local", which unlike hostPath honours fsGroup as disks of a cloud do. Sizes are not enforced.
package volumes

import (
	"context"
	"flag"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

const (
	// askedFor is set on a claim by the controller-manager: who shall provision it.
	askedFor = "volume.kubernetes.io/storage-provisioner"
	// madeBy is set on a volume: who provisioned it.
	madeBy = "pv.kubernetes.io/provisioned-by"
)

type provisioner struct{ name, node, dir string }

// wants says whether a claim waits for this provisioner.
func (p provisioner) wants(c *corev1.PersistentVolumeClaim) bool {
	return c.Annotations[askedFor] == p.name && c.Spec.VolumeName == "" && c.DeletionTimestamp == nil && c.Spec.StorageClassName != nil
}

// releases says whether a volume is one of ours that nobody claims any more.
func (p provisioner) releases(v *corev1.PersistentVolume) bool {
	return v.Annotations[madeBy] == p.name && v.Status.Phase == corev1.VolumeReleased && v.DeletionTimestamp == nil &&
		v.Spec.PersistentVolumeReclaimPolicy == corev1.PersistentVolumeReclaimDelete &&
		v.Spec.Local != nil && strings.HasPrefix(filepath.Clean(v.Spec.Local.Path), p.dir+"/")
}

// volume is the volume for a claim.
func (p provisioner) volume(c *corev1.PersistentVolumeClaim) *corev1.PersistentVolume {
	name := "pvc-" + string(c.UID)
	return &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: map[string]string{madeBy: p.name}},
		Spec: corev1.PersistentVolumeSpec{
			Capacity:                      c.Spec.Resources.Requests,
			AccessModes:                   c.Spec.AccessModes,
			StorageClassName:              *c.Spec.StorageClassName,
			PersistentVolumeReclaimPolicy: corev1.PersistentVolumeReclaimDelete,
			ClaimRef: &corev1.ObjectReference{
				APIVersion: "v1", Kind: "PersistentVolumeClaim", Namespace: c.Namespace, Name: c.Name, UID: c.UID, ResourceVersion: c.ResourceVersion,
			},
			PersistentVolumeSource: corev1.PersistentVolumeSource{Local: &corev1.LocalVolumeSource{Path: filepath.Join(p.dir, name)}},
			NodeAffinity: &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{
				MatchExpressions: []corev1.NodeSelectorRequirement{{Key: corev1.LabelHostname, Operator: corev1.NodeSelectorOpIn, Values: []string{p.node}}},
			}}}},
		},
	}
}

func (p provisioner) provision(ctx context.Context, client kubernetes.Interface, c *corev1.PersistentVolumeClaim) error {
	v := p.volume(c)
	if err := os.MkdirAll(v.Spec.Local.Path, 0o755); err != nil {
		return err
	}
	_, err := client.CoreV1().PersistentVolumes().Create(ctx, v, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		return nil
	}
	return err
}

func (p provisioner) release(ctx context.Context, client kubernetes.Interface, v *corev1.PersistentVolume) error {
	if err := os.RemoveAll(v.Spec.Local.Path); err != nil {
		return err
	}
	err := client.CoreV1().PersistentVolumes().Delete(ctx, v.Name, metav1.DeleteOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

// Main runs until it is ended.
func Main() {
	kubeconfig := flag.String("kubeconfig", "", "how to reach the API server")
	name := flag.String("provisioner", "", "name of the provisioner in the storage class")
	node := flag.String("node", "", "the node that has the folder")
	dir := flag.String("dir", "", "folder of all volumes, absolute")
	flag.Parse()
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		log.Fatal("volumes: ", err)
	}
	p := provisioner{name: *name, node: *node, dir: filepath.Clean(*dir)}
	client := kubernetes.NewForConfigOrDie(config)
	factory := informers.NewSharedInformerFactory(client, time.Minute)
	claims, vols := factory.Core().V1().PersistentVolumeClaims(), factory.Core().V1().PersistentVolumes()
	dirty := make(chan struct{}, 1)
	kick := func() {
		select {
		case dirty <- struct{}{}:
		default:
		}
	}
	for _, informer := range []cache.SharedIndexInformer{claims.Informer(), vols.Informer()} {
		if _, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
			AddFunc: func(any) { kick() }, UpdateFunc: func(_, _ any) { kick() }, DeleteFunc: func(any) { kick() },
		}); err != nil {
			log.Fatal("volumes: ", err)
		}
	}
	factory.Start(nil)
	factory.WaitForCacheSync(nil)
	ctx := context.Background()
	kick()
	for range dirty {
		// What fails is tried again at the next event, at the latest at the resync in a minute.
		pending, _ := claims.Lister().List(labels.Everything())
		for _, c := range pending {
			if p.wants(c) {
				report("provision", c.Namespace+"/"+c.Name, p.provision(ctx, client, c))
			}
		}
		made, _ := vols.Lister().List(labels.Everything())
		for _, v := range made {
			if p.releases(v) {
				report("release", v.Name, p.release(ctx, client, v))
			}
		}
	}
}

func report(what, name string, err error) {
	if err != nil {
		log.Printf("volumes: %s %s: %v", what, name, err)
	}
}
