package store

import (
	"fmt"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/thanos-io/thanos/pkg/exemplars/exemplarspb"
	"github.com/thanos-io/thanos/pkg/extpromql"
	"github.com/thanos-io/thanos/pkg/info/infopb"
	"github.com/thanos-io/thanos/pkg/rules/rulespb"
	"github.com/thanos-io/thanos/pkg/store/labelpb"
	"github.com/thanos-io/thanos/pkg/store/storepb"

	"moat.dev/guards/internal/tenant"
)

const infoMethod = "/thanos.info.Info/Info"

// method of the store that is passed on. What is not here is refused.
type method struct {
	// request puts the tenant into a request. Without it the request goes on as it came, and needs no tenant.
	request func(call, frame) (frame, error)
	// answer takes what is not the tenant's out of one message of an answer; nothing is left when it returns nil. Without it answers go on unread.
	answer func(call, frame) (frame, error)
	// bounded answers are held in memory by who asks, and count against the tenant.
	bounded bool
}

// call is one request.
type call struct {
	label   string
	tenant  tenant.Namespaces
	matcher storepb.LabelMatcher
	// externalLabels of the store, which its exemplars are asked for without.
	externalLabels func() ([]labels.Labels, error)
}

var methods = map[string]method{
	// Says which labels and times the store has, as it would to anyone, and offers to Thanos only what Thanos asks with a tenant.
	infoMethod:                     {answer: offered},
	"/thanos.Store/Series":         {request: series, bounded: true},
	"/thanos.Store/LabelNames":     {request: labelNames, bounded: true},
	"/thanos.Store/LabelValues":    {request: labelValues, bounded: true},
	"/thanos.Rules/Rules":          {request: unchanged, answer: rules},
	"/thanos.Exemplars/Exemplars":  {request: exemplars, answer: exemplarsAnswer},
	"/grpc.health.v1.Health/Check": {},
}

func offered(_ call, f frame) (frame, error) {
	var info infopb.InfoResponse
	if err := info.Unmarshal(f); err != nil {
		return nil, err
	}
	info.Rules, info.Exemplars, info.Targets, info.MetricMetadata, info.Query, info.Status = nil, nil, nil, nil, nil, nil
	return info.Marshal()
}

func series(c call, f frame) (frame, error) {
	var r storepb.SeriesRequest
	if err := r.Unmarshal(f); err != nil {
		return nil, err
	}
	r.Matchers = append(r.Matchers, c.matcher)
	return r.Marshal()
}

func labelNames(c call, f frame) (frame, error) {
	var r storepb.LabelNamesRequest
	if err := r.Unmarshal(f); err != nil {
		return nil, err
	}
	r.Matchers = append(r.Matchers, c.matcher)
	return r.Marshal()
}

func labelValues(c call, f frame) (frame, error) {
	var r storepb.LabelValuesRequest
	if err := r.Unmarshal(f); err != nil {
		return nil, err
	}
	r.Matchers = append(r.Matchers, c.matcher)
	return r.Marshal()
}

func unchanged(_ call, f frame) (frame, error) { return f, nil }

// rules keeps the rules that carry the tenant's label, which the operator puts on each, and of their alerts those that carry it as well.
func rules(c call, f frame) (frame, error) {
	var r rulespb.RulesResponse
	if err := r.Unmarshal(f); err != nil {
		return nil, err
	}
	group := r.GetGroup()
	if group == nil {
		return f, nil
	}
	var own []*rulespb.Rule
	for _, rule := range group.Rules {
		if !c.owns(rule.GetLabels()) {
			continue
		}
		if alert := rule.GetAlert(); alert != nil {
			var instances []*rulespb.AlertInstance
			for _, a := range alert.Alerts {
				if c.owns(a.Labels.PromLabels()) {
					instances = append(instances, a)
				}
			}
			alert.Alerts = instances
		}
		own = append(own, rule)
	}
	if len(own) == 0 {
		return nil, nil
	}
	group.Rules = own
	return r.Marshal()
}

func (c call) owns(ls labels.Labels) bool { return c.tenant.Has(ls.Get(c.label)) }

// exemplars asks for the selectors of the query, each with the tenant's matcher and without those on external labels, which Prometheus does
// not know of itself. Exemplars of a query are those of its selectors.
func exemplars(c call, f frame) (frame, error) {
	var r exemplarspb.ExemplarsRequest
	if err := r.Unmarshal(f); err != nil {
		return nil, err
	}
	tree, err := extpromql.ParseExpr(r.Query)
	if err != nil {
		return nil, err
	}
	external, err := c.externalLabels()
	if err != nil {
		return nil, err
	}
	query := ""
	for _, matchers := range parser.ExtractSelectors(tree) {
		kept, possible := withoutExternal(matchers, external)
		if !possible {
			continue
		}
		if query != "" {
			query += " or "
		}
		query += selector(append(kept, c.tenant.Matcher(c.label)))
	}
	if query == "" {
		// No series of this store: a selector that selects nothing.
		query = fmt.Sprintf(`{%s="", %s!=""}`, c.label, c.label)
	}
	r.Query = query
	return r.Marshal()
}

func withoutExternal(matchers []*labels.Matcher, external []labels.Labels) (kept []*labels.Matcher, possible bool) {
	for _, m := range matchers {
		known, matches := false, false
		for _, set := range external {
			if value := set.Get(m.Name); value != "" {
				known = true
				matches = matches || m.Matches(value)
			}
		}
		if known && !matches {
			return nil, false
		}
		if !known {
			kept = append(kept, m)
		}
	}
	return kept, true
}

func selector(matchers []*labels.Matcher) string {
	return (&parser.VectorSelector{LabelMatchers: matchers}).String()
}

func exemplarsAnswer(c call, f frame) (frame, error) {
	var r exemplarspb.ExemplarsResponse
	if err := r.Unmarshal(f); err != nil {
		return nil, err
	}
	data := r.GetData()
	if data != nil && !c.owns(labelpb.ZLabelsToPromLabels(data.SeriesLabels.Labels)) {
		return nil, nil
	}
	return f, nil
}
