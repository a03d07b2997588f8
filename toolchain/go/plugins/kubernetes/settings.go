package kubernetes

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"moat.dev/toolchain/plugins/internal/rpc"
)

// settings are the arguments of the Provider resource, with the names and meanings of @pulumi/kubernetes.
type settings struct {
	// kubeconfig is the content of a kubeconfig, or the path of one. Empty: what kubectl would use.
	kubeconfig string
	context    string
	cluster    string
	// namespace is where namespaced objects go that name none.
	namespace         string
	clusterIdentifier string
	// deleteUnreachable drops resources from the state when their cluster cannot be reached.
	deleteUnreachable bool
	// configMapMutable and secretMutable update data in place. Otherwise changed data makes a new object.
	configMapMutable bool
	secretMutable    bool
	// upsertExisting lets a create take over an object that is there already.
	upsertExisting bool
	// patchForce takes fields from other managers.
	patchForce bool
	qps        float32
	burst      int
	timeout    int
}

// refused are arguments that change how the official plugin works in ways this one does not.
var refused = []resource.PropertyKey{
	"alwaysRender", "helmReleaseSettings", "renderYamlToDirectory", "skipUpdateUnreachable", "strictMode",
}

// Previews ask for hundreds of objects at once; the API server has its own fairness.
const (
	defaultQPS   = 200
	defaultBurst = 400
)

func parseSettings(inputs resource.PropertyMap) (settings, error) {
	in := arguments(rpc.RevealMap(inputs))
	s := settings{
		kubeconfig: in.text("kubeconfig"), context: in.text("context"), cluster: in.text("cluster"),
		namespace: in.text("namespace"), clusterIdentifier: in.text("clusterIdentifier"),
		deleteUnreachable: in.truth("deleteUnreachable"), configMapMutable: in.truth("enableConfigMapMutable"),
		secretMutable: in.truth("enableSecretMutable"), upsertExisting: in.truth("upsertExistingObjects"),
		patchForce: in.truth("enablePatchForce"),
		qps:        defaultQPS, burst: defaultBurst,
	}
	if client := in.text("kubeClientSettings"); client != "" {
		var c struct {
			QPS     float32 `json:"qps"`
			Burst   int     `json:"burst"`
			Timeout int     `json:"timeout"`
		}
		if err := json.Unmarshal([]byte(client), &c); err != nil {
			return s, fmt.Errorf("kubeClientSettings of the kubernetes provider: %w", err)
		}
		s.timeout = c.Timeout
		if c.QPS > 0 {
			s.qps = c.QPS
		}
		if c.Burst > 0 {
			s.burst = c.Burst
		}
	}
	return s, nil
}

// refusals names the arguments in use that this plugin cannot honour.
func refusals(inputs resource.PropertyMap) []resource.PropertyKey {
	in := arguments(rpc.RevealMap(inputs))
	var found []resource.PropertyKey
	for _, key := range refused {
		if v := in.text(key); v != "" && v != "false" && v != "{}" {
			found = append(found, key)
		}
	}
	if in.text("enableServerSideApply") == "false" {
		found = append(found, "enableServerSideApply")
	}
	slices.Sort(found)
	return found
}

// arguments are the inputs of the Provider. The SDK sends everything that is not a string as JSON in a string.
type arguments resource.PropertyMap

func (a arguments) text(key resource.PropertyKey) string {
	v := a[key]
	switch {
	case v.IsString():
		return v.StringValue()
	case v.IsBool():
		return strconv.FormatBool(v.BoolValue())
	case v.IsObject():
		b, err := json.Marshal(v.Mappable())
		if err == nil {
			return string(b)
		}
	}
	return ""
}

func (a arguments) truth(key resource.PropertyKey) bool { return a.text(key) == "true" }
