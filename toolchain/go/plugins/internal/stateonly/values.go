package stateonly

import "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

// Text is a string input, empty when it is not there.
func Text(m resource.PropertyMap, key resource.PropertyKey) string {
	if v := m[key]; v.IsString() {
		return v.StringValue()
	}
	return ""
}

// Truth is a boolean input, false when it is not there.
func Truth(m resource.PropertyMap, key resource.PropertyKey) bool {
	v := m[key]
	return v.IsBool() && v.BoolValue()
}

// Whole is a number input without its fraction, zero when it is not there.
func Whole(m resource.PropertyMap, key resource.PropertyKey) int {
	if v := m[key]; v.IsNumber() {
		return int(v.NumberValue())
	}
	return 0
}

// Texts is a list of strings.
func Texts(m resource.PropertyMap, key resource.PropertyKey) []string {
	var all []string
	if v := m[key]; v.IsArray() {
		for _, one := range v.ArrayValue() {
			if one.IsString() {
				all = append(all, one.StringValue())
			}
		}
	}
	return all
}

// Strings makes outputs of texts.
func Strings(m map[resource.PropertyKey]string) resource.PropertyMap {
	out := resource.PropertyMap{}
	for key, value := range m {
		out[key] = resource.NewProperty(value)
	}
	return out
}
