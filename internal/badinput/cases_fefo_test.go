package badinput_test

import (
	"net/http"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

func addPicks(add func(string, proto.Message)) {
	add("ProposePicks", &pb.ProposePicksRequest{
		Lines: []*pb.PickLine{{
			Sku: apitest.Flour, Quantity: amount("1", "KGM"), LocationCode: apitest.Dock, MinRemainingDays: 5, MinRemainingPercent: 10,
			AgreedLotCodes: []string{"FL-1", "FL-2"}, MaxLots: 2,
		}},
		Purpose: pb.PickPurpose_PICK_PURPOSE_CONSUMPTION, Day: "2098-01-01",
	})
	add("ListConsumptions", &pb.ListConsumptionsRequest{ProductionOrderCode: "MO-1", RunCode: "R-1", PageSize: 1})
}

// rotate has an item of which first expired is first out: CR-1 is before CR-2, and run
// R-1 took of it, too.
func (w *world) rotate(t testing.TB) {
	t.Helper()
	w.PushItem(t, &pb.Item{Sku: cream, Name: "Cream", BaseUnit: "LTR", Tracking: pb.Tracking_TRACKING_LOT, ExpiryTracked: true, Fefo: true})
	w.must(t, "UpsertPurchaseOrder", &pb.UpsertPurchaseOrderRequest{PurchaseOrder: &pb.PurchaseOrder{
		Code: "PO-CREAM", SupplierCode: "SUP-2", Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: cream, Quantity: amount("20", "LTR")}},
	}})
	w.must(t, "Receive", &pb.ReceiveRequest{ReceiptCode: "RC-CREAM", PurchaseOrderCode: "PO-CREAM", ReceivedAt: then, Lines: []*pb.ReceiptLine{
		{PurchaseOrderLineNumber: 1, LotCode: "CR-1", Quantity: amount("10", "LTR"), LocationCode: apitest.Shelf, ExpiryDate: "2099-06-30"},
		{PurchaseOrderLineNumber: 1, LotCode: "CR-2", Quantity: amount("10", "LTR"), LocationCode: apitest.Dock, ExpiryDate: "2099-12-31"},
	}})
	w.must(t, "ConsumeLots", &pb.ConsumeLotsRequest{ProductionOrderCode: "MO-1", RunCode: "R-1", ConsumedAt: then, Lines: []*pb.ConsumptionLine{
		{Sku: cream, LotCode: "CR-1", LocationCode: apitest.Shelf, Quantity: amount("1", "LTR")},
	}})
}

// cream is an item of which first expired is first out, in LTR.
const cream = "CREAM"

// refuseRotation: what is not first, without a reason.
func refuseRotation(t *testing.T, w *world) {
	t.Helper()
	var cases []bad
	told := says(`"CR-2"`, `"CREAM"`, `"CR-1"`, "2099-06-30", `9 LTR at "SHELF-1"`, "take that first, or give out_of_rotation_reason")
	for _, name := range []string{"ConsumeLots", "Ship"} {
		edits := set("lines[0].sku", cream, "lines[0].lot_code", "CR-2", "lines[0].quantity.unit", "LTR", "lines[0].out_of_rotation_reason", "")
		if name == "Ship" {
			edits = append(edits, set("lines[0].sales_order_line_number", 0)...)
		}
		cases = append(cases, bad{name, edits, codes.FailedPrecondition, "OUT_OF_ROTATION", "lines[0].out_of_rotation_reason", told})
	}
	w.refuseAll(t, cases)
}

// refusePicks: what cannot be picked, whatever there is.
func refusePicks(t *testing.T, w *world) {
	t.Helper()
	const invalid, missing = codes.InvalidArgument, codes.NotFound
	w.refuseAll(t, []bad{
		{"ProposePicks", set("day", "2020-01-01"), invalid, "DAY_IN_THE_PAST", "day", says("2020-01-01", `"PLANT"`, "leave it out for today")},
		{"ProposePicks", set("day", "2098-02-31"), invalid, "INVALID_DATE", "day", says("2098-02-31")},
		{"ProposePicks", set("lines[0].location_code", "supplier"), invalid, "LOCATION_NOT_FOR_STOCK", "lines[0].location_code", says(`"supplier"`, "virtual")},
		{"ProposePicks", set("lines[0].agreed_lot_codes[1]", "FL-0"), missing, "UNKNOWN_LOT", "lines[0].agreed_lot_codes[1]", says(`"FL-0"`, `"FLOUR"`)},
		{"ProposePicks", set("lines[0].agreed_lot_codes[1]", "BR-1"), missing, "UNKNOWN_LOT", "lines[0].agreed_lot_codes[1]", says(`"BR-1"`, `"FLOUR"`)},
		{"ProposePicks", set("lines[0].max_lots", 51), invalid, "INT32_GTE_LTE", "lines[0].max_lots", says("50")},
		{"ProposePicks", set("lines[0].min_remaining_percent", 101), invalid, "INT32_GTE_LTE", "lines[0].min_remaining_percent", says("100")},
		{"ProposePicks", set("lines[0].min_remaining_days", -1), invalid, "INT32_GTE_LTE", "lines[0].min_remaining_days", says("0")},
	})
	const post, path, refused = http.MethodPost, "/v1/pick-proposals", http.StatusBadRequest
	w.refuseCalls(t, []badCall{
		{"no lines", post, path, `{}`, refused, invalid, "INVALID_FIELD", says("lines")},
		{"a lot agreed twice", post, path, `{"lines":[{"sku":"FLOUR","quantity":{"value":"1","unit":"KGM"},"location_code":"PLANT","agreed_lot_codes":["FL-1","FL-1"]}]}`, refused, invalid, "INVALID_FIELD", says("agreed_lot_codes", "unique")},
		{"no purpose", post, path, `{"purpose":"THEFT","lines":[{"sku":"FLOUR"}]}`, refused, invalid, "INVALID_JSON", says("THEFT")},
		{"half a lot", post, path, `{"lines":[{"sku":"FLOUR","quantity":{"value":"1","unit":"KGM"},"location_code":"PLANT","max_lots":0.5}]}`, refused, invalid, "INVALID_JSON", says("0.5")},
	})
}
