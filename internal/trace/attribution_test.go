package trace_test

import (
	"context"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
	"github.com/lottrail/lottrail/internal/trace"
)

// All of a trace with quantities, as it is told.
func TestAttribution(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	service := trace.New(db)
	lineagetest.Load(t, db, 1, parse(t, `
		mill -> a/1 10 + b/1 10
		r#1: a/1 6 + b/1 6 -> c/1 8 + d/1 4
		open r#2: d/1 1 ->
		c/1 2 => shop for SO-1`))
	ctx := auth.NewContext(context.Background(), auth.Identity{TenantID: 1, Principal: "test"})
	for _, c := range []struct {
		sku       string
		direction pb.TraceDirection
		want      string
	}{
		{"a", pb.TraceDirection_TRACE_DIRECTION_FORWARD, `{
			"lotAttributions": [
				{"lotRef": 1, "direction": "TRACE_ATTRIBUTION_DIRECTION_FORWARD", "lotQuantity": {"value": "10", "unit": "KGM"},
					"through": {"quantity": {"value": "10", "unit": "KGM"}, "least": "10", "most": "10"},
					"onHand": {"quantity": {"value": "4", "unit": "KGM"}, "least": "4", "most": "4"},
					"consumed": {"quantity": {"value": "6", "unit": "KGM"}, "least": "6", "most": "6"},
					"stocks": [{"locationCode": "A", "figure": {"quantity": {"value": "4", "unit": "KGM"}, "least": "4", "most": "4"}}]},
				{"lotRef": 3, "direction": "TRACE_ATTRIBUTION_DIRECTION_FORWARD", "lotQuantity": {"value": "8", "unit": "KGM"},
					"through": {"quantity": {"value": "4", "unit": "KGM"}, "least": "0", "most": "6"},
					"onHand": {"quantity": {"value": "3", "unit": "KGM"}, "least": "0", "most": "6"},
					"stocks": [{"locationCode": "A", "figure": {"quantity": {"value": "3", "unit": "KGM"}, "least": "0", "most": "6"}}]},
				{"lotRef": 4, "direction": "TRACE_ATTRIBUTION_DIRECTION_FORWARD", "lotQuantity": {"value": "4", "unit": "KGM"},
					"through": {"quantity": {"value": "2", "unit": "KGM"}, "least": "0", "most": "6"},
					"onHand": {"quantity": {"value": "1.5", "unit": "KGM"}, "least": "0", "most": "6"},
					"consumed": {"quantity": {"value": "0.5", "unit": "KGM"}, "least": "0", "most": "6"},
					"stocks": [{"locationCode": "A", "figure": {"quantity": {"value": "1.5", "unit": "KGM"}, "least": "0", "most": "6"}}]}],
			"runAttributions": [
				{"runRef": 2, "direction": "TRACE_ATTRIBUTION_DIRECTION_FORWARD", "through": {"quantity": {"value": "6", "unit": "KGM"}, "least": "6", "most": "6"},
					"division": "TRACE_DIVISION_MEASURED"},
				{"runRef": 5, "direction": "TRACE_ATTRIBUTION_DIRECTION_FORWARD", "through": {"quantity": {"value": "0.5", "unit": "KGM"}, "least": "0", "most": "6"},
					"inProcess": {"quantity": {"value": "0.5", "unit": "KGM"}, "least": "0", "most": "6"}}],
			"shipmentAttributions": [{"lotRef": 3, "shipmentCode": "S-1", "salesOrderCode": "SO-1", "salesOrderLineNumber": 1, "customerCode": "shop",
				"figure": {"quantity": {"value": "1", "unit": "KGM"}, "least": "0", "most": "6"},
				"shipped": {"value": "1", "unit": "KGM"}, "returned": {"value": "0", "unit": "KGM"}}],
			"customerAttributions": [{"customerCode": "shop", "customerName": "The shop", "figure": {"quantity": {"value": "1", "unit": "KGM"}, "least": "0", "most": "6"}}],
			"summary": {"attributions": [{"direction": "TRACE_ATTRIBUTION_DIRECTION_FORWARD", "unit": "KGM", "cameIn": "10", "onHand": "8.5", "inProcess": "0.5",
				"shipped": "1", "balanced": true}]}}`},
		{"c", pb.TraceDirection_TRACE_DIRECTION_BACKWARD, `{
			"lotAttributions": [
				{"lotRef": 1, "direction": "TRACE_ATTRIBUTION_DIRECTION_BACKWARD", "lotQuantity": {"value": "8", "unit": "KGM"},
					"through": {"quantity": {"value": "8", "unit": "KGM"}, "least": "8", "most": "8"}},
				{"lotRef": 3, "direction": "TRACE_ATTRIBUTION_DIRECTION_BACKWARD", "lotQuantity": {"value": "10", "unit": "KGM"},
					"through": {"quantity": {"value": "4", "unit": "KGM"}, "least": "0", "most": "8"}},
				{"lotRef": 4, "direction": "TRACE_ATTRIBUTION_DIRECTION_BACKWARD", "lotQuantity": {"value": "10", "unit": "KGM"},
					"through": {"quantity": {"value": "4", "unit": "KGM"}, "least": "0", "most": "8"}}],
			"runAttributions": [{"runRef": 2, "direction": "TRACE_ATTRIBUTION_DIRECTION_BACKWARD",
				"through": {"quantity": {"value": "8", "unit": "KGM"}, "least": "8", "most": "8"}, "division": "TRACE_DIVISION_MEASURED"}],
			"receiptAttributions": [
				{"lotRef": 3, "receiptCode": "R-mill", "purchaseOrderCode": "PO-mill", "purchaseOrderLineNumber": 1, "supplierCode": "mill",
					"figure": {"quantity": {"value": "4", "unit": "KGM"}, "least": "0", "most": "8"}},
				{"lotRef": 4, "receiptCode": "R-mill", "purchaseOrderCode": "PO-mill", "purchaseOrderLineNumber": 2, "supplierCode": "mill",
					"figure": {"quantity": {"value": "4", "unit": "KGM"}, "least": "0", "most": "8"}}],
			"summary": {"attributions": [{"direction": "TRACE_ATTRIBUTION_DIRECTION_BACKWARD", "unit": "KGM", "cameIn": "8", "received": "8", "balanced": true}]}}`},
	} {
		req := &pb.GetTraceRequest{Sku: c.sku, LotCode: "1", Direction: c.direction, Attribute: true, PageSize: 3}
		parts, err := pages(ctx, service.GetTrace, req)
		if err != nil {
			t.Fatal(err)
		}
		all := joined(parts)
		got := &pb.TracePart{
			LotAttributions: all.LotAttributions, RunAttributions: all.RunAttributions, ShipmentAttributions: all.ShipmentAttributions,
			CustomerAttributions: all.CustomerAttributions, ReceiptAttributions: all.ReceiptAttributions,
			Summary: &pb.TraceSummary{Attributions: all.Summary.GetAttributions()},
		}
		want := &pb.TracePart{}
		if err := protojson.Unmarshal([]byte(c.want), want); err != nil {
			t.Fatal(err)
		}
		if !proto.Equal(got, want) {
			t.Errorf("%s: got\n%s\nwant\n%s", c.sku, protojson.Format(got), protojson.Format(want))
		}
	}
}

