package badinput_test

import (
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

const (
	cod     = "COD" // in CASE, each weighed in KGM with 2 decimals
	codGTIN = "99521234543216"
)

// weighed has two lots of cod: CD-1, of which 10 at the dock weigh 123.4, and CD-2.
func (w *world) weighed(t testing.TB) {
	t.Helper()
	w.PushItem(t, &pb.Item{
		Sku: cod, Name: "Cod", BaseUnit: "CASE", Tracking: pb.Tracking_TRACKING_LOT, WeightUnit: "KGM", WeightDecimals: 2, Gtins: []*pb.ItemGtin{{Gtin: codGTIN}},
	})
	w.must(t, "UpsertPurchaseOrder", &pb.UpsertPurchaseOrderRequest{PurchaseOrder: &pb.PurchaseOrder{
		Code: "PO-W", SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: cod, Quantity: amount("20", "CASE")}},
	}})
	w.must(t, "Receive", &pb.ReceiveRequest{ReceiptCode: "RC-W", PurchaseOrderCode: "PO-W", ReceivedAt: then, Lines: []*pb.ReceiptLine{
		{PurchaseOrderLineNumber: 1, LotCode: "CD-1", Quantity: amount("10", "CASE"), Weight: amount("123.4", "KGM"), LocationCode: apitest.Dock},
		{PurchaseOrderLineNumber: 1, LotCode: "CD-2", Quantity: amount("100", "CASE"), Weight: amount("1234", "KGM"), LocationCode: apitest.Dock},
	}})
	w.must(t, "OpenCount", &pb.OpenCountRequest{CountCode: "CO-W", LocationCode: apitest.Dock})
}

// weighedRequest is a good request, with a line of CD-2 more if it brings or takes stock.
func weighedRequest(t testing.TB, name string, good proto.Message) proto.Message {
	t.Helper()
	case1, kilos := func() *pb.Quantity { return amount("1", "CASE") }, func() *pb.Quantity { return amount("12.35", "KGM") }
	lines := map[string]proto.Message{
		"ConsumeLots": &pb.ConsumeLotsRequest{Lines: []*pb.ConsumptionLine{{Sku: cod, LotCode: "CD-2", LocationCode: apitest.Dock, Quantity: case1(), Weight: kilos(), OutOfRotationReason: "asked for"}}},
		"RecordOutputs": &pb.RecordOutputsRequest{Lines: []*pb.OutputLine{{Sku: cod, LotCode: "NEW-CD", LocationCode: apitest.Dock, Quantity: case1(), Weight: kilos(), ProductionDate: "2025-06-01",
			BestBeforeDate: "2099-06-30", ExpiryDate: "2099-12-31", RemovalDate: "2099-05-31"}}},
		"Ship":       &pb.ShipRequest{Lines: []*pb.ShipmentLine{{Sku: cod, LotCode: "CD-2", LocationCode: apitest.Dock, Quantity: case1(), Weight: kilos(), OutOfRotationReason: "asked for"}}},
		"MoveLots":   &pb.MoveLotsRequest{Lines: []*pb.MoveLine{{Sku: cod, LotCode: "CD-2", FromLocationCode: apitest.Dock, ToLocationCode: apitest.Line, Quantity: case1(), Weight: kilos()}}},
		"ScrapLots":  &pb.ScrapLotsRequest{Lines: []*pb.ScrapLine{{Sku: cod, LotCode: "CD-2", LocationCode: apitest.Dock, Quantity: case1(), Weight: kilos()}}},
		"AdjustLots": &pb.AdjustLotsRequest{Lines: []*pb.AdjustmentLine{{Sku: cod, LotCode: "CD-2", LocationCode: apitest.Dock, Quantity: case1(), Weight: kilos(), Direction: pb.AdjustmentDirection_ADJUSTMENT_DIRECTION_FOUND}}},
		"Receive": &pb.ReceiveRequest{Lines: []*pb.ReceiptLine{{PurchaseOrderLineNumber: 6, LotCode: "NEW-CO", Quantity: case1(), Weight: kilos(), LocationCode: apitest.Dock,
			SupplierLotCode: "S/10", ProductionDate: "2025-05-01", BestBeforeDate: "2099-06-30", ExpiryDate: "2099-12-31", RemovalDate: "2099-05-31", TemperatureCelsius: "-4.5", UnitCost: &pb.UnitCost{Amount: "95", Currency: "EUR", Unit: "CASE"}}}},
		"RecordCount": &pb.RecordCountRequest{Lines: []*pb.CountReading{{LocationCode: apitest.Dock, Sku: cod, LotCode: "CD-2", Counted: &pb.CountedQuantity{Value: "3", Unit: "CASE"}, Weight: kilos()}}},
		"PostOfflineMoves": &pb.PostOfflineMovesRequest{Moves: []*pb.OfflineMove{{RequestId: "scanner-1/2", MovedAt: then, Sku: cod, LotCode: "CD-2", Quantity: case1(), Weight: kilos(),
			FromLocationCode: apitest.Dock, ToLocationCode: apitest.Line, Purpose: pb.MovePurpose_MOVE_PURPOSE_PUT_AWAY, Reason: "put-away"}}},
	}
	req := proto.Clone(good)
	if more := lines[name]; more != nil {
		proto.Merge(req, more)
	}
	if name == "RecordCount" {
		apply(t, req, set("count_code", "CO-W"))
	}
	return req
}

