package kubernetes

import (
	"regexp"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

func inputsOf(metadata map[string]any) resource.PropertyMap {
	return resource.NewPropertyMapFromMap(map[string]any{"kind": "ConfigMap", "metadata": metadata})
}

func nameOf(t *testing.T, inputs resource.PropertyMap) string {
	t.Helper()
	metadata, _ := metadataOf(inputs)
	return metadata["name"].StringValue()
}

func TestNamed(t *testing.T) {
	fixed, failure := named("web", nil, inputsOf(map[string]any{"name": "mine"}), nil, nil)
	if failure != nil || nameOf(t, fixed) != "mine" || isAutonamed(fixed) {
		t.Errorf("a given name stays: %v %v", fixed, failure)
	}
	first, _ := named("web", nil, inputsOf(map[string]any{"labels": map[string]any{"a": "b"}}), []byte("seed"), nil)
	if !regexp.MustCompile(`^web-[0-9a-f]{8}$`).MatchString(nameOf(t, first)) || !isAutonamed(first) {
		t.Errorf("a name is made from the resource's: %v", first)
	}
	again, _ := named("web", first, inputsOf(nil), nil, nil)
	if nameOf(t, again) != nameOf(t, first) {
		t.Errorf("a made name stays: %v", again)
	}
	afterFixed, _ := named("web", fixed, inputsOf(nil), nil, nil)
	if nameOf(t, afterFixed) == "mine" {
		t.Error("a name that was given and is no longer must go")
	}
	if _, failure := named("web", nil, inputsOf(map[string]any{"generateName": "x"}), nil, nil); failure == nil {
		t.Error("generateName must be refused")
	}
	off := &pulumirpc.CheckRequest_AutonamingOptions{Mode: pulumirpc.CheckRequest_AutonamingOptions_DISABLE}
	if _, failure := named("web", nil, inputsOf(nil), nil, off); failure == nil {
		t.Error("a name is required when automatic naming is off")
	}
	proposal := &pulumirpc.CheckRequest_AutonamingOptions{ProposedName: "proposed"}
	if proposed, _ := named("web", nil, inputsOf(nil), nil, proposal); nameOf(t, proposed) != "proposed" {
		t.Errorf("the engine's name is taken: %v", proposed)
	}
}
