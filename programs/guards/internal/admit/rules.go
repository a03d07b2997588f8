package admit

import (
	"errors"
	"fmt"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"k8s.io/apimachinery/pkg/util/intstr"

	"moat.dev/guards/internal/promql"
)

// ruleID is the name of what is checked here in the catalogue of rules; messages begin with it, as those of the other rules do.
const ruleID = "T8h"

// prometheusRule in the fields that count here.
type prometheusRule struct {
	Spec struct {
		Groups []group `json:"groups"`
	} `json:"spec"`
}

type group struct {
	Name   string            `json:"name"`
	Labels map[string]string `json:"labels"`
	Rules  []rule            `json:"rules"`
}

type rule struct {
	Record string `json:"record"`
	Alert  string `json:"alert"`
	// As the operator reads it: a text, or a number of 32 bits.
	Expr          intstr.IntOrString `json:"expr"`
	For           string             `json:"for"`
	KeepFiringFor string             `json:"keep_firing_for"`
	Labels        map[string]string  `json:"labels"`
	Annotations   map[string]string  `json:"annotations"`
}

func (r rule) String() string {
	if r.Alert != "" {
		return fmt.Sprintf("alert %q", r.Alert)
	}
	return fmt.Sprintf("record %q", r.Record)
}

// mostMessages of one answer: an author reads no more at once.
const mostMessages = 5

// refusal is why an object is refused.
type refusal struct {
	reasons []promql.Reason
	message string
}

// checkRules says why an object's rules are refused; nil when they are not.
func checkRules(o Options, namespace string, object []byte) (*refusal, error) {
	var read prometheusRule
	if err := decode(object, &read); err != nil {
		// One such object keeps the operator from reading any.
		message := fmt.Sprintf("%s: the Prometheus Operator cannot read it: %s", ruleID, err)
		return &refusal{reasons: []promql.Reason{promql.BadData}, message: message}, nil
	}
	if namespace == "" {
		return nil, errors.New("the object has no namespace")
	}
	m := labels.MustNewMatcher(labels.MatchEqual, o.Label, namespace)
	var found refusal
	var messages []string
	refuse := func(reason promql.Reason, message string) {
		found.reasons = append(found.reasons, reason)
		messages = append(messages, message)
	}
	printed := make([][]string, len(read.Spec.Groups))
	bytes := 0
	for g, group := range read.Spec.Groups {
		if flaws := group.flaws(); len(flaws) > 0 {
			refuse(promql.BadData, leftOut(fmt.Sprintf("group %q", group.Name), flaws))
		}
		for _, r := range group.Rules {
			where := fmt.Sprintf("group %q, %s", group.Name, r)
			text := ""
			print := func(tree parser.Expr, m *labels.Matcher) (_ string, err error) {
				text, err = byOperator(tree, m)
				return text, err
			}
			if err := o.Bounds.Rule(r.Expr.String(), m, print); err != nil {
				refuse(promql.ReasonOf(err), fmt.Sprintf("%s: %s.", where, strings.TrimSuffix(err.Error(), ".")))
			} else if flaws := r.flaws(); len(flaws) > 0 {
				refuse(promql.BadData, leftOut(where, flaws))
			} else if name, err := r.templates(o.Bounds, group.Labels); err != nil {
				refuse(promql.TemplateLength, fmt.Sprintf("%s: %q: %s.", where, name, err))
			}
			printed[g] = append(printed[g], text)
			// Nothing is made of what is too long already.
			if bytes += len(text); bytes > o.MostWritten {
				return tooLong(bytes, o.MostWritten), nil
			}
		}
	}
	if len(messages) == 0 {
		length, err := written(object, o.Label, namespace, printed)
		if err != nil {
			return nil, err
		}
		if length > o.MostWritten {
			return tooLong(length, o.MostWritten), nil
		}
		return nil, nil
	}
	if more := len(messages) - mostMessages; more > 0 {
		messages = append(messages[:mostMessages], fmt.Sprintf("%d more rules are refused.", more))
	}
	found.message = ruleID + ": " + strings.Join(messages, " ")
	return &found, nil
}

func tooLong(length, most int) *refusal {
	return &refusal{reasons: []promql.Reason{promql.RuleFileLength}, message: fmt.Sprintf(
		"%s: the Prometheus Operator writes the namespace into every selector and rule, which makes a file of %d bytes or more of this object; split it, a file may have %d.",
		ruleID, length, most)}
}
