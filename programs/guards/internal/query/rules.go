package query

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/thanos-io/thanos/pkg/rules/rulespb"
	"google.golang.org/grpc"

	"moat.dev/guards/internal/promql"
)

func (g *Guard) rules(w http.ResponseWriter, r *http.Request, q request) error {
	kind, known := rulespb.RulesRequest_Type_value[strings.ToUpper(q.form.Get("type"))]
	if q.form.Get("type") == "" {
		kind = int32(rulespb.RulesRequest_ALL)
	} else if !known {
		return invalid("type", q.form.Get("type"), "type of rules")
	}
	wanted, err := g.filterOf(q.form)
	if err != nil {
		return err
	}
	groups, warnings, err := g.ruleGroups(r.Context(), q, rulespb.RulesRequest_Type(kind))
	if err != nil {
		return err
	}
	groups = wanted.apply(groups)
	if q.form.Get("exclude_alerts") == "true" {
		for _, group := range groups {
			for _, rule := range group.Rules {
				if alert := rule.GetAlert(); alert != nil {
					alert.Alerts = nil
				}
			}
		}
	}
	respond(w, http.StatusOK, answer{Status: "success", Data: &rulespb.RuleGroups{Groups: groups}, Warnings: warnings})
	return nil
}

func (g *Guard) alerts(w http.ResponseWriter, r *http.Request, q request) error {
	groups, warnings, err := g.ruleGroups(r.Context(), q, rulespb.RulesRequest_ALERT)
	if err != nil {
		return err
	}
	alerts := []*rulespb.AlertInstance{}
	for _, group := range groups {
		for _, rule := range group.Rules {
			if alert := rule.GetAlert(); alert != nil {
				alerts = append(alerts, alert.Alerts...)
			}
		}
	}
	respond(w, http.StatusOK, answer{Status: "success", Data: map[string]any{"alerts": alerts}, Warnings: warnings})
	return nil
}

// ruleGroups of the tenant. The store guards took the others out; a group that slipped through would be one of nobody's here, too.
func (g *Guard) ruleGroups(ctx context.Context, q request, kind rulespb.RulesRequest_Type) ([]*rulespb.RuleGroup, []string, error) {
	ctx, cancel := context.WithTimeout(ctx, g.bounds.Timeout)
	defer cancel()
	found, warnings, err := gather(ctx, g.stores, q.namespaces, func(ctx context.Context, connection *grpc.ClientConn) ([]*rulespb.RuleGroup, error) {
		stream, err := rulespb.NewRulesClient(connection).Rules(ctx, &rulespb.RulesRequest{Type: kind}, receiveAll)
		if err != nil {
			return nil, err
		}
		var groups []*rulespb.RuleGroup
		for {
			message, err := stream.Recv()
			if errors.Is(err, io.EOF) {
				return groups, nil
			}
			if err != nil {
				return nil, err
			}
			if group := message.GetGroup(); group != nil {
				groups = append(groups, group)
			}
		}
	})
	if err != nil {
		return nil, nil, err
	}
	for _, group := range found {
		group.Rules = slices.DeleteFunc(group.Rules, func(rule *rulespb.Rule) bool {
			return !q.namespaces.Has(rule.GetLabels().Get(g.label))
		})
	}
	return g.merged(found), warnings, nil
}

// merged makes one of the groups that several Prometheus servers have, and of the rules in them, as Thanos does: the answer of the one that
// fires, or else the youngest.
func (g *Guard) merged(groups []*rulespb.RuleGroup) []*rulespb.RuleGroup {
	merged := []*rulespb.RuleGroup{}
	slices.SortStableFunc(groups, (*rulespb.RuleGroup).Compare)
	for _, group := range groups {
		if last := len(merged) - 1; last >= 0 && merged[last].Compare(group) == 0 {
			merged[last].Rules = append(merged[last].Rules, group.Rules...)
		} else if len(group.Rules) > 0 {
			merged = append(merged, group)
		}
	}
	for _, group := range merged {
		for _, rule := range group.Rules {
			rule.SetLabels(labels.NewBuilder(rule.GetLabels()).Del(g.replicaLabel).Labels())
		}
		// The best of equal rules first, and only that one kept.
		slices.SortStableFunc(group.Rules, func(a, b *rulespb.Rule) int {
			if order := a.Compare(b); order != 0 {
				return order
			}
			if a.GetAlert() != nil {
				return a.GetAlert().Compare(b.GetAlert())
			}
			return a.GetRecording().Compare(b.GetRecording())
		})
		group.Rules = slices.CompactFunc(group.Rules, func(a, b *rulespb.Rule) bool { return a.Compare(b) == 0 })
	}
	return merged
}

// filter of rules, as the request asks for it.
type filter struct {
	names, groups, files []string
	matchers             [][]*labels.Matcher
}

func (g *Guard) filterOf(form url.Values) (filter, error) {
	f := filter{names: form["rule_name[]"], groups: form["rule_group[]"], files: form["file[]"]}
	if len(form["match[]"]) > g.bounds.Matches {
		return f, &promql.Refusal{Reason: reasonMatches, Message: "too many match[]"}
	}
	for _, text := range form["match[]"] {
		// Checks the bounds; rules are filtered by what the client wrote.
		if _, err := g.bounds.Query.Selector(text, labels.MustNewMatcher(labels.MatchEqual, g.label, "any")); err != nil {
			return f, err
		}
		matchers, err := parser.ParseMetricSelector(text)
		if err != nil {
			return f, badData(promql.BadData, err.Error())
		}
		f.matchers = append(f.matchers, matchers)
	}
	return f, nil
}

func (f filter) apply(groups []*rulespb.RuleGroup) []*rulespb.RuleGroup {
	among := func(wanted []string, value string) bool { return len(wanted) == 0 || slices.Contains(wanted, value) }
	kept := []*rulespb.RuleGroup{}
	for _, group := range groups {
		if !among(f.groups, group.Name) || !among(f.files, group.File) {
			continue
		}
		group.Rules = slices.DeleteFunc(group.Rules, func(rule *rulespb.Rule) bool {
			return !among(f.names, rule.GetName()) || !f.matches(rule.GetLabels())
		})
		if len(group.Rules) > 0 {
			kept = append(kept, group)
		}
	}
	return kept
}

// matches compares labels that are not templates: what those become is not known here.
func (f filter) matches(ls labels.Labels) bool {
	known := labels.NewBuilder(ls)
	ls.Range(func(l labels.Label) {
		if strings.Contains(l.Value, "{{") {
			known.Del(l.Name)
		}
	})
	all := known.Labels()
	return len(f.matchers) == 0 || slices.ContainsFunc(f.matchers, func(set []*labels.Matcher) bool {
		return !slices.ContainsFunc(set, func(m *labels.Matcher) bool { return !m.Matches(all.Get(m.Name)) })
	})
}
