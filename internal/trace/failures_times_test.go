package trace_test

import (
	"fmt"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// An edge is told with the times of what stands: neither what was taken back counts, nor
// when it was.
func TestReversedTimesAreGone(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	w.receive("flour/1 50", "mill")
	order, run := w.run("bake#1")
	day := func(d int) time.Time { return time.Date(2026, 3, d, 12, 0, 0, 0, time.UTC) }
	take := func(d int) int64 {
		_, err := w.Production.ConsumeLots(t.Context(), &pb.ConsumeLotsRequest{
			RequestId: apitest.ID(), ProductionOrderCode: order, RunCode: run, ConsumedAt: timestamppb.New(day(d)),
			Lines: []*pb.ConsumptionLine{{Sku: "flour", LotCode: "1", LocationCode: apitest.Shelf, Quantity: quantity(1)}},
		})
		w.must(err)
		return w.Sealed(t)
	}
	first, _, _, last := take(3), take(5), take(7), take(9)
	want := func(from, to int) {
		t.Helper()
		parts, err := stream(t.Context(), w.Trace, "flour", "1", forward, nil)
		w.must(err)
		for _, e := range joined(parts).Edges {
			if got := fmt.Sprint(e.FirstAt.AsTime(), e.LastAt.AsTime()); got != fmt.Sprint(day(from), day(to)) {
				t.Errorf("flour was taken from %v to %v, want March %d to %d", e.FirstAt.AsTime(), e.LastAt.AsTime(), from, to)
			}
		}
	}
	want(3, 9)
	w.takeBack(last, "")
	want(3, 7)
	w.takeBack(first, "")
	want(5, 7)
	parts, err := streamKnown(t.Context(), w.Trace, "flour", "1", forward, index(int(last)))
	w.must(err)
	if e := joined(parts).Edges[0]; !e.FirstAt.AsTime().Equal(day(3)) || !e.LastAt.AsTime().Equal(day(9)) {
		t.Errorf("as known before, flour was taken from %v to %v", e.FirstAt.AsTime(), e.LastAt.AsTime())
	}
}
