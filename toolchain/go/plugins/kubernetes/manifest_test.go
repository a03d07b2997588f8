package kubernetes

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"moat.dev/toolchain/plugins/internal/rpc"
)

func membersOf(t *testing.T, inputs resource.PropertyMap) ([]member, bool, error) {
	t.Helper()
	m, known, err := parseManifest("g", inputs)
	if err != nil || !known {
		t.Fatalf("parseManifest: known %v, %v", known, err)
	}
	return m.members()
}

func namesOf(members []member) string {
	var names []string
	for _, m := range members {
		names = append(names, tokenOf(m)+" "+resourceName("g", m))
	}
	return strings.Join(names, "\n")
}

func yamlInput(s string) resource.PropertyMap {
	return resource.PropertyMap{"yaml": resource.NewProperty(s)}
}

func TestMembers(t *testing.T) {
	folder := t.TempDir()
	for name, content := range map[string]string{
		"1.yaml": "# a comment\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\n",
		"2.json": `{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "b", "namespace": "n"}}`,
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	inputs := yamlInput("apiVersion: v1\nkind: List\nitems: [{apiVersion: x.dev/v1, kind: X, metadata: {name: c}}]")
	inputs["files"] = resource.NewProperty([]resource.PropertyValue{resource.NewProperty(filepath.Join(folder, "*"))})
	inputs["objs"] = resource.NewProperty([]resource.PropertyValue{resource.NewProperty(resource.NewPropertyMapFromMap(map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "d"},
	}))})
	members, incomplete, err := membersOf(t, inputs)
	want := "kubernetes:core/v1:Namespace g:a\nkubernetes:apps/v1:Deployment g:n/b\nkubernetes:x.dev/v1:X g:c\nkubernetes:core/v1:ConfigMap g:d"
	if got := namesOf(members); err != nil || incomplete || got != want {
		t.Errorf("members = %s, %v, %v; want %s", got, incomplete, err, want)
	}
}

func TestMembersThatAreWrong(t *testing.T) {
	for yaml, want := range map[string]string{
		"kind: [":                          "yaml: document 1 is no Kubernetes object",
		"- a":                              "yaml: document 1 is no Kubernetes object",
		"a: 1":                             "no kind or no apiVersion",
		"{kind: Pod, metadata: {name: a}}": "no kind or no apiVersion",
		"{apiVersion: v1, kind: Pod}":      "kind Pod has no metadata.name",
	} {
		if _, _, err := membersOf(t, yamlInput(yaml)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("members of %q: %v; want %s", yaml, err, want)
		}
	}
	missing := resource.PropertyMap{"file": resource.NewProperty("/none.yaml")}
	if _, _, err := membersOf(t, missing); err == nil || !strings.Contains(err.Error(), "/none.yaml: no such file") {
		t.Errorf("a missing file: %v", err)
	}
}

func TestSecretText(t *testing.T) {
	inputs := resource.PropertyMap{"yaml": resource.MakeSecret(resource.NewProperty(
		"{apiVersion: v1, kind: ConfigMap, metadata: {name: c, annotations: {a: hush}}, data: {x: hush}}"))}
	members, _, err := membersOf(t, inputs)
	if err != nil || len(members) != 1 {
		t.Fatal(members, err)
	}
	metadata, _ := metadataOf(members[0].inputs)
	if !members[0].inputs["data"].IsSecret() || !metadata["annotations"].IsSecret() || metadata["name"].IsSecret() {
		t.Errorf("inputs = %v", members[0].inputs)
	}
}

func TestSecretKind(t *testing.T) {
	members, _, err := membersOf(t, yamlInput("{apiVersion: v1, kind: Secret, metadata: {name: s}, data: {x: eA==}}"))
	if err != nil || !members[0].inputs["data"].IsSecret() {
		t.Errorf("members = %v, %v", members, err)
	}
}

func TestUnknown(t *testing.T) {
	if _, known, err := parseManifest("g", resource.PropertyMap{"yaml": rpc.Unknown()}); known || err != nil {
		t.Errorf("an unknown text: known %v, %v", known, err)
	}
	object := func(name, data resource.PropertyValue) resource.PropertyValue {
		return resource.NewProperty(resource.PropertyMap{
			"apiVersion": resource.NewProperty("v1"), "kind": resource.NewProperty("ConfigMap"),
			"metadata": resource.NewProperty(resource.PropertyMap{"name": name}), "data": data,
		})
	}
	members, incomplete, err := membersOf(t, resource.PropertyMap{"objs": resource.NewProperty([]resource.PropertyValue{
		object(rpc.Unknown(), resource.NewProperty("x")), object(resource.NewProperty("a"), rpc.Unknown()),
	})})
	if err != nil || !incomplete || len(members) != 1 || !members[0].inputs["data"].IsComputed() {
		t.Errorf("members = %v, %v, %v", members, incomplete, err)
	}
}

func TestSkipAwait(t *testing.T) {
	inputs := yamlInput("{apiVersion: v1, kind: ConfigMap, metadata: {name: c, annotations: {a: b}}}")
	inputs["skipAwait"] = resource.NewProperty(true)
	members, _, err := membersOf(t, inputs)
	metadata, _ := metadataOf(members[0].inputs)
	if want := (resource.PropertyMap{"a": resource.NewProperty("b"), annotationSkip: resource.NewProperty("true")}); err != nil ||
		!metadata["annotations"].ObjectValue().DeepEquals(want) {
		t.Errorf("annotations = %v, %v", metadata["annotations"], err)
	}
}
