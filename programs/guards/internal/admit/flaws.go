package admit

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
)

// mostTemplate is the longest label or annotation that is read as a template. What the other rules let through is shorter.
const mostTemplate = 64 << 10

// flaws for which Prometheus refuses a rule. The operator asks Prometheus's own code as well and leaves out the object with all its rules,
// with an event that says "invalid rule" and no more.
func (r rule) flaws() (found []string) {
	read := rulefmt.Rule{Record: r.Record, Alert: r.Alert, Expr: r.Expr.String(), Labels: r.Labels, Annotations: r.Annotations}
	var err error
	if read.For, err = duration(r.For); err != nil {
		found = append(found, fmt.Sprintf("for: %s", err))
	}
	if read.KeepFiringFor, err = duration(r.KeepFiringFor); err != nil {
		found = append(found, fmt.Sprintf("keep_firing_for: %s", err))
	}
	for _, texts := range []map[string]string{r.Labels, r.Annotations} {
		for name, text := range texts {
			if len(text) > mostTemplate {
				return append(found, fmt.Sprintf("%q is longer than %d bytes", name, mostTemplate))
			}
		}
	}
	for _, flaw := range read.Validate(rulefmt.RuleNode{}, model.UTF8Validation) {
		// Without the place in a file that there is not.
		found = append(found, errors.Unwrap(&flaw).Error())
	}
	// Those of labels come in any order.
	slices.Sort(found)
	return found
}

// duration of a field that may be missing or empty, which means none.
func duration(text string) (model.Duration, error) {
	if text == "" {
		return 0, nil
	}
	return model.ParseDuration(text)
}

// flaws of a group beside those of its rules.
func (g group) flaws() (found []string) {
	if g.Name == "" {
		found = append(found, "it has no name")
	}
	for name, value := range g.Labels {
		if !model.UTF8Validation.IsValidLabelName(name) || name == model.MetricNameLabel {
			found = append(found, fmt.Sprintf("invalid label name: %s", name))
		}
		if !model.LabelValue(value).IsValid() {
			found = append(found, fmt.Sprintf("invalid label value: %s", value))
		}
	}
	slices.Sort(found)
	return found
}

// leftOut is what an author reads about flaws.
func leftOut(where string, flaws []string) string {
	return fmt.Sprintf("%s: Prometheus refuses it, and the Prometheus Operator leaves out all rules of the object with it: %s.",
		where, strings.TrimSuffix(strings.Join(flaws, "; "), "."))
}
