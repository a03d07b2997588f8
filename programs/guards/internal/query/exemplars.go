package query

import (
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"slices"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/thanos-io/thanos/pkg/exemplars/exemplarspb"
	"google.golang.org/grpc"

	"moat.dev/guards/internal/promql"
)

func (g *Guard) exemplars(w http.ResponseWriter, r *http.Request, q request) error {
	query, err := g.enforce(q, promql.Span{})
	if err != nil {
		return err
	}
	asked := &exemplarspb.ExemplarsRequest{Query: query.Text, Start: math.MinInt64 / 1_000_000, End: math.MaxInt64 / 1_000_000}
	if start, given, err := readTime(q.form, "start"); err != nil {
		return err
	} else if given {
		asked.Start = int64(start * 1000)
	}
	if end, given, err := readTime(q.form, "end"); err != nil {
		return err
	} else if given {
		asked.End = int64(end * 1000)
	}
	if asked.End < asked.Start {
		return badData(reasonParameter, "end timestamp must not be before start time")
	}
	ctx, cancel := context.WithTimeout(r.Context(), g.bounds.Timeout)
	defer cancel()
	found, warnings, err := gather(ctx, g.stores, q.namespaces, func(ctx context.Context, connection *grpc.ClientConn) ([]*exemplarspb.ExemplarData, error) {
		stream, err := exemplarspb.NewExemplarsClient(connection).Exemplars(ctx, asked, receiveAll)
		if err != nil {
			return nil, err
		}
		var all []*exemplarspb.ExemplarData
		for {
			message, err := stream.Recv()
			if errors.Is(err, io.EOF) {
				return all, nil
			}
			if err != nil {
				return nil, err
			}
			if data := message.GetData(); data != nil && q.namespaces.Has(data.SeriesLabels.PromLabels().Get(g.label)) {
				all = append(all, data)
			}
		}
	})
	if err != nil {
		return err
	}
	respond(w, http.StatusOK, answer{Status: "success", Data: g.mergedExemplars(found), Warnings: warnings})
	return nil
}

// mergedExemplars makes one of the series that several Prometheus servers have, and of the exemplars in it.
func (g *Guard) mergedExemplars(found []*exemplarspb.ExemplarData) []*exemplarspb.ExemplarData {
	for _, data := range found {
		data.SetSeriesLabels(labels.NewBuilder(data.SeriesLabels.PromLabels()).Del(g.replicaLabel).Labels())
	}
	slices.SortStableFunc(found, (*exemplarspb.ExemplarData).Compare)
	merged := []*exemplarspb.ExemplarData{}
	for _, data := range found {
		if last := len(merged) - 1; last >= 0 && merged[last].Compare(data) == 0 {
			merged[last].Exemplars = append(merged[last].Exemplars, data.Exemplars...)
		} else {
			merged = append(merged, data)
		}
	}
	for _, data := range merged {
		slices.SortStableFunc(data.Exemplars, (*exemplarspb.Exemplar).Compare)
		data.Exemplars = slices.CompactFunc(data.Exemplars, func(a, b *exemplarspb.Exemplar) bool { return a.Compare(b) == 0 })
	}
	return merged
}
