package kubernetes

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Fields that the server or a controller sets and a program would not.
var serverSet = map[string][][]string{
	"": {
		{"status"}, {"metadata", "uid"}, {"metadata", "resourceVersion"}, {"metadata", "generation"},
		{"metadata", "creationTimestamp"}, {"metadata", "managedFields"}, {"metadata", "selfLink"},
		{"metadata", "deletionTimestamp"}, {"metadata", "deletionGracePeriodSeconds"},
		{"metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"},
		{"metadata", "annotations", "deployment.kubernetes.io/revision"},
		{"metadata", "annotations", "deprecated.daemonset.template.generation"},
	},
	"Namespace": {{"spec"}, {"metadata", "labels", "kubernetes.io/metadata.name"}},
	"Service": {
		{"spec", "clusterIP"}, {"spec", "clusterIPs"}, {"spec", "ipFamilies"}, {"spec", "ipFamilyPolicy"},
		{"spec", "internalTrafficPolicy"}, {"spec", "sessionAffinity"},
	},
	"ServiceAccount": {{"secrets"}},
	"PersistentVolumeClaim": {
		{"metadata", "annotations", "pv.kubernetes.io/bind-completed"},
		{"metadata", "annotations", "pv.kubernetes.io/bound-by-controller"},
		{"metadata", "annotations", "volume.kubernetes.io/storage-provisioner"},
		{"metadata", "annotations", "volume.beta.kubernetes.io/storage-provisioner"},
		{"metadata", "finalizers"}, {"spec", "volumeName"},
	},
	"PersistentVolume": {{"metadata", "finalizers"}, {"spec", "claimRef"}},
	"Pod":              {{"spec", "nodeName"}},
	"Job": {
		{"spec", "selector"}, {"spec", "template", "metadata", "labels", "controller-uid"},
		{"spec", "template", "metadata", "labels", "batch.kubernetes.io/controller-uid"},
		{"spec", "template", "metadata", "labels", "job-name"},
		{"spec", "template", "metadata", "labels", "batch.kubernetes.io/job-name"},
	},
}

// imported are the inputs of an object that this plugin did not make: what is live without what the server set.
func imported(live *unstructured.Unstructured) resource.PropertyMap {
	pruned := live.DeepCopy()
	for _, kind := range []string{"", live.GetKind()} {
		for _, path := range serverSet[kind] {
			unstructured.RemoveNestedField(pruned.Object, path...)
		}
	}
	for _, field := range []string{"annotations", "labels"} {
		if left, found, _ := unstructured.NestedMap(pruned.Object, "metadata", field); found && len(left) == 0 {
			unstructured.RemoveNestedField(pruned.Object, "metadata", field)
		}
	}
	inputs := properties(pruned)
	if data, ok := inputs["data"]; ok && live.GetKind() == "Secret" {
		inputs["data"] = resource.MakeSecret(data)
	}
	inputs[importedKey] = resource.NewProperty(true)
	return inputs
}
