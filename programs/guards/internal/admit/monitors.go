package admit

import (
	"encoding/json"
	"fmt"
)

// Where each kind of monitor says what is scraped: a list of endpoints in its spec, or the spec itself.
var endpointsOf = map[string]string{"ServiceMonitor": "endpoints", "PodMonitor": "podMetricsEndpoints", "Probe": ""}

const followRedirects = "followRedirects"

// operation of a JSON patch.
type operation struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value"`
}

// defaults writes `followRedirects: false` wherever the monitor says nothing: Prometheus would follow. What has another shape than its kind
// is left as it is; the API server refuses it next.
func defaults(kind string, object []byte) ([]operation, error) {
	list, ok := endpointsOf[kind]
	if !ok {
		return nil, fmt.Errorf("%s is no kind of monitor", kind)
	}
	var monitor struct {
		Spec json.RawMessage `json:"spec"`
	}
	if err := decode(object, &monitor); err != nil {
		return nil, err
	}
	if list == "" {
		return silent("/spec", monitor.Spec), nil
	}
	var spec map[string]json.RawMessage
	var endpoints []json.RawMessage
	if decode(monitor.Spec, &spec) != nil || decode(spec[list], &endpoints) != nil {
		return nil, nil
	}
	var patch []operation
	for i, endpoint := range endpoints {
		patch = append(patch, silent(fmt.Sprintf("/spec/%s/%d", list, i), endpoint)...)
	}
	return patch, nil
}

// silent adds the field to an object that does not have it. Null is as good as nothing.
func silent(path string, object json.RawMessage) []operation {
	var fields map[string]json.RawMessage
	if decode(object, &fields) != nil || fields == nil {
		return nil
	}
	if value, there := fields[followRedirects]; there && string(value) != "null" {
		return nil
	}
	return []operation{{Op: "add", Path: path + "/" + followRedirects, Value: false}}
}
