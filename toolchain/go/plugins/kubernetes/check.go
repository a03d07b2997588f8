package kubernetes

import (
	"context"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"moat.dev/toolchain/plugins/internal/rpc"
)

// Check names what has no name and puts namespaced objects into the configured namespace. What the object holds is
// checked by the API server itself, at preview.
func (p *provider) Check(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	urn := resource.URN(r.Urn)
	news, err := rpc.Decode(r.News)
	if err != nil {
		return nil, err
	}
	if reason := p.unsupportedType(urn, news); reason != "" {
		return nil, p.Unsupported(reason)
	}
	if p.isSettled(news) {
		return &pulumirpc.CheckResponse{Inputs: r.News}, nil
	}
	olds, err := rpc.Decode(r.Olds)
	if err != nil {
		return nil, err
	}
	checked, failure := named(urn.Name(), olds, news, r.RandomSeed, r.Autonaming)
	if failure != nil {
		return &pulumirpc.CheckResponse{Inputs: r.News, Failures: []*pulumirpc.CheckFailure{failure}}, nil
	}
	checked, err = p.placed(urn, olds, checked)
	if err != nil {
		return nil, err
	}
	inputs, err := rpc.Encode(checked)
	return &pulumirpc.CheckResponse{Inputs: inputs}, err
}

// isSettled: the program has said everything. Definitions are megabytes, so they are not taken apart for nothing.
func (p *provider) isSettled(news resource.PropertyMap) bool {
	metadata, ok := metadataOf(news)
	return ok && metadata.HasValue("name") && !metadata.HasValue("generateName") &&
		(metadata.HasValue("namespace") || p.settings.namespace == "")
}

// unsupportedType says what this plugin does not do, in words for the user; empty for what it does.
func (p *provider) unsupportedType(urn resource.URN, inputs resource.PropertyMap) string {
	token := string(urn.Type())
	switch {
	case strings.HasPrefix(token, "kubernetes:helm.sh/"), strings.HasPrefix(token, "kubernetes:kustomize"),
		strings.HasPrefix(token, "kubernetes:yaml"):
		return token
	case isPatch(urn, inputs):
		return "patch resources (" + token + ")"
	case strings.HasSuffix(token, "List") && inputs.HasValue("items"):
		return "list resources (" + token + ") – create the objects one by one –"
	}
	return ""
}

// isPatch: the type of a patch resource is the kind it patches with Patch behind.
func isPatch(urn resource.URN, inputs resource.PropertyMap) bool {
	kind := rpc.Reveal(inputs["kind"])
	return kind.IsString() && strings.HasSuffix(string(urn.Type()), ":"+kind.StringValue()+"Patch")
}

// placed sets the namespace for an object that names none, when one is configured.
func (p *provider) placed(urn resource.URN, olds, news resource.PropertyMap) (resource.PropertyMap, error) {
	metadata, ok := metadataOf(news)
	if !ok || metadata.HasValue("namespace") || p.settings.namespace == "" {
		return news, nil
	}
	gvk, err := kindOf(urn.Type())
	if err != nil {
		return nil, err
	}
	namespaced := true // a kind whose definition is not there yet, as the official plugin assumes
	if cluster, err := p.connect(); err == nil {
		if known, err := cluster.scope(gvk); err == nil {
			namespaced = known
		} else if old, ok := metadataOf(olds); ok {
			namespaced = old.HasValue("namespace")
		}
	}
	if !namespaced {
		return news, nil
	}
	return withMetadata(news, "namespace", resource.NewProperty(p.settings.namespace)), nil
}

// An object that the plugin named carries this annotation, so that a later run, or the official plugin, knows.
const autonamed = "pulumi.com/autonamed"

// suffixLength is the length of the random part of a name, as in the official plugin.
const suffixLength = 8

// named gives a name to an object that has none: the old one when the plugin chose it, else a new one.
func named(
	resourceName string, olds, news resource.PropertyMap, seed []byte, auto *pulumirpc.CheckRequest_AutonamingOptions,
) (resource.PropertyMap, *pulumirpc.CheckFailure) {
	if v, ok := news["metadata"]; ok && !rpc.Reveal(v).IsObject() {
		return news, nil // not known yet, or wrong in a way that the server explains
	}
	metadata, _ := metadataOf(news)
	if metadata.HasValue("generateName") {
		return nil, &pulumirpc.CheckFailure{
			Property: "metadata.generateName",
			Reason:   "is not possible with server-side apply; leave the name out and it is made from the resource's name",
		}
	}
	if metadata.HasValue("name") {
		return news, nil
	}
	name, err := chosenName(resourceName, olds, seed, auto)
	if err != nil {
		return nil, &pulumirpc.CheckFailure{Property: "metadata.name", Reason: err.Error()}
	}
	news = withMetadata(news, "name", resource.NewProperty(name))
	annotations := resource.PropertyMap{}
	if v := rpc.Reveal(metadata["annotations"]); v.IsObject() {
		annotations = v.ObjectValue().Copy()
	}
	annotations[autonamed] = resource.NewProperty("true")
	return withMetadata(news, "annotations", resource.NewProperty(annotations)), nil
}

func chosenName(
	resourceName string, olds resource.PropertyMap, seed []byte, auto *pulumirpc.CheckRequest_AutonamingOptions,
) (string, error) {
	if old, ok := metadataOf(olds); ok && isAutonamed(olds) {
		if name := rpc.Reveal(old["name"]); name.IsString() {
			return name.StringValue(), nil
		}
	}
	if auto != nil && auto.Mode == pulumirpc.CheckRequest_AutonamingOptions_DISABLE {
		return "", fmt.Errorf("is required: automatic naming is switched off in pulumi:autonaming")
	}
	if auto != nil && auto.ProposedName != "" {
		return auto.ProposedName, nil
	}
	return resource.NewUniqueName(seed, resourceName+"-", suffixLength, 0, nil)
}

func isAutonamed(inputs resource.PropertyMap) bool {
	metadata, _ := metadataOf(inputs)
	annotations := rpc.Reveal(metadata["annotations"])
	return annotations.IsObject() && rpc.Reveal(annotations.ObjectValue()[autonamed]).IsString()
}

func metadataOf(inputs resource.PropertyMap) (resource.PropertyMap, bool) {
	v := rpc.Reveal(inputs["metadata"])
	if !v.IsObject() {
		return nil, false
	}
	return v.ObjectValue(), true
}

func withMetadata(inputs resource.PropertyMap, key resource.PropertyKey, v resource.PropertyValue) resource.PropertyMap {
	metadata, _ := metadataOf(inputs)
	changed := resource.PropertyMap{}
	for k, old := range metadata {
		changed[k] = old
	}
	changed[key] = v
	out := inputs.Copy()
	out["metadata"] = resource.NewProperty(changed)
	return out
}
