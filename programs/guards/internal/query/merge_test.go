package query

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/thanos-io/thanos/pkg/exemplars/exemplarspb"
	"github.com/thanos-io/thanos/pkg/rules/rulespb"
	"github.com/thanos-io/thanos/pkg/store/labelpb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"moat.dev/guards/internal/tenant"
)

func ofReplica(replica string) labelpb.ZLabelSet {
	return labelpb.ZLabelSet{Labels: labelpb.ZLabelsFromPromLabels(labels.FromStrings("namespace", "alpha", "prometheus_replica", replica))}
}

func TestTheAnswersOfEqualServersAreOne(t *testing.T) {
	g := &Guard{label: "namespace", replicaLabel: "prometheus_replica"}
	group := func(replica, name string, firing bool, evaluated int64) *rulespb.RuleGroup {
		alert := &rulespb.Alert{Name: "A", Labels: ofReplica(replica), Health: replica}
		if firing {
			alert.State = rulespb.AlertState_FIRING
		}
		return &rulespb.RuleGroup{Name: name, Rules: []*rulespb.Rule{
			rulespb.NewAlertingRule(alert),
			rulespb.NewRecordingRule(&rulespb.RecordingRule{Name: "r", Labels: ofReplica(replica), Health: replica, LastEvaluation: time.Unix(evaluated, 0)}),
		}}
	}
	merged := g.merged([]*rulespb.RuleGroup{group("0", "g", false, 2), group("1", "h", false, 1), group("1", "g", true, 1), {Name: "empty"}})
	got := ""
	for _, group := range merged {
		got += group.Name + ":"
		for _, rule := range group.Rules {
			health := ""
			if alert := rule.GetAlert(); alert != nil {
				health = alert.Health
			} else {
				health = rule.GetRecording().Health
			}
			got += " " + rule.GetName() + " of " + health + ","
		}
	}
	// The alert that fires, the record that is younger.
	if want := "g: A of 1, r of 0,h: A of 1, r of 1,"; got != want {
		t.Errorf("got %s", got)
	}

	exemplar := func(replica string, ts int64) *exemplarspb.ExemplarData {
		return &exemplarspb.ExemplarData{SeriesLabels: ofReplica(replica), Exemplars: []*exemplarspb.Exemplar{{Ts: 1, Value: 1}, {Ts: ts, Value: 1}}}
	}
	series := g.mergedExemplars([]*exemplarspb.ExemplarData{exemplar("0", 2), exemplar("1", 3)})
	if len(series) != 1 || len(series[0].Exemplars) != 3 {
		t.Errorf("got %v", series)
	}
}

func TestSomeServersAway(t *testing.T) {
	for _, c := range []struct {
		failing  int
		warnings string
		fails    bool
	}{{0, "[]", false}, {1, "[1 of 2 Prometheus servers did not answer]", false}, {2, "[]", true}} {
		s := newStores("", []grpc.DialOption{grpc.WithTransportCredentials(insecure.NewCredentials())})
		s.lookup = func(context.Context) ([]string, error) { return []string{"a:1", "b:1"}, nil }
		ask := make(chan int, 2)
		ask <- 0
		ask <- 1
		found, warnings, err := gather(t.Context(), s, tenant.Namespaces{"alpha"}, func(context.Context, *grpc.ClientConn) ([]string, error) {
			if n := <-ask; n < c.failing {
				return nil, errors.New("away")
			}
			return []string{"x"}, nil
		})
		if (err != nil) != c.fails || fmt.Sprint(warnings) != c.warnings || len(found) != 2-c.failing {
			t.Errorf("%d away: %v %v %v", c.failing, found, warnings, err)
		}
	}
}
