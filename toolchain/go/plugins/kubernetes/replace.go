package kubernetes

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// rule names fields that the API server does not let change.
type rule struct {
	// under is the path whose change asks for a new object.
	under string
	// except are paths under it that may change.
	except []string
	// keepsOnRemoval: leaving the field out keeps its value, so only another value asks for a new object.
	keepsOnRemoval bool
}

// everywhere: these make an object what it is.
var everywhere = []rule{{under: "apiVersion"}, {under: "kind"}, {under: "metadata.name"}, {under: "metadata.namespace"}}

// immutable is what the validation of each kind says, by group and kind.
var immutable = map[string][]rule{
	"apps/Deployment": {{under: "spec.selector"}},
	"apps/DaemonSet":  {{under: "spec.selector"}},
	"apps/ReplicaSet": {{under: "spec.selector"}},
	"apps/StatefulSet": {{under: "spec", except: []string{
		"spec.replicas", "spec.template", "spec.updateStrategy", "spec.minReadySeconds", "spec.ordinals",
		"spec.revisionHistoryLimit", "spec.persistentVolumeClaimRetentionPolicy",
	}}},
	"batch/Job": {
		{under: "spec.selector"}, {under: "spec.template"}, {under: "spec.completions"}, {under: "spec.completionMode"},
		{under: "spec.podFailurePolicy"}, {under: "spec.backoffLimitPerIndex"}, {under: "spec.managedBy"},
	},
	"/Service": {{under: "spec.clusterIP", keepsOnRemoval: true}, {under: "spec.clusterIPs", keepsOnRemoval: true}},
	"/Secret":  {{under: "type"}},
	"/PersistentVolumeClaim": {{under: "spec", except: []string{
		"spec.resources", "spec.volumeAttributesClassName",
	}, keepsOnRemoval: true}},
	"/PersistentVolume": {{under: "spec", except: []string{
		"spec.capacity", "spec.accessModes", "spec.persistentVolumeReclaimPolicy", "spec.mountOptions",
		"spec.storageClassName", "spec.claimRef", "spec.volumeAttributesClassName",
	}}},
	"/Pod": {{under: "spec", except: []string{
		"spec.containers[*].image", "spec.initContainers[*].image", "spec.activeDeadlineSeconds", "spec.tolerations",
	}}},
	"/ResourceQuota":                               {{under: "spec.scopes"}, {under: "spec.scopeSelector"}},
	"rbac.authorization.k8s.io/RoleBinding":        {{under: "roleRef"}},
	"rbac.authorization.k8s.io/ClusterRoleBinding": {{under: "roleRef"}},
	"storage.k8s.io/StorageClass": {
		{under: "provisioner"}, {under: "parameters"}, {under: "reclaimPolicy"}, {under: "volumeBindingMode"},
	},
	"storage.k8s.io/CSIDriver":                      {{under: "spec.attachRequired"}, {under: "spec.fsGroupPolicy"}},
	"scheduling.k8s.io/PriorityClass":               {{under: "value"}, {under: "preemptionPolicy"}},
	"networking.k8s.io/IngressClass":                {{under: "spec.controller"}},
	"node.k8s.io/RuntimeClass":                      {{under: "handler"}},
	"apiextensions.k8s.io/CustomResourceDefinition": {{under: "spec.group"}, {under: "spec.scope"}, {under: "spec.names.kind"}},
}

// rulesFor are the rules for one object. By default changed data of a config map or secret makes a new object, as in the
// official plugin, so that pods roll to the new name; the provider's arguments change that.
func (s settings) rulesFor(gvk schema.GroupVersionKind, oldInputs resource.PropertyMap) []rule {
	rules := append([]rule{}, everywhere...)
	rules = append(rules, immutable[gvk.Group+"/"+gvk.Kind]...)
	frozen := oldInputs["immutable"].IsBool() && oldInputs["immutable"].BoolValue()
	switch {
	case gvk.Group != "":
	case gvk.Kind == "Secret" && (frozen || !s.secretMutable):
		rules = append(rules, rule{under: "data"}, rule{under: "stringData"})
	case gvk.Kind == "ConfigMap" && (frozen || !s.configMapMutable):
		rules = append(rules, rule{under: "data"}, rule{under: "binaryData"})
	}
	if frozen && gvk.Group == "" {
		rules = append(rules, rule{under: "immutable"})
	}
	return rules
}

// replaces says whether a change at the path asks for a new object.
func replaces(rules []rule, path resource.PropertyPath, removed bool) bool {
	for _, r := range rules {
		if r.keepsOnRemoval && removed {
			continue
		}
		if touches(segments(r.under), path) && !excepted(r, path) {
			return true
		}
	}
	return false
}

func excepted(r rule, path resource.PropertyPath) bool {
	for _, except := range r.except {
		if s := segments(except); len(path) >= len(s) && touches(s, path) {
			return true
		}
	}
	return false
}

// touches: one path holds the other.
func touches(pattern []string, path resource.PropertyPath) bool {
	for i := range min(len(pattern), len(path)) {
		if name, ok := path[i].(string); ok && name != pattern[i] {
			return false
		}
		if _, ok := path[i].(int); ok && pattern[i] != "*" {
			return false
		}
	}
	return true
}

func segments(path string) []string { return strings.Split(strings.ReplaceAll(path, "[*]", ".*"), ".") }
