package kubernetes

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"moat.dev/toolchain/plugins/internal/rpc"
)

// manifest is what a ConfigFile or a ConfigGroup is given.
type manifest struct {
	sources   []source
	objects   []resource.PropertyValue
	prefix    string
	skipAwait bool
}

// member is one object of a manifest.
type member struct {
	// where is for errors: the file, or the argument.
	where  string
	inputs resource.PropertyMap
	// plain is the object without secrecy and without what is not known yet.
	plain *unstructured.Unstructured
}

// parseManifest reads the arguments. known is false when one of them is not known yet; then there is nothing to register.
func parseManifest(name string, inputs resource.PropertyMap) (m manifest, known bool, err error) {
	for _, key := range []resource.PropertyKey{"file", "files", "yaml", "resourcePrefix", "skipAwait"} {
		if inputs[key].ContainsUnknowns() {
			return m, false, nil
		}
	}
	m.prefix = name
	if v := rpc.Reveal(inputs["resourcePrefix"]); v.IsString() {
		m.prefix = v.StringValue()
	}
	if v := rpc.Reveal(inputs["skipAwait"]); v.IsBool() {
		m.skipAwait = v.BoolValue()
	}
	if file := inputs["file"]; rpc.Reveal(file).IsString() {
		m.sources = append(m.sources, source{path: rpc.Reveal(file).StringValue(), secret: file.ContainsSecrets()})
	}
	if files := rpc.Reveal(inputs["files"]); files.IsArray() {
		for _, file := range files.ArrayValue() {
			paths, err := expandPath(rpc.Reveal(file))
			if err != nil {
				return m, true, err
			}
			for _, path := range paths {
				m.sources = append(m.sources, source{path: path, secret: inputs["files"].ContainsSecrets()})
			}
		}
	}
	if text := inputs["yaml"]; rpc.Reveal(text).IsString() {
		m.sources = append(m.sources, source{text: rpc.Reveal(text).StringValue(), secret: text.ContainsSecrets()})
	}
	switch objects := inputs["objs"]; {
	case rpc.Reveal(objects).IsComputed():
		return m, false, nil
	case rpc.Reveal(objects).IsArray():
		for _, object := range rpc.Reveal(objects).ArrayValue() {
			if objects.IsSecret() && !object.IsSecret() {
				object = resource.MakeSecret(object)
			}
			m.objects = append(m.objects, object)
		}
	}
	return m, true, nil
}

// members reads all objects, lists taken apart. incomplete is true when an object is not known well enough to have a name.
func (m manifest) members() (all []member, incomplete bool, err error) {
	for _, s := range m.sources {
		objects, err := s.decode()
		if err != nil {
			return nil, false, err
		}
		for _, object := range objects {
			all = append(all, expandList(s.where(), object)...)
		}
	}
	for _, value := range m.objects {
		object := rpc.Reveal(value)
		switch {
		case object.IsComputed():
			incomplete = true
			continue
		case !object.IsObject():
			return nil, false, fmt.Errorf("objs: want objects, have %s", object.TypeString())
		}
		fields := object.ObjectValue()
		if value.IsSecret() {
			fields = concealed(fields)
		}
		all = append(all, expandList("objs", fields)...)
	}
	named := all[:0]
	for _, one := range all {
		if err := one.identify(); errors.Is(err, errUnknownName) {
			incomplete = true
			continue
		} else if err != nil {
			return nil, false, err
		}
		if m.skipAwait {
			one.inputs = withSkipAwait(one.inputs)
		}
		named = append(named, one)
	}
	return named, incomplete, nil
}

// expandList takes a list apart, as the API server has no lists to make.
func expandList(where string, object resource.PropertyMap) []member {
	kind, items := rpc.Reveal(object["kind"]), rpc.Reveal(object["items"])
	if !kind.IsString() || !strings.HasSuffix(kind.StringValue(), "List") || !items.IsArray() {
		return []member{{where: where, inputs: object}}
	}
	var all []member
	for _, item := range items.ArrayValue() {
		fields := rpc.Reveal(item)
		if !fields.IsObject() {
			continue
		}
		inner := fields.ObjectValue()
		if item.IsSecret() || object["items"].IsSecret() {
			inner = concealed(inner)
		}
		all = append(all, expandList(where, inner)...)
	}
	return all
}

var errUnknownName = errors.New("not known yet")

// identify checks that the object can be told from others, and hides what a Secret holds.
func (o *member) identify() error {
	metadata, _ := metadataOf(o.inputs)
	for _, v := range []resource.PropertyValue{
		o.inputs["apiVersion"], o.inputs["kind"], o.inputs["metadata"], metadata["name"], metadata["namespace"],
	} {
		if rpc.Reveal(v).IsComputed() {
			return errUnknownName
		}
	}
	plain, _, err := object(o.inputs)
	if err != nil {
		return fmt.Errorf("%s: %w", o.where, err)
	}
	switch {
	case plain.GetKind() == "" || plain.GetAPIVersion() == "":
		return fmt.Errorf("%s: an object has no kind or no apiVersion", o.where)
	case plain.GetName() == "":
		return fmt.Errorf("%s: an object of kind %s has no metadata.name", o.where, plain.GetKind())
	}
	o.plain = plain
	if plain.GetKind() == "Secret" && plain.GroupVersionKind().Group == "" {
		o.inputs = o.inputs.Copy()
		for _, key := range []resource.PropertyKey{"data", "stringData"} {
			if v, ok := o.inputs[key]; ok {
				o.inputs[key] = resource.MakeSecret(v)
			}
		}
	}
	return nil
}
