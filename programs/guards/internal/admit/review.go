// Package admit answers the API server's questions about what tenants apply: whether a rule reads beyond its namespace, and what a
// monitor that does not say it means about redirects.
package admit

import (
	"encoding/json"

	kjson "sigs.k8s.io/json"
)

// review is an AdmissionReview of admission.k8s.io/v1, in the fields that count here.
type review struct {
	APIVersion string    `json:"apiVersion"`
	Kind       string    `json:"kind"`
	Request    *request  `json:"request,omitempty"`
	Response   *response `json:"response,omitempty"`
}

type request struct {
	UID  string `json:"uid"`
	Kind struct {
		Group string `json:"group"`
		Kind  string `json:"kind"`
	} `json:"kind"`
	Namespace string `json:"namespace"`
	Operation string `json:"operation"`
	// Object is as the operator will read it: the API server has dropped what the kind does not have.
	Object json.RawMessage `json:"object"`
}

type response struct {
	UID       string  `json:"uid"`
	Allowed   bool    `json:"allowed"`
	Status    *status `json:"status,omitempty"`
	Patch     []byte  `json:"patch,omitempty"`
	PatchType string  `json:"patchType,omitempty"`
}

type status struct {
	Message string `json:"message"`
	Reason  string `json:"reason"`
	Code    int    `json:"code"`
}

const apiVersion, reviewKind = "admission.k8s.io/v1", "AdmissionReview"

// operatorGroup is the API group of the Prometheus Operator.
const operatorGroup = "monitoring.coreos.com"

// decode reads as the API server and the operator do: names of fields in their very letters.
func decode(data []byte, into any) error { return kjson.UnmarshalCaseSensitivePreserveInts(data, into) }
