// operatorcheck tells what the operator and Prometheus make of objects that a tenant applies. It reads JSON lines: first the Prometheus
// object of the platform, then monitors and rules in the namespace alpha. Each is listed, selected and written out by the operator's own
// code, and what comes of it is loaded by Prometheus's. For each it writes one line:
//
//	{"broken": "why nobody's changes would be taken in any more", "refused": "why the operator leaves it out", "bytes": 123}
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"runtime"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
)

// Verdict on one object.
type Verdict struct {
	// Broken says what would harm other tenants.
	Broken string `json:"broken,omitempty"`
	// Refused says why the operator leaves the object out, which harms nobody else.
	Refused string `json:"refused,omitempty"`
	// Bytes that the object adds to what all tenants share: of a monitor compressed, as in the Secret.
	Bytes int `json:"bytes"`
}

// largest line: an object of the API is at most 1.5 MiB.
const largest = 4 << 20

func main() {
	if err := run(); err != nil {
		log.Fatal("operatorcheck: ", err)
	}
}

func run() error {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, largest)
	if !lines.Scan() {
		return fmt.Errorf("no Prometheus object: %v", lines.Err())
	}
	var prometheus monitoringv1.Prometheus
	if err := json.Unmarshal(lines.Bytes(), &prometheus); err != nil {
		return fmt.Errorf("the Prometheus object: %w", err)
	}
	if sound, err := check(&prometheus, nil); err != nil || sound.Broken != "" {
		return fmt.Errorf("a configuration without any object is broken: %s %w", sound.Broken, err)
	}
	verdicts := make(chan chan Verdict, 2*runtime.NumCPU())
	go func() {
		defer close(verdicts)
		for lines.Scan() {
			object, verdict := append([]byte(nil), lines.Bytes()...), make(chan Verdict, 1)
			verdicts <- verdict
			go func() { verdict <- judge(&prometheus, object) }()
		}
	}()
	out := json.NewEncoder(os.Stdout)
	for verdict := range verdicts {
		if err := out.Encode(inTime(verdict)); err != nil {
			return err
		}
	}
	return lines.Err()
}

// patience with one object. Others take milliseconds; reading the quantity "1e-900000000" takes longer than anybody has waited.
const patience = 30 * time.Second

// inTime takes an object that the operator does not come to an end with for what it is there: nobody's changes are taken in.
func inTime(verdict <-chan Verdict) Verdict {
	select {
	case found := <-verdict:
		return found
	case <-time.After(patience):
		return Verdict{Broken: fmt.Sprintf("the operator is still at it after %s", patience)}
	}
}

// judge takes a panic for what it would be in the operator: nobody's changes are taken in.
func judge(prometheus *monitoringv1.Prometheus, object []byte) (verdict Verdict) {
	defer func() {
		if reason := recover(); reason != nil {
			verdict = Verdict{Broken: fmt.Sprint("panic: ", reason)}
		}
	}()
	verdict, err := check(prometheus.DeepCopy(), object)
	if err != nil {
		return Verdict{Broken: err.Error()}
	}
	return verdict
}
