package kubernetes

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	kobject "sigs.k8s.io/cli-utils/pkg/object"
)

// Kinds that are in no namespace. Anything else is asked for, so the list is only what saves a preview the question.
var clusterScoped = map[string]bool{
	"Namespace":                                                     true,
	"PersistentVolume":                                              true,
	"ClusterRole.rbac.authorization.k8s.io":                         true,
	"ClusterRoleBinding.rbac.authorization.k8s.io":                  true,
	"CustomResourceDefinition.apiextensions.k8s.io":                 true,
	"IngressClass.networking.k8s.io":                                true,
	"MutatingWebhookConfiguration.admissionregistration.k8s.io":     true,
	"PriorityClass.scheduling.k8s.io":                               true,
	"StorageClass.storage.k8s.io":                                   true,
	"ValidatingAdmissionPolicy.admissionregistration.k8s.io":        true,
	"ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io": true,
	"ValidatingWebhookConfiguration.admissionregistration.k8s.io":   true,
}

// placeAll puts objects that name no namespace into the default one. A kind that the members themselves define is known before
// the cluster knows it.
func (p *provider) placeAll(members []member) error {
	var definitions []*unstructured.Unstructured
	for _, m := range members {
		if kobject.IsCRD(m.plain) {
			definitions = append(definitions, m.plain)
		}
	}
	for i, m := range members {
		if m.plain.GetNamespace() != "" || clusterScoped[m.plain.GroupVersionKind().GroupKind().String()] {
			continue
		}
		cluster, err := p.connect()
		if err != nil {
			return err
		}
		scope, err := kobject.LookupResourceScope(m.plain, definitions, cluster.mapper)
		if err != nil {
			return fmt.Errorf("%s: whether the kind of %s lives in a namespace is not known, so give it a metadata.namespace: %w",
				m.where, resourceName("", m), cluster.explain(err))
		}
		if scope.Name() == meta.RESTScopeNameNamespace {
			members[i].inputs = withMetadata(m.inputs, "namespace", resource.NewProperty(cluster.namespace))
			m.plain.SetNamespace(cluster.namespace)
		}
	}
	return nil
}
