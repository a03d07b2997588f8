package kubernetes

import (
	"encoding/base64"
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"moat.dev/toolchain/plugins/internal/rpc"
)

// driftOf replaces in the inputs what the live object has otherwise. applied is the object as it would be after the
// inputs were applied: where it equals the live one there is no drift, whatever the inputs' spelling.
func driftOf(inputs resource.PropertyMap, applied, live *unstructured.Unstructured) resource.PropertyMap {
	out := driftOfMap(withoutStringData(inputs), applied.Object, live.Object)
	if live.GetKind() == "Secret" && live.GroupVersionKind().Group == "" {
		if drifted, ok := stringDataDrift(inputs, live); ok {
			out["stringData"] = drifted
		}
	}
	return out
}

func driftOfMap(inputs resource.PropertyMap, applied, live map[string]any) resource.PropertyMap {
	out := resource.PropertyMap{}
	for key, in := range inputs {
		name := apiKey(key)
		have, there := live[name]
		switch {
		case reflect.DeepEqual(applied[name], have):
			out[key] = in
		case there:
			out[key] = driftOfValue(in, applied[name], have)
		}
	}
	return out
}

func driftOfValue(in resource.PropertyValue, applied, live any) resource.PropertyValue {
	if reflect.DeepEqual(applied, live) {
		return in
	}
	if in.IsSecret() {
		return resource.MakeSecret(driftOfValue(in.SecretValue().Element, applied, live))
	}
	switch have := live.(type) {
	case map[string]any:
		if expected, ok := applied.(map[string]any); ok && in.IsObject() {
			return resource.NewProperty(driftOfMap(in.ObjectValue(), expected, have))
		}
	case []any:
		if expected, ok := applied.([]any); ok && in.IsArray() {
			return driftOfList(in.ArrayValue(), expected, have)
		}
	}
	return resource.NewPropertyValue(live)
}

// driftOfList compares element by element when nothing was added or taken away, else by name.
func driftOfList(in []resource.PropertyValue, applied, live []any) resource.PropertyValue {
	out := make([]resource.PropertyValue, len(live))
	for i, have := range live {
		at := i
		if len(in) != len(live) || len(applied) != len(live) {
			at = indexOfName(in, have)
		}
		expected := indexOfSameName(applied, have, at)
		if at < 0 || expected < 0 || at >= len(in) {
			out[i] = resource.NewPropertyValue(have)
			continue
		}
		out[i] = driftOfValue(in[at], applied[expected], have)
	}
	return resource.NewProperty(out)
}

func indexOfName(in []resource.PropertyValue, live any) int {
	m, ok := live.(map[string]any)
	if !ok || text(m, "name") == "" {
		return -1
	}
	for i, v := range in {
		v = rpc.Reveal(v)
		if v.IsObject() && rpc.Reveal(v.ObjectValue()["name"]).DeepEquals(resource.NewProperty(text(m, "name"))) {
			return i
		}
	}
	return -1
}

// indexOfSameName finds the element with the name of the live one, else the one at the same place.
func indexOfSameName(applied []any, live any, at int) int {
	if m, ok := live.(map[string]any); ok && text(m, "name") != "" {
		for i, one := range applied {
			if other, ok := one.(map[string]any); ok && text(other, "name") == text(m, "name") {
				return i
			}
		}
		return -1
	}
	if at < len(applied) {
		return at
	}
	return -1
}

func withoutStringData(inputs resource.PropertyMap) resource.PropertyMap {
	out := inputs.Copy()
	if kind := rpc.Reveal(inputs["kind"]); kind.IsString() && kind.StringValue() == "Secret" {
		delete(out, "stringData")
	}
	return out
}

// stringDataDrift compares stringData, which the server never shows, with the data it became.
func stringDataDrift(inputs resource.PropertyMap, live *unstructured.Unstructured) (resource.PropertyValue, bool) {
	plain := rpc.RevealAll(inputs["stringData"])
	if !plain.IsObject() {
		return plain, false
	}
	data, _, _ := unstructured.NestedStringMap(live.Object, "data")
	out := resource.PropertyMap{}
	for key := range plain.ObjectValue() {
		if value, err := base64.StdEncoding.DecodeString(data[string(key)]); err == nil && data[string(key)] != "" {
			out[key] = resource.NewProperty(string(value))
		} else if _, there := data[string(key)]; there {
			out[key] = resource.NewProperty("")
		}
	}
	return resource.MakeSecret(resource.NewProperty(out)), true
}
