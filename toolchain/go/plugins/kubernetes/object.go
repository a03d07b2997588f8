package kubernetes

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/json"

	"moat.dev/toolchain/plugins/internal/rpc"
)

// Keys that the plugin keeps in the state beside the object; the official plugin uses the same.
const (
	inputsKey       = "__inputs"
	apiVersionKey   = "__initialApiVersion"
	fieldManagerKey = "__fieldManager"
	// importedKey marks inputs that were read from an object which this plugin did not make.
	importedKey = "__imported"
)

// object turns inputs into what the API server takes. known is false when a value is not known yet.
func object(inputs resource.PropertyMap) (u *unstructured.Unstructured, known bool, err error) {
	known = !inputs.ContainsUnknowns()
	plain := plainMap(inputs)
	b, err := json.Marshal(plain)
	if err != nil {
		return nil, known, err
	}
	u = &unstructured.Unstructured{}
	if err := json.Unmarshal(b, &u.Object); err != nil {
		return nil, known, err
	}
	if u.GetKind() == "Secret" && u.GroupVersionKind().Group == "" {
		foldStringData(u)
	}
	return u, known, nil
}

// plainMap drops secrecy, what is unknown and what only the plugin knows of.
func plainMap(m resource.PropertyMap) map[string]any {
	plain := map[string]any{}
	for key, value := range m {
		value = rpc.Reveal(value)
		if strings.HasPrefix(string(key), "__") || value.IsComputed() || value.IsOutput() {
			continue
		}
		plain[apiKey(key)] = plainValue(value)
	}
	return plain
}

func plainValue(v resource.PropertyValue) any {
	v = rpc.Reveal(v)
	switch {
	case v.IsObject():
		return plainMap(v.ObjectValue())
	case v.IsArray():
		all := []any{}
		for _, element := range v.ArrayValue() {
			all = append(all, plainValue(element))
		}
		return all
	case v.IsComputed() || v.IsOutput():
		return nil
	default:
		return v.Mappable()
	}
}

// Extensions of the schemas in definitions. The SDK's types have them with underscores, as names in most languages have no
// dashes; the API server has them with dashes.
var extensions = []string{
	"x-kubernetes-embedded-resource", "x-kubernetes-int-or-string", "x-kubernetes-list-map-keys", "x-kubernetes-list-type",
	"x-kubernetes-map-type", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-validations",
}

// apiKey is the name of a field for the API server.
func apiKey(key resource.PropertyKey) string {
	if dashed := strings.ReplaceAll(string(key), "_", "-"); slices.Contains(extensions, dashed) {
		return dashed
	}
	return string(key)
}

// properties are an object's fields by the SDK's names.
func properties(u *unstructured.Unstructured) resource.PropertyMap {
	return resource.NewPropertyMapFromMapRepl(u.Object, func(key string) (resource.PropertyKey, bool) {
		return resource.PropertyKey(strings.ReplaceAll(key, "-", "_")), slices.Contains(extensions, key)
	}, nil)
}

// foldStringData moves stringData into data, as the server does. Under server-side apply a key that leaves stringData
// would otherwise stay in data for ever.
func foldStringData(u *unstructured.Unstructured) {
	plain, found, err := unstructured.NestedStringMap(u.Object, "stringData")
	if !found || err != nil {
		return // the server says what is wrong
	}
	data, _, err := unstructured.NestedMap(u.Object, "data")
	if err != nil {
		return
	}
	if data == nil {
		data = map[string]any{}
	}
	for key, value := range plain {
		data[key] = base64.StdEncoding.EncodeToString([]byte(value))
	}
	u.Object["data"] = data
	delete(u.Object, "stringData")
}

// outputs are what a program may read and what the next run needs: the live object without bookkeeping, secret wherever
// the inputs are.
func outputs(live *unstructured.Unstructured, inputs resource.PropertyMap, manager string) resource.PropertyMap {
	shown := live.DeepCopy()
	shown.SetManagedFields(nil)
	out := properties(shown)
	keepSecrets(out, inputs)
	if live.GetKind() == "Secret" && live.GroupVersionKind().Group == "" {
		for _, key := range []resource.PropertyKey{"data", "stringData"} {
			if v, ok := out[key]; ok && !v.IsSecret() {
				out[key] = resource.MakeSecret(v)
			}
		}
	}
	out[inputsKey] = resource.NewProperty(inputs)
	out[apiVersionKey] = resource.NewProperty(live.GetAPIVersion())
	out[fieldManagerKey] = resource.NewProperty(manager)
	return out
}

// keepSecrets makes secret in outputs what is secret in inputs, path by path.
func keepSecrets(out, inputs resource.PropertyMap) {
	for key, in := range inputs {
		if v, ok := out[key]; ok {
			out[key] = keepSecret(v, in)
		}
	}
}

func keepSecret(out, in resource.PropertyValue) resource.PropertyValue {
	switch {
	case in.IsSecret() || in.IsOutput() && in.OutputValue().Secret:
		return resource.MakeSecret(rpc.RevealAll(out))
	case in.IsObject() && out.IsObject():
		keepSecrets(out.ObjectValue(), in.ObjectValue())
	case in.IsArray() && out.IsArray():
		for i, element := range in.ArrayValue() {
			if i < len(out.ArrayValue()) {
				out.ArrayValue()[i] = keepSecret(out.ArrayValue()[i], element)
			}
		}
	}
	return out
}

// kindOf reads the kind from a type token: kubernetes:apps/v1:Deployment.
func kindOf(token tokens.Type) (schema.GroupVersionKind, error) {
	parts := strings.Split(string(token), ":")
	if len(parts) != 3 {
		return schema.GroupVersionKind{}, fmt.Errorf("%s is not the type of a Kubernetes object", token)
	}
	apiVersion := strings.TrimPrefix(parts[1], "core/")
	group, version := "", apiVersion
	if i := strings.LastIndex(apiVersion, "/"); i >= 0 {
		group, version = apiVersion[:i], apiVersion[i+1:]
	}
	return schema.GroupVersionKind{Group: group, Version: version, Kind: parts[2]}, nil
}

// splitID reads "namespace/name" or "name".
func splitID(id string) (namespace, name string) {
	if before, after, found := strings.Cut(id, "/"); found {
		return before, after
	}
	return "", id
}

func idOf(u *unstructured.Unstructured) string {
	if namespace := u.GetNamespace(); namespace != "" {
		return namespace + "/" + u.GetName()
	}
	return u.GetName()
}

// display is how an object is called in messages.
func display(u *unstructured.Unstructured) string { return u.GetKind() + " " + idOf(u) }
