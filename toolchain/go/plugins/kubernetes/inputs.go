package kubernetes

import (
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// sdkInputs are properties as the Go SDK takes them.
type sdkInputs map[string]any

// ElementType is what the SDK reads them into.
func (sdkInputs) ElementType() reflect.Type { return reflect.TypeFor[map[string]any]() }

// programInputs hands properties to the SDK: what is secret stays secret, and what is not known yet stays unknown.
func programInputs(properties resource.PropertyMap) sdkInputs {
	inputs := sdkInputs{}
	for key, v := range properties {
		inputs[string(key)] = programInput(v)
	}
	return inputs
}

func programInput(v resource.PropertyValue) any {
	switch {
	case v.IsSecret():
		return pulumi.ToSecret(programInput(v.SecretValue().Element))
	case v.IsComputed():
		return pulumi.UnsafeUnknownOutput(nil)
	case v.IsArray():
		all := []any{}
		for _, element := range v.ArrayValue() {
			all = append(all, programInput(element))
		}
		return all
	case v.IsObject():
		return map[string]any(programInputs(v.ObjectValue()))
	default:
		return v.Mappable()
	}
}
