package kubernetes

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

func TestReplaces(t *testing.T) {
	frozen := resource.PropertyMap{"immutable": resource.NewProperty(true)}
	for _, c := range []struct {
		kind, path string
		removed    bool
		settings   settings
		old        resource.PropertyMap
		want       bool
	}{
		{kind: "/ConfigMap", path: "metadata.name", want: true},
		{kind: "/ConfigMap", path: "metadata.namespace", want: true},
		{kind: "/ConfigMap", path: "metadata.labels.a"},
		{kind: "/ConfigMap", path: "data.a", want: true},
		{kind: "/ConfigMap", path: `data["a.b"]`, settings: settings{configMapMutable: true}},
		{kind: "/ConfigMap", path: "data.a", settings: settings{configMapMutable: true}, old: frozen, want: true},
		{kind: "/ConfigMap", path: "immutable", settings: settings{configMapMutable: true}, old: frozen, want: true},
		{kind: "/Secret", path: "type", settings: settings{secretMutable: true}, want: true},
		{kind: "/Secret", path: "stringData.a", settings: settings{secretMutable: true}},
		{kind: "/Secret", path: "data", want: true},
		{kind: "/Service", path: "spec.clusterIP", want: true},
		{kind: "/Service", path: "spec.clusterIP", removed: true},
		{kind: "/Service", path: "spec.ports[0].port"},
		{kind: "/PersistentVolumeClaim", path: "spec.storageClassName", want: true},
		{kind: "/PersistentVolumeClaim", path: "spec.resources.requests.storage"},
		{kind: "/Pod", path: "spec.containers[0].image"},
		{kind: "/Pod", path: "spec.containers[0].command", want: true},
		{kind: "/Pod", path: "spec.containers[1]", want: true},
		{kind: "apps/Deployment", path: "spec.selector.matchLabels.app", want: true},
		{kind: "apps/Deployment", path: "spec.template.spec.containers[0].image"},
		{kind: "apps/Deployment", path: "spec", want: true},
		{kind: "apps/StatefulSet", path: "spec.volumeClaimTemplates[0].spec", want: true},
		{kind: "apps/StatefulSet", path: "spec.serviceName", want: true},
		{kind: "apps/StatefulSet", path: "spec.template.metadata.labels.a"},
		{kind: "apps/StatefulSet", path: "spec.replicas"},
		{kind: "batch/Job", path: "spec.template.spec.containers[0].image", want: true},
		{kind: "batch/Job", path: "spec.parallelism"},
		{kind: "rbac.authorization.k8s.io/RoleBinding", path: "roleRef.name", want: true},
		{kind: "rbac.authorization.k8s.io/RoleBinding", path: "subjects[0].name"},
		{kind: "storage.k8s.io/StorageClass", path: "provisioner", want: true},
		{kind: "monitoring.coreos.com/Prometheus", path: "apiVersion", want: true},
		{kind: "monitoring.coreos.com/Prometheus", path: "spec.replicas"},
	} {
		path, err := resource.ParsePropertyPath(c.path)
		if err != nil {
			t.Fatal(err)
		}
		gvk := kindNamed(c.kind)
		if got := replaces(c.settings.rulesFor(gvk, c.old), path, c.removed); got != c.want {
			t.Errorf("%s %s (removed %v, %+v): %v, want %v", c.kind, c.path, c.removed, c.settings, got, c.want)
		}
	}
}

func kindNamed(groupKind string) schema.GroupVersionKind {
	group, kind, _ := strings.Cut(groupKind, "/")
	return schema.GroupVersionKind{Group: group, Version: "v1", Kind: kind}
}
