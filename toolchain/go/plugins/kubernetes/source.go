package kubernetes

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/util/yaml"

	"moat.dev/toolchain/plugins/internal/rpc"
)

// source is YAML or JSON: a file, or the text itself when there is no path.
type source struct {
	path, text string
	secret     bool
}

// expandPath: a pattern stands for the files that match it, in order.
func expandPath(v resource.PropertyValue) ([]string, error) {
	if !v.IsString() {
		return nil, fmt.Errorf("files: want paths, have %v", v.TypeString())
	}
	path := v.StringValue()
	if !strings.ContainsAny(path, "*?[") {
		return []string{path}, nil
	}
	paths, err := filepath.Glob(path)
	if err != nil {
		return nil, fmt.Errorf("files: the pattern %q: %w", path, err)
	}
	slices.Sort(paths)
	return paths, nil
}

func (s source) where() string {
	if s.path != "" {
		return s.path
	}
	return "yaml"
}

func (s source) decode() ([]resource.PropertyMap, error) {
	text := s.text
	if s.path != "" {
		if address, err := url.Parse(s.path); err == nil && address.IsAbs() {
			return nil, fmt.Errorf("%s: this local stand-in reads files only; download it first", s.path)
		}
		content, err := os.ReadFile(s.path)
		if err != nil {
			return nil, fmt.Errorf("the manifest cannot be read: %w", err)
		}
		text = string(content)
	}
	var objects []resource.PropertyMap
	decoder := yaml.NewYAMLOrJSONDecoder(strings.NewReader(text), 4096)
	for i := 1; ; i++ {
		var fields map[string]any
		if err := decoder.Decode(&fields); errors.Is(err, io.EOF) {
			return objects, nil
		} else if err != nil {
			return nil, fmt.Errorf("%s: document %d is no Kubernetes object in YAML or JSON: %w", s.where(), i, err)
		}
		if len(fields) == 0 {
			continue // nothing between two separators
		}
		object := resource.NewPropertyMapFromMap(fields)
		if s.secret {
			object = concealed(object)
		}
		objects = append(objects, object)
	}
}

// concealed makes everything secret that is not needed to tell the object from others.
func concealed(object resource.PropertyMap) resource.PropertyMap {
	hidden := resource.PropertyMap{}
	for key, v := range object {
		switch {
		case key == "apiVersion" || key == "kind":
			hidden[key] = v
		case key == "metadata" && rpc.Reveal(v).IsObject():
			metadata := resource.PropertyMap{}
			for field, value := range rpc.Reveal(v).ObjectValue() {
				if field != "name" && field != "namespace" {
					value = resource.MakeSecret(value)
				}
				metadata[field] = value
			}
			hidden[key] = resource.NewProperty(metadata)
		default:
			hidden[key] = resource.MakeSecret(v)
		}
	}
	return hidden
}

func withSkipAwait(object resource.PropertyMap) resource.PropertyMap {
	metadata, _ := metadataOf(object)
	annotations := resource.PropertyMap{}
	if v := rpc.Reveal(metadata["annotations"]); v.IsObject() {
		annotations = v.ObjectValue().Copy()
	}
	annotations[annotationSkip] = resource.NewProperty("true")
	return withMetadata(object, "annotations", resource.NewProperty(annotations))
}