// refuseWeights: what is weighed wrongly, in the second lines of weighedRequest.
func refuseWeights(t *testing.T, w *world) {
	house := *w
	house.good = map[string]proto.Message{}
	for name, good := range w.good {
		house.good[name] = weighedRequest(t, name, good)
	}
	const invalid, refused = codes.InvalidArgument, codes.FailedPrecondition
	takes := map[string]bool{"ConsumeLots": true, "Ship": true, "MoveLots": true, "ScrapLots": true}
	var cases []bad
	for _, name := range []string{"Receive", "RecordOutputs", "AdjustLots", "RecordCount", "ConsumeLots", "Ship", "MoveLots", "ScrapLots"} {
		value := func(text string) []edit { return set("lines[1].weight.value", text) }
		missing := invalid
		if takes[name] {
			missing = refused
		}
		cases = append(
			cases,
			bad{name, value("0"), invalid, "DECIMAL_POSITIVE", "lines[1].weight.value", says(`"0"`, "must be above zero")},
			bad{name, value("-12.35"), invalid, "DECIMAL_POSITIVE", "lines[1].weight.value", says(`"-12.35"`, "must be above zero")},
			bad{name, value(""), invalid, "DECIMAL_FORMAT", "lines[1].weight.value", says("plain notation")},
			bad{name, value("1e3"), invalid, "DECIMAL_FORMAT", "lines[1].weight.value", says(`"1e3"`, "plain notation")},
			bad{name, value("12.345"), invalid, "WEIGHT_TOO_PRECISE", "lines[1].weight.value", says(`"COD"`, "12.345 KGM", "raise the item's weight_decimals")},
			bad{name, value(strings.Repeat("9", 29)), invalid, "WEIGHT_TOO_LARGE", "lines[1].weight.value", says("check the weight")},
			bad{name, set("lines[1].weight.unit", "CASE"), invalid, "UNKNOWN_WEIGHT_UNIT", "lines[1].weight.unit", says(`"COD"`, `"CASE"`, `"GRM", "KGM", "LBR", "ONZ", "TNE"`)},
			bad{name, set("lines[1].weight.unit", "LBR"), invalid, "WEIGHT_TOO_PRECISE", "lines[1].weight.value", says("12.35 LBR", "10^-2 KGM")},
			bad{name, set("lines[1].weight", cleared), missing, "WEIGHT_REQUIRED", "lines[1].weight", says(`"COD"`, "give the weight")},
			bad{name, set("lines[0].weight.value", "1", "lines[0].weight.unit", "KGM"), invalid, "WEIGHT_NOT_ALLOWED", "lines[0].weight", says("leave the weight out")},
		)
		if takes[name] {
			all := set("lines[1].lot_code", "CD-1", "lines[1].quantity.value", "10", "lines[1].weight.value", "123.5")
			part := set("lines[1].lot_code", "CD-1", "lines[1].quantity.value", "9", "lines[1].weight.value", "123.4")
			cases = append(
				cases,
				bad{name, all, refused, "WEIGHT_DIFFERS", "lines[1].weight", says(`"CD-1"`, "10 CASE", "123.4 KGM", "leave the weight out to take all of it")},
				bad{name, part, refused, "INSUFFICIENT_WEIGHT", "lines[1].weight", says(`"CD-1"`, "1 CASE that are left would weigh 0", "check the weight")},
			)
		}
	}
	nothing := set("lines[1].counted.value", "0")
	cases = append(cases, bad{"RecordCount", nothing, invalid, "WEIGHT_OF_NOTHING", "lines[1].weight", says(`"COD"`, "leave the weight out")})
	scanned := func(weight string) []edit {
		return set("lines[1].scan", "(01)"+codGTIN+"(3102)"+weight+"(10)CD-2")
	}
	cases = append(
		cases,
		bad{"MoveLots", scanned("001234"), invalid, "SCAN_DIFFERS", "lines[1].weight", says("12.35 KGM", "12.34 KGM")},
		bad{"MoveLots", append(scanned("001235"), set("lines[1].quantity.value", "2")...), invalid, "SCAN_DIFFERS", "lines[1].quantity", says("2 CASE", "1 CASE")},
	)
	for _, c := range []struct {
		edits         []edit
		reason, field string
		says          []string
	}{
		{set("item.weight_unit", "LTR"), "UNKNOWN_WEIGHT_UNIT", "item.weight_unit", says(`"LTR"`, "GRM, KGM, LBR, ONZ, TNE")},
		{set("item.weight_unit", "KGM"), "WEIGHT_NOT_ALLOWED", "item.weight_unit", says(`"KGM"`, "leave that unit out, or the weight unit")},
		{set("item.weight_decimals", 2), "WEIGHT_UNIT_REQUIRED", "item.weight_unit", says("give its weight_unit")},
		{set("item.weight_unit", "KGM", "item.weight_decimals", 10), "INT32_GTE_LTE", "item.weight_decimals", nil},
	} {
		cases = append(cases, bad{"UpsertItem", c.edits, invalid, c.reason, c.field, c.says})
	}
	house.refuseAll(t, cases)
}

// TestWeighedRequests: what is refused when it is weighed wrongly is accepted as it is.
func TestWeighedRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, name := range []string{"Receive", "RecordOutputs", "AdjustLots", "RecordCount", "ConsumeLots", "Ship", "MoveLots", "ScrapLots", "PostOfflineMoves"} {
		resp := w.must(t, name, weighedRequest(t, name, w.good[name]))
		if offline, is := resp.(*pb.PostOfflineMovesResponse); is && offline.RefusedCount > 0 {
			t.Errorf("%v", offline)
		}
	}
}
