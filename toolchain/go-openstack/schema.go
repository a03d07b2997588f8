package main

import (
	"strings"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
	pschema "github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

// schemaOf says which inputs every resource takes, and of which type. The bridge warns about inputs of another type, and tests hold the
// schema against the SDK.
func schemaOf(info tfbridge.ProviderInfo) pschema.PackageSpec {
	spec := pschema.PackageSpec{
		Name:      packageName,
		Version:   version,
		Resources: map[string]pschema.ResourceSpec{},
		Types:     map[string]pschema.ComplexTypeSpec{},
	}
	for name, resource := range info.Resources {
		module, kind, _ := strings.Cut(string(resource.Tok)[len(packageName)+1:], "/")
		_, kind, _ = strings.Cut(kind, ":")
		w := writer{module: module, types: spec.Types}
		inputs, required := w.properties(kind, info.P.ResourcesMap().Get(name).Schema(), resource.Fields, isInput)
		spec.Resources[string(resource.Tok)] = pschema.ResourceSpec{InputProperties: inputs, RequiredInputs: required}
	}
	return spec
}

// writer collects the types that the properties of one resource are made of.
type writer struct {
	module string
	types  map[string]pschema.ComplexTypeSpec
}

// isInput tells what a program may give from what is only ever the cloud's answer.
func isInput(s shim.Schema) bool { return s.Optional() || s.Required() }

func isAny(shim.Schema) bool { return true }

func (w writer) properties(
	owner string, schema shim.SchemaMap, fields map[string]*tfbridge.SchemaInfo, wanted func(shim.Schema) bool,
) (map[string]pschema.PropertySpec, []string) {
	properties := map[string]pschema.PropertySpec{}
	var required []string
	schema.Range(func(key string, s shim.Schema) bool {
		if !wanted(s) {
			return true
		}
		name := tfbridge.TerraformToPulumiNameV2(key, schema, fields)
		properties[name] = pschema.PropertySpec{TypeSpec: w.typeOf(owner+title(name), s, fields[key])}
		// A name that is left out is made from the resource's.
		if field := fields[key]; s.Required() && (field == nil || field.Default == nil) {
			required = append(required, name)
		}
		return true
	})
	return properties, required
}

var plain = map[shim.ValueType]string{
	shim.TypeBool: "boolean", shim.TypeInt: "integer", shim.TypeFloat: "number", shim.TypeString: "string",
}

func (w writer) typeOf(name string, s shim.Schema, info *tfbridge.SchemaInfo) pschema.TypeSpec {
	if known, ok := plain[s.Type()]; ok {
		return pschema.TypeSpec{Type: known}
	}
	item := pschema.TypeSpec{Ref: "pulumi.json#/Any"}
	switch elem := s.Elem().(type) {
	case shim.Resource:
		item = w.object(name, elem.Schema())
		if s.Type() == shim.TypeMap {
			return item
		}
	case shim.Schema:
		item = w.typeOf(name, elem, nil)
	}
	switch {
	case s.Type() == shim.TypeMap:
		return pschema.TypeSpec{Type: "object", AdditionalProperties: &item}
	case tfbridge.IsMaxItemsOne(s, info):
		return item
	default:
		return pschema.TypeSpec{Type: "array", Items: &item}
	}
}

// object is one type for what is given and what is answered, so it has both.
func (w writer) object(name string, schema shim.SchemaMap) pschema.TypeSpec {
	properties, required := w.properties(name, schema, nil, isAny)
	w.types[token(w.module, name)] = pschema.ComplexTypeSpec{
		ObjectTypeSpec: pschema.ObjectTypeSpec{Type: "object", Properties: properties, Required: required},
	}
	return pschema.TypeSpec{Ref: "#/types/" + token(w.module, name)}
}

func title(name string) string { return strings.ToUpper(name[:1]) + name[1:] }
