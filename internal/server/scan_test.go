package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// GTINs of what scannery pushes.
const (
	bag    = "09506000134352" // of flour
	piece  = "09521234543213" // of flour, 1 KGM or as weighed
	loaf   = "04006381333931" // of bread
	oven   = "00000096385074" // of an oven, by serial
	sachet = "00614141999996" // of salt, untracked
	nobody = "09501101020917"
	gs     = "\x1d"
)

// scannery is a running service whose items have GTINs.
type scannery struct{ *apitest.API }

func flour(gtins ...*pb.ItemGtin) *pb.Item {
	return &pb.Item{
		Sku: apitest.Flour, Name: "Flour", BaseUnit: "KGM", Decimals: 3, Tracking: pb.Tracking_TRACKING_LOT,
		Units: []*pb.ItemUnit{{Unit: "BAG", Numerator: "25"}}, Gtins: gtins,
	}
}

func newScannery(t *testing.T) scannery {
	t.Helper()
	s := scannery{apitest.Start(t)}
	s.Minimal(t)
	s.PushItem(t, flour(&pb.ItemGtin{Gtin: bag, Unit: "BAG"}, &pb.ItemGtin{Gtin: piece}))
	s.PushItem(t, &pb.Item{Sku: apitest.Bread, Name: "Bread", BaseUnit: "H87", Tracking: pb.Tracking_TRACKING_LOT, LotCodePattern: "B{####}",
		Units: []*pb.ItemUnit{{Unit: "CASE", Numerator: "12"}}, Gtins: []*pb.ItemGtin{{Gtin: loaf}}})
	s.PushItem(t, &pb.Item{Sku: "OVEN", Name: "Oven", BaseUnit: "H87", Tracking: pb.Tracking_TRACKING_SERIAL, Gtins: []*pb.ItemGtin{{Gtin: oven}}})
	s.PushItem(t, &pb.Item{Sku: apitest.Salt, Name: "Salt", BaseUnit: "GRM", Tracking: pb.Tracking_TRACKING_NONE, Gtins: []*pb.ItemGtin{{Gtin: sachet}}})
	_, err := s.Receiving.UpsertPurchaseOrder(t.Context(), &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: &pb.PurchaseOrder{
		Code: "PO", SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{
			{LineNumber: 1, Sku: apitest.Flour, Quantity: amount("1000", "KGM")}, {LineNumber: 2, Sku: "OVEN", Quantity: amount("2", "H87")},
			{LineNumber: 3, Sku: apitest.Salt, Quantity: amount("9", "GRM")}, {LineNumber: 4, Sku: apitest.Bread, Quantity: amount("9", "H87")},
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func amount(value, unit string) *pb.Quantity { return &pb.Quantity{Value: value, Unit: unit} }

func arrived(lines ...*pb.ReceiptLine) *pb.ReceiveRequest {
	id := apitest.ID()
	for _, l := range lines {
		l.LocationCode = apitest.Dock
	}
	return &pb.ReceiveRequest{RequestId: id, ReceiptCode: "RC " + id, PurchaseOrderCode: "PO", Lines: lines}
}

func scanned(orderLine int32, scan string) *pb.ReceiptLine {
	return &pb.ReceiptLine{PurchaseOrderLineNumber: orderLine, Scan: scan}
}

// receive posts what arrived, and returns the line as it was recorded.
func (s scannery) receive(t *testing.T, line *pb.ReceiptLine) *pb.ReceiptLine {
	t.Helper()
	resp, err := s.Receiving.Receive(t.Context(), arrived(line))
	if err != nil {
		t.Fatalf("%q: %v", line.GetScan(), err)
	}
	return resp.GetReceipt().GetLines()[0]
}

func TestScansAtReceiving(t *testing.T) {
	t.Parallel()
	s := newScannery(t)
	for name, c := range map[string]struct {
		line *pb.ReceiptLine
		want *pb.ReceiptLine
	}{
		"count in the unit of the GTIN": {scanned(1, "]d201"+bag+"11260301"+"15261130"+"17270228"+"304"+gs+"10FL/1"),
			&pb.ReceiptLine{LotCode: "FL/1", Quantity: amount("4", "BAG"), ProductionDate: "2026-03-01", BestBeforeDate: "2026-11-30", ExpiryDate: "2027-02-28"}},
		"logistic unit, last of the month": {scanned(1, "(00)195060001343520014(02)"+bag+"(37)12(10)FL-2(17)280200"),
			&pb.ReceiptLine{LotCode: "FL-2", Quantity: amount("12", "BAG"), ExpiryDate: "2028-02-29"}},
		"net weight": {scanned(1, "https://example.com/01/"+piece+"/10/FL-3?3103=012500"),
			&pb.ReceiptLine{LotCode: "FL-3", Quantity: amount("12.5", "KGM")}},
		"what agrees": {&pb.ReceiptLine{PurchaseOrderLineNumber: 1, Sku: apitest.Flour, LotCode: "FL-4", Quantity: amount("50", "KGM"), ExpiryDate: "2027-02-28", Scan: "]C101" + bag + "17270228" + "302" + gs + "10FL-4"},
			&pb.ReceiptLine{LotCode: "FL-4", Quantity: amount("50", "KGM"), ExpiryDate: "2027-02-28"}},
		"only the lot, of an item that is named": {&pb.ReceiptLine{PurchaseOrderLineNumber: 1, Sku: apitest.Flour, Quantity: amount("1", "KGM"), Scan: "(10)FL-5"},
			&pb.ReceiptLine{LotCode: "FL-5", Quantity: amount("1", "KGM")}},
		"the supplier's label": {&pb.ReceiptLine{PurchaseOrderLineNumber: 1, LotCode: "OURS", SupplierLotCode: "S-1", Quantity: amount("1", "KGM"), Scan: "(01)" + piece + "(10)S-1"},
			&pb.ReceiptLine{LotCode: "OURS", SupplierLotCode: "S-1", Quantity: amount("1", "KGM")}},
		"the supplier's label, and a pattern": {&pb.ReceiptLine{PurchaseOrderLineNumber: 4, SupplierLotCode: "S-1", Scan: "(01)" + loaf + "(30)2(10)S-1"},
			&pb.ReceiptLine{LotCode: "B0001", SupplierLotCode: "S-1", Quantity: amount("2", "H87")}},
		"a serial, not its lot": {&pb.ReceiptLine{PurchaseOrderLineNumber: 2, Quantity: amount("1", "H87"), Scan: "(01)" + oven + "(10)LOT(21)SN-1"},
			&pb.ReceiptLine{LotCode: "SN-1", Quantity: amount("1", "H87")}},
	} {
		got := s.receive(t, c.line)
		c.want.PurchaseOrderLineNumber, c.want.LocationCode = c.line.PurchaseOrderLineNumber, apitest.Dock
		c.want.Sku = map[int32]string{1: apitest.Flour, 2: "OVEN", 3: apitest.Salt, 4: apitest.Bread}[c.line.PurchaseOrderLineNumber]
		if !proto.Equal(got, c.want) {
			t.Errorf("%s: recorded\n%v\nwant\n%v", name, got, c.want)
		}
	}
	// A lot number on an untracked item is nobody's; a pattern makes the lot where the label
	// has none.
	if got := s.receive(t, scanned(3, "(01)"+sachet+"(10)X(30)3")); !strings.HasPrefix(got.GetLotCode(), "receipt ") {
		t.Errorf("lot %q of salt", got.GetLotCode())
	}
	if got := s.receive(t, scanned(4, "(01)"+loaf+"(30)3")); got.GetLotCode() != "B0002" {
		t.Errorf("lot %q of bread", got.GetLotCode())
	}
}

// Every call that takes a lot takes a scan.
func TestScansEverywhere(t *testing.T) {
	t.Parallel()
	s := newScannery(t)
	s.receive(t, scanned(1, "(01)"+bag+"(30)10(10)FL/1"))
	const lot, link = "(01)" + bag + "(10)FL/1", "https://id.gs1.org/01/" + bag + "/10/FL%2F1"
	ctx := t.Context()
	for name, call := range map[string]func() error{
		"GetLot": func() error {
			r, err := s.Lots.GetLot(ctx, &pb.GetLotRequest{Scan: link})
			if err == nil && r.GetLot().GetLotCode() != "FL/1" {
				t.Errorf("lot %v", r.GetLot())
			}
			return err
		},
		"LocateLot": func() error { _, err := s.Lots.LocateLot(ctx, &pb.LocateLotRequest{Scan: lot}); return err },
		"ListHolds": func() error { _, err := s.Lots.ListHolds(ctx, &pb.ListHoldsRequest{Scan: lot}); return err },
		"ListLotMovements": func() error {
			_, err := s.Lots.ListLotMovements(ctx, &pb.ListLotMovementsRequest{Scan: lot})
			return err
		},
		"MoveLots": func() error {
			_, err := s.Lots.MoveLots(ctx, &pb.MoveLotsRequest{RequestId: apitest.ID(), Lines: []*pb.MoveLine{
				{Scan: lot + "(30)2", FromLocationCode: apitest.Dock, ToLocationCode: apitest.Line},
			}})
			return err
		},
		"Ship": func() error {
			r, err := s.Dispatch.Ship(ctx, &pb.ShipRequest{RequestId: apitest.ID(), ShipmentCode: "SH", CustomerCode: apitest.Customer, Lines: []*pb.ShipmentLine{
				{Scan: lot + "(30)1", LocationCode: apitest.Dock},
			}})
			if got := r.GetManifest().GetLines(); err == nil && got[0].GetQuantity().GetValue() != "25" {
				t.Errorf("shipped %v", got)
			}
			return err
		},
		"consumption and output": func() error {
			_, err := s.Production.CreateProductionOrder(ctx, &pb.CreateProductionOrderRequest{RequestId: apitest.ID(), ProductionOrder: &pb.ProductionOrder{Code: "MO", Sku: apitest.Bread, Quantity: amount("1", "H87")}})
			if err != nil {
				return err
			}
			if _, err = s.Production.StartRun(ctx, &pb.StartRunRequest{RequestId: apitest.ID(), ProductionOrderCode: "MO", RunCode: "R"}); err != nil {
				return err
			}
			_, err = s.Production.ConsumeLots(ctx, &pb.ConsumeLotsRequest{RequestId: apitest.ID(), ProductionOrderCode: "MO", RunCode: "R", Lines: []*pb.ConsumptionLine{
				{Scan: "(01)" + piece + "(10)FL/1(3100)000030", LocationCode: apitest.Dock},
			}})
			if err != nil {
				return err
			}
			r, err := s.Production.RecordOutputs(ctx, &pb.RecordOutputsRequest{RequestId: apitest.ID(), ProductionOrderCode: "MO", RunCode: "R", Lines: []*pb.OutputLine{
				{Scan: "(01)" + loaf + "(10)BR-1(17)491231", LocationCode: apitest.Shelf, Quantity: amount("5", "H87")},
				{Sku: apitest.Bread, LocationCode: apitest.Shelf, Quantity: amount("5", "H87")},
			}})
			if got := r.GetMovements(); err == nil && (got[0].GetLot().GetLotCode() != "BR-1" || got[1].GetLot().GetLotCode() != "B0001") {
				t.Errorf("put out %v", got)
			}
			return err
		},
		"GetTrace": func() error {
			_, err := s.Trace.GetTrace(ctx, &pb.GetTraceRequest{Scan: lot, Direction: pb.TraceDirection_TRACE_DIRECTION_FORWARD})
			return err
		},
		"TraceForward": func() error {
			stream, err := s.Trace.TraceForward(ctx, &pb.TraceForwardRequest{Scan: lot})
			if err == nil {
				_, err = stream.Recv()
			}
			return err
		},
		"recall": func() error {
			s.ReceiveLot(t, apitest.Flour, "FL-2", "1", "KGM", apitest.Dock)
			r, err := s.Recall.OpenRecall(ctx, &pb.OpenRecallRequest{
				RequestId: apitest.ID(), CaseNumber: "C", Class: pb.RecallClass_RECALL_CLASS_1, Reason: "glass",
				Lots: []*pb.LotKey{{Sku: apitest.Flour, LotCode: "FL-2"}}, Scans: []string{lot},
			})
			if lots := r.GetRecall().GetLots(); err == nil && len(lots) != 2 {
				t.Errorf("a recall of %v", lots)
			}
			return err
		},
	} {
		if err := call(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	hold, err := s.Lots.PlaceHold(ctx, &pb.PlaceHoldRequest{RequestId: apitest.ID(), Scan: lot, Reason: "wet"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Lots.ReleaseHold(ctx, &pb.ReleaseHoldRequest{RequestId: apitest.ID(), Scan: lot, Number: hold.GetHold().GetNumber(), Reason: "dry"}); err != nil {
		t.Error(err)
	}
	// Over REST the data goes into the query or, with GS as \u001d, into the body.
	if status, body := s.Do(t, http.MethodGet, "/v1/lot?scan="+url.QueryEscape("]d201"+bag+"10FL/1"+gs+"307"), nil); status != http.StatusOK {
		t.Errorf("HTTP %d: %v", status, body)
	}
	status, body := s.Do(t, http.MethodPost, "/v1/moves", `{"request_id": "m", "lines": [
		{"scan": "]d201`+bag+`10FL/1\u001d301", "from_location_code": "DOCK-1", "to_location_code": "LINE-1"}]}`)
	if status != http.StatusOK {
		t.Errorf("HTTP %d: %v", status, body)
	}
}

// A write that was carried out is answered as it was, whatever its GTIN names by now; one
// that was refused can be sent again.
func TestScansAreReplayed(t *testing.T) {
	t.Parallel()
	s := newScannery(t)
	first := arrived(scanned(1, "(01)"+bag+"(30)4(10)FL-1"))
	done, err := s.Receiving.Receive(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	second := arrived(scanned(1, "(01)"+nobody+"(30)4(10)FL-2"))
	_, err = s.Receiving.Receive(t.Context(), second)
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_GTIN", "lines[0].scan")

	again := func(what string) {
		t.Helper()
		resp, err := s.Receiving.Receive(t.Context(), first)
		if err != nil || !proto.Equal(resp, done) {
			t.Errorf("%s: %v, %v", what, resp, err)
		}
	}
	again("at once")
	s.PushItem(t, flour(&pb.ItemGtin{Gtin: nobody, Unit: "BAG"}))
	again("without the GTIN")
	s.PushItem(t, &pb.Item{Sku: "OTHER", Name: "Other", BaseUnit: "H87", Tracking: pb.Tracking_TRACKING_LOT, Gtins: []*pb.ItemGtin{{Gtin: bag}}})
	again("with the GTIN of another item")
	if _, err = s.Receiving.Receive(t.Context(), second); err != nil {
		t.Errorf("with a GTIN that is known by now: %v", err)
	}
	// Filled in by hand, or with other data, it is another request.
	other := proto.CloneOf(first)
	other.Lines[0].Sku, other.Lines[0].LotCode = apitest.Flour, "FL-1"
	_, err = s.Receiving.Receive(t.Context(), other)
	apitest.WantRefusal(t, err, codes.AlreadyExists, "REQUEST_ID_REUSED", "request_id")
	other.Lines[0].Scan = "(01)" + bag + "(30)4(10)FL-9"
	_, err = s.Receiving.Receive(t.Context(), other)
	apitest.WantRefusal(t, err, codes.AlreadyExists, "REQUEST_ID_REUSED", "request_id")
	// And what is wrong with the id is said all the same.
	other.RequestId = ""
	_, err = s.Receiving.Receive(t.Context(), other)
	apitest.WantRefusal(t, err, codes.InvalidArgument, "REQUEST_ID_REQUIRED", "request_id")
}
