package trace_test

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// Where the shortest way was not possible in time and a longer one was, both are told; and a
// way is of the moment that is asked about, though both its ends were there.
func TestFindPathOfAMoment(t *testing.T) {
	t.Parallel()
	api := hasty(t) // from F over A to D, and over B to B, not in time
	ctx := t.Context()
	began := time.Now().Add(-12 * time.Hour)
	at := func(minute int) *timestamppb.Timestamp {
		return timestamppb.New(began.Add(9*time.Hour + time.Duration(minute)*time.Minute))
	}
	kg := &pb.Quantity{Value: "1", Unit: "KGM"}
	consume := func(order, run, sku, lot string, minute int) {
		t.Helper()
		_, err := api.Production.ConsumeLots(ctx, &pb.ConsumeLotsRequest{RequestId: apitest.ID(), ProductionOrderCode: order, RunCode: run, ConsumedAt: at(minute), Lines: []*pb.ConsumptionLine{
			{Sku: sku, LotCode: lot, LocationCode: apitest.Dock, Quantity: kg},
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		run, sku, lot, out string
		taken              int
	}{{"C", apitest.Flour, "F", "E", 5}, {"G", "DOUGH", "E", "H", 15}} {
		_, err := api.Production.CreateProductionOrder(ctx, &pb.CreateProductionOrderRequest{RequestId: apitest.ID(), ProductionOrder: &pb.ProductionOrder{Code: "MO-" + c.run, Sku: "DOUGH", Quantity: kg}})
		if err == nil {
			_, err = api.Production.StartRun(ctx, &pb.StartRunRequest{RequestId: apitest.ID(), ProductionOrderCode: "MO-" + c.run, RunCode: c.run, StartedAt: at(0)})
		}
		if err != nil {
			t.Fatal(err)
		}
		consume("MO-"+c.run, c.run, c.sku, c.lot, c.taken)
		_, err = api.Production.RecordOutputs(ctx, &pb.RecordOutputsRequest{RequestId: apitest.ID(), ProductionOrderCode: "MO-" + c.run, RunCode: c.run, ProducedAt: at(c.taken + 5), Lines: []*pb.OutputLine{
			{Sku: "DOUGH", LotCode: c.out, LocationCode: apitest.Dock, Quantity: kg},
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	apart := api.Sealed(t) // H and B are there, and nothing leads from the one to the other
	consume("MO-B", "B", "DOUGH", "H", 30)
	way := func(from *pb.TraceWayEnd, known *pb.KnownAt) *pb.FindPathResponse {
		t.Helper()
		path, err := api.Trace.FindPath(ctx, &pb.FindPathRequest{From: from, To: &pb.TraceWayEnd{Sku: apitest.Bread, LotCode: "B"}, KnownAt: known})
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	runs := func(way *pb.TraceWay) string {
		var codes []string
		for _, r := range way.GetRuns() {
			codes = append(codes, r.RunCode)
		}
		return strings.Join(codes, " ")
	}
	if path := way(&pb.TraceWayEnd{Sku: apitest.Flour, LotCode: "F"}, nil); runs(path.Way) != "A B" || runs(path.InTimeWay) != "C G B" || path.InTime || !path.Found {
		t.Errorf("%v", path)
	}
	half := &pb.TraceWayEnd{Sku: "DOUGH", LotCode: "H"}
	for known, found := range map[int]bool{int(apart): false, int(api.Sealed(t)): true} {
		if path := way(half, index(known)); path.Found != found {
			t.Errorf("at %d: %v", known, path)
		}
	}
	if path := way(half, nil); !path.Found || !path.InTime {
		t.Errorf("%v", path)
	}
}
