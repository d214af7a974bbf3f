package trace_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// hasty records a day on which some things are said to have been done before what they
// were done with was there:
//
//	09:00 flour F is received
//	10:00 run A takes of it, and puts out dough D at 10:30
//	09:30 run B takes of D, and puts out bread B at 09:45
//	09:50 shipment S-B of B
//	10:15 shipment S-D of D
func hasty(t *testing.T) *apitest.API {
	t.Helper()
	api := apitest.Start(t)
	api.Minimal(t)
	api.PushItem(t, &pb.Item{Sku: "DOUGH", Name: "Dough", BaseUnit: "KGM", Tracking: pb.Tracking_TRACKING_LOT})
	ctx, midnight := t.Context(), time.Now().Add(-12*time.Hour)
	at := func(hour, minute time.Duration) *timestamppb.Timestamp {
		return timestamppb.New(midnight.Add(hour*time.Hour + minute*time.Minute))
	}
	kg := func(n string) *pb.Quantity { return &pb.Quantity{Value: n, Unit: "KGM"} }
	_, err := api.Receiving.UpsertPurchaseOrder(ctx, &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: &pb.PurchaseOrder{
		Code: "PO", SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: apitest.Flour, Quantity: kg("100")}},
	}})
	if err == nil {
		_, err = api.Receiving.Receive(ctx, &pb.ReceiveRequest{
			RequestId: apitest.ID(), ReceiptCode: "R", PurchaseOrderCode: "PO", ReceivedAt: at(9, 0),
			Lines: []*pb.ReceiptLine{{PurchaseOrderLineNumber: 1, LotCode: "F", Quantity: kg("100"), LocationCode: apitest.Dock}},
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	run := func(code, inSKU, in string, taken *timestamppb.Timestamp, outSKU, out, unit string, made *timestamppb.Timestamp) {
		t.Helper()
		_, err := api.Production.CreateProductionOrder(ctx, &pb.CreateProductionOrderRequest{RequestId: apitest.ID(), ProductionOrder: &pb.ProductionOrder{
			Code: "MO-" + code, Sku: outSKU, Quantity: &pb.Quantity{Value: "10", Unit: unit},
		}})
		if err == nil {
			_, err = api.Production.StartRun(ctx, &pb.StartRunRequest{RequestId: apitest.ID(), ProductionOrderCode: "MO-" + code, RunCode: code, StartedAt: at(8, 0)})
		}
		if err == nil {
			_, err = api.Production.ConsumeLots(ctx, &pb.ConsumeLotsRequest{
				RequestId: apitest.ID(), ProductionOrderCode: "MO-" + code, RunCode: code, ConsumedAt: taken,
				Lines: []*pb.ConsumptionLine{{Sku: inSKU, LotCode: in, LocationCode: apitest.Dock, Quantity: kg("10")}},
			})
		}
		if err == nil {
			_, err = api.Production.RecordOutputs(ctx, &pb.RecordOutputsRequest{
				RequestId: apitest.ID(), ProductionOrderCode: "MO-" + code, RunCode: code, ProducedAt: made,
				Lines: []*pb.OutputLine{{Sku: outSKU, LotCode: out, LocationCode: apitest.Dock, Quantity: &pb.Quantity{Value: "20", Unit: unit}}},
			})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	run("A", apitest.Flour, "F", at(10, 0), "DOUGH", "D", "KGM", at(10, 30))
	run("B", "DOUGH", "D", at(9, 30), apitest.Bread, "B", "H87", at(9, 45))
	for _, s := range []struct {
		sku, lot, unit string
		at             *timestamppb.Timestamp
	}{{apitest.Bread, "B", "H87", at(9, 50)}, {"DOUGH", "D", "KGM", at(10, 15)}} {
		_, err := api.Dispatch.Ship(ctx, &pb.ShipRequest{
			RequestId: apitest.ID(), ShipmentCode: "S-" + s.lot, CustomerCode: apitest.Customer, ShippedAt: s.at,
			Lines: []*pb.ShipmentLine{{Sku: s.sku, LotCode: s.lot, LocationCode: apitest.Dock, Quantity: &pb.Quantity{Value: "1", Unit: s.unit}}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return api
}

// late names what a trace tells to be out of time.
func late(part *pb.TracePart) []string {
	names := map[int32]string{}
	for _, l := range part.Lots {
		names[l.Ref] = "lot " + l.Lot.LotCode
	}
	for _, r := range part.Runs {
		names[r.Ref] = "run " + r.RunCode
	}
	var late []string
	for _, o := range part.OutOfTime {
		switch node := o.Node.(type) {
		case *pb.TraceOutOfTime_Ref:
			late = append(late, names[node.Ref])
		case *pb.TraceOutOfTime_ReceiptNumber:
			late = append(late, "receipt "+part.Receipts[node.ReceiptNumber-1].ReceiptCode)
		case *pb.TraceOutOfTime_ShipmentNumber:
			late = append(late, "shipment "+part.Shipments[node.ShipmentNumber-1].ShipmentCode)
		}
	}
	slices.Sort(late)
	return late
}

// What the seed cannot have reached in time is in the trace, and said to be out of time:
// over gRPC, over REST, and in pages.
func TestOutOfTime(t *testing.T) {
	t.Parallel()
	api := hasty(t)
	for _, c := range []struct {
		sku, lot, way string
		want          []string
		counts        *pb.TraceOutOfTimeCounts
		said          string
	}{
		{
			apitest.Flour, "F", "forward", []string{"lot B", "run B", "shipment S-B", "shipment S-D"},
			&pb.TraceOutOfTimeCounts{LotCount: 1, RunCount: 1, ShipmentCount: 2}, "; of these out of time: 1 lot, 1 run, 2 shipment lines; ",
		},
		{
			apitest.Bread, "B", "backward", []string{"lot F", "receipt R", "run A"},
			&pb.TraceOutOfTimeCounts{LotCount: 1, RunCount: 1, ReceiptCount: 1}, "; of these out of time: 1 lot, 1 run, 1 receipt line; ",
		},
		{"DOUGH", "D", "both", nil, nil, "; read at "},
	} {
		direction := directions[slices.Index([]string{"forward", "backward", "both"}, c.way)]
		streamed, err := stream(t.Context(), api.Trace, c.sku, c.lot, direction, nil)
		if err != nil {
			t.Fatal(err)
		}
		all := joined(streamed)
		if got := late(all); !reflect.DeepEqual(got, c.want) || !proto.Equal(all.Summary.OutOfTime, c.counts) {
			t.Errorf("%s of %s: %q are out of time, %v, want %q, %v", c.way, c.lot, got, all.Summary.OutOfTime, c.want, c.counts)
		}
		if said := streamed[len(streamed)-1].Summary.Statement; !strings.Contains(said, c.said) || !strings.HasPrefix(said, "Complete: 3 lots, 2 runs (") {
			t.Errorf("%s of %s: %q does not say %q", c.way, c.lot, said, c.said)
		}
		paged, err := pages(t.Context(), overGRPC(api.Trace), &pb.GetTraceRequest{Sku: c.sku, LotCode: c.lot, Direction: direction, PageSize: 1})
		if err != nil || !proto.Equal(joined(paged), all) {
			t.Errorf("%s of %s: pages differ from the stream, %v", c.way, c.lot, err)
		}
		if lines := overREST(t, api, fmt.Sprintf("/v1/items/%s/lots/%s/trace/%s", c.sku, c.lot, c.way)); !proto.Equal(joined(lines), all) {
			t.Errorf("%s of %s: REST differs from gRPC", c.way, c.lot)
		}
	}
}

// What is out of time can be left out, and is counted then.
func TestInTimeOnly(t *testing.T) {
	t.Parallel()
	api := hasty(t)
	filter := &pb.TraceFilter{InTimeOnly: true}
	streamed, err := stream(t.Context(), api.Trace, apitest.Flour, "F", directions[0], filter)
	if err != nil {
		t.Fatal(err)
	}
	all := joined(streamed)
	var got []string
	for _, l := range all.Lots {
		got = append(got, l.Lot.LotCode)
	}
	if !slices.Equal(got, []string{"F", "D"}) || len(all.Runs) != 1 || len(all.Edges) != 2 || len(all.Shipments)+len(all.OutOfTime) > 0 {
		t.Errorf("got %v", all)
	}
	want := &pb.TraceSummary{
		LotCount: 2, RunCount: 1, OpenRunCount: 1, EdgeCount: 2, MaxDepth: 2,
		OutOfTime: &pb.TraceOutOfTimeCounts{LotCount: 1, RunCount: 1, ShipmentCount: 2},
		Omissions: []*pb.TraceOmission{{Reason: pb.TraceOmissionReason_TRACE_OMISSION_REASON_OUT_OF_TIME, LotCount: 1}},
	}
	if !proto.Equal(all.Summary, want) {
		t.Errorf("summary %v, want %v", all.Summary, want)
	}
	if said := streamed[len(streamed)-1].Summary.Statement; !strings.HasPrefix(said, "Not complete, because what is out of time was left out (1 lot, 1 run, 2 shipment lines): 2 lots, ") {
		t.Errorf("it says %q", said)
	}
	// Where nothing is left out it is complete.
	streamed, err = stream(t.Context(), api.Trace, "DOUGH", "D", directions[2], filter)
	if err != nil || !joined(streamed).Summary.Complete || len(joined(streamed).Lots) != 3 {
		t.Errorf("%v, %v", streamed, err)
	}
}