// Over the network, forward and backward and both, and by REST: what came in is what is
// told, through corrections too, and without being asked for nothing is.
func TestAttributionOverTheNetwork(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	api.ReceiveLot(t, apitest.Flour, "L", "10", "KGM", apitest.Dock)
	_, err := api.Lots.ScrapLots(t.Context(), &pb.ScrapLotsRequest{RequestId: apitest.ID(), ReasonCode: pb.AdjustmentReason_ADJUSTMENT_REASON_DAMAGE, Justification: "wet", Lines: []*pb.ScrapLine{{
		Sku: apitest.Flour, LotCode: "L", LocationCode: apitest.Dock, Quantity: &pb.Quantity{Value: "3", Unit: "KGM"},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	totals := func(want string) {
		t.Helper()
		stream, err := api.Trace.TraceBoth(t.Context(), &pb.TraceBothRequest{Sku: apitest.Flour, LotCode: "L", Attribute: true})
		if err != nil {
			t.Fatal(err)
		}
		parts, err := receive(stream.Recv)
		if err != nil {
			t.Fatal(err)
		}
		both := parts[len(parts)-1].GetSummary().GetAttributions()
		if len(both) != 2 || both[0].GetReceived() != "10" || !both[0].GetBalanced() || !both[1].GetBalanced() || both[1].GetOnHand()+" "+both[1].GetScrapped() != want {
			t.Errorf("%v, want %s", both, want)
		}
	}
	totals("7 3")
	if _, err := api.Lots.ReverseOperation(t.Context(), &pb.ReverseOperationRequest{
		RequestId: apitest.ID(), Operation: &pb.ReverseOperationRequest_LogIndex{LogIndex: api.Sealed(t)}, Reason: "it was fine",
	}); err != nil {
		t.Fatal(err)
	}
	totals("10 ")
	_, lines := api.DoLines(t, "GET", "/v1/items/"+apitest.Flour+"/lots/L/trace/forward?attribute=true", nil)
	if last := lines[len(lines)-1]["result"].(map[string]any)["part"].(map[string]any); len(last["summary"].(map[string]any)["attributions"].([]any)) != 1 {
		t.Errorf("%v", last)
	}
	_, lines = api.DoLines(t, "GET", "/v1/items/"+apitest.Flour+"/lots/L/trace/forward", nil)
	if last := lines[len(lines)-1]["result"].(map[string]any)["part"].(map[string]any); len(last["lot_attributions"].([]any))+len(last["summary"].(map[string]any)["attributions"].([]any)) != 0 {
		t.Errorf("%v", last)
	}
}
