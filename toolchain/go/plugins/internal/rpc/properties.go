package rpc

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"google.golang.org/protobuf/types/known/structpb"
)

var wire = plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, SkipNulls: true}

// Decode reads what the engine sent. Secrets and unknown values are kept, nulls are dropped.
func Decode(s *structpb.Struct) (resource.PropertyMap, error) {
	return plugin.UnmarshalProperties(s, wire)
}

// Encode writes properties for the engine.
func Encode(m resource.PropertyMap) (*structpb.Struct, error) {
	return plugin.MarshalProperties(m, wire)
}

// DecodeAll reads several structs; the first mistake ends it.
func DecodeAll(all ...*structpb.Struct) ([]resource.PropertyMap, error) {
	maps := make([]resource.PropertyMap, len(all))
	for i, s := range all {
		m, err := Decode(s)
		if err != nil {
			return nil, err
		}
		maps[i] = m
	}
	return maps, nil
}

// Reveal takes secrets and known outputs off a value, at the top only.
func Reveal(v resource.PropertyValue) resource.PropertyValue {
	for {
		switch {
		case v.IsSecret():
			v = v.SecretValue().Element
		case v.IsOutput() && v.OutputValue().Known:
			v = v.OutputValue().Element
		default:
			return v
		}
	}
}

// RevealAll takes secrets off at every depth. Unknown values stay unknown.
func RevealAll(v resource.PropertyValue) resource.PropertyValue {
	v = Reveal(v)
	switch {
	case v.IsArray():
		all := make([]resource.PropertyValue, len(v.ArrayValue()))
		for i, e := range v.ArrayValue() {
			all[i] = RevealAll(e)
		}
		return resource.NewProperty(all)
	case v.IsObject():
		return resource.NewProperty(RevealMap(v.ObjectValue()))
	default:
		return v
	}
}

// RevealMap takes secrets off every property.
func RevealMap(m resource.PropertyMap) resource.PropertyMap {
	plain := resource.PropertyMap{}
	for k, v := range m {
		plain[k] = RevealAll(v)
	}
	return plain
}

// Unknown is a value that is known only once the resource is there.
func Unknown() resource.PropertyValue { return resource.MakeComputed(resource.NewProperty("")) }
