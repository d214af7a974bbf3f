package badinput_test

import (
	"regexp"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// Items beside those of apitest.Minimal.
const (
	milk  = "MILK"  // expiry tracked, in LTR
	drill = "DRILL" // tracked by serial, in H87
)

// newWorld sets up a house beside apitest.Minimal:
//
//	FL-1     flour, at the dock and on the shelf; its one hold was released
//	FL-HELD  flour, at the dock, on two holds: glass, wet
//	BR-1     bread, bought, on the shelf
//	BR-9     bread that run R-1 made, on the shelf
//	MK-OLD   milk, at the dock, expired
//	DR-1     a drill, on the shelf
//	salt     1,000 GRM on the shelf, untracked
//
// and production order MO-1 with the runs, which are open, and R-2,
// which is finished; sales order SO-1, on whose line 1 shipment SH-1 went; and the
// recalls of recall.
func newWorld(t testing.TB) *world {
	t.Helper()
	api := apitest.Start(t)
	api.Minimal(t)
	w := &world{API: api}
	_, w.good = goodRequests()
	w.PushParty(t, &pb.Party{Code: "SUP-2", Name: "Other mill", Kinds: []pb.PartyKind{pb.PartyKind_PARTY_KIND_SUPPLIER}})
	w.PushParty(t, &pb.Party{Code: "CAR-1", Name: "Carrier", Kinds: []pb.PartyKind{pb.PartyKind_PARTY_KIND_CARRIER}})
	w.PushItem(t, &pb.Item{Sku: milk, Name: "Milk", BaseUnit: "LTR", Decimals: 1, Tracking: pb.Tracking_TRACKING_LOT, ExpiryTracked: true})
	w.PushItem(t, &pb.Item{Sku: drill, Name: "Drill", BaseUnit: "H87", Tracking: pb.Tracking_TRACKING_SERIAL})
	w.PushItem(t, &pb.Item{
		Sku: "TAGGED", Name: "Oil", BaseUnit: "LTR", Tracking: pb.Tracking_TRACKING_LOT, Gtins: []*pb.ItemGtin{{Gtin: "036000291452"}},
	})
	w.tag(t)
	w.weighed(t)
	w.close(t)
	w.buy(t)
	w.work(t)
	w.share(t)
	w.rotate(t)
	w.reserve(t)
	w.openPacketCase(t)
	w.date(t)
	w.openCounts(t)
	w.sampled(t)
	w.recall(t)
	w.know(t)
	w.goOn(t)
	for name, req := range w.good {
		if r := rpcs[name]; r.Input().Fields().ByName("page_token") != nil {
			apply(t, req, set("page_token", w.token(t, name, req)))
		}
	}
	w.digester = newDigester(t, api.URL)
	return w
}

// must makes a call that the house is set up with.
func (w *world) must(t testing.TB, name string, req proto.Message) proto.Message {
	t.Helper()
	if rpcs[name].isWrite() {
		apply(t, req, set("request_id", apitest.ID()))
	}
	resp, err := w.overGRPC(t, name, req)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return resp
}

func (w *world) buy(t testing.TB) {
	t.Helper()
	order := &pb.PurchaseOrder{Code: "PO-1", SupplierCode: apitest.Supplier}
	for i, l := range []struct{ sku, quantity, unit string }{
		{apitest.Flour, "1000", "KGM"}, {apitest.Bread, "100", "H87"}, {apitest.Salt, "5000", "GRM"}, {milk, "100", "LTR"}, {drill, "5", "H87"}, {cod, "100", "CASE"},
	} {
		order.Lines = append(order.Lines, &pb.PurchaseOrderLine{LineNumber: int32(i + 1), Sku: l.sku, Quantity: amount(l.quantity, l.unit)})
	}
	w.must(t, "UpsertPurchaseOrder", &pb.UpsertPurchaseOrderRequest{PurchaseOrder: order})
	w.must(t, "Receive", &pb.ReceiveRequest{ReceiptCode: "RC-1", PurchaseOrderCode: "PO-1", ReceivedAt: then, Lines: []*pb.ReceiptLine{
		{PurchaseOrderLineNumber: 1, LotCode: "FL-1", SupplierLotCode: "S/1", Quantity: amount("100", "KGM"), LocationCode: apitest.Dock, ProductionDate: "2025-01-10", ExpiryDate: "2099-12-31"},
		{PurchaseOrderLineNumber: 1, LotCode: "FL-HELD", Quantity: amount("50", "KGM"), LocationCode: apitest.Dock},
		{PurchaseOrderLineNumber: 2, LotCode: "BR-1", Quantity: amount("60", "H87"), LocationCode: apitest.Shelf},
		{PurchaseOrderLineNumber: 3, Quantity: amount("1000", "GRM"), LocationCode: apitest.Shelf},
		{PurchaseOrderLineNumber: 4, LotCode: "MK-OLD", Quantity: amount("10", "LTR"), LocationCode: apitest.Dock, ExpiryDate: "2020-01-31"},
		{PurchaseOrderLineNumber: 5, LotCode: "DR-1", Quantity: amount("1", "H87"), LocationCode: apitest.Shelf},
	}})
	w.must(t, "Receive", &pb.ReceiveRequest{ReceiptCode: "RC-2", PurchaseOrderCode: "PO-1", ReceivedAt: then, Lines: []*pb.ReceiptLine{
		{PurchaseOrderLineNumber: 1, LotCode: "FL-2", Quantity: amount("10", "KGM"), LocationCode: apitest.Shelf},
	}})
	w.must(t, "UpsertPurchaseOrder", &pb.UpsertPurchaseOrderRequest{PurchaseOrder: &pb.PurchaseOrder{
		Code: "PO-2", SupplierCode: "SUP-2", Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: apitest.Flour, Quantity: amount("10", "KGM")}},
	}})
}

func (w *world) work(t testing.TB) {
	t.Helper()
	w.must(t, "CreateProductionOrder", &pb.CreateProductionOrderRequest{ProductionOrder: &pb.ProductionOrder{Code: "MO-1", Sku: apitest.Bread, Quantity: amount("100", "H87")}})
	started := timestamppb.New(past.Add(-time.Hour))
	for _, run := range []string{"R-1", "R-2", "R-3"} {
		w.must(t, "StartRun", &pb.StartRunRequest{ProductionOrderCode: "MO-1", RunCode: run, StartedAt: started})
	}
	w.must(t, "FinishRun", &pb.FinishRunRequest{ProductionOrderCode: "MO-1", RunCode: "R-2", FinishedAt: then})
	w.must(t, "ConsumeLots", w.good["ConsumeLots"])
	w.must(t, "RecordOutputs", &pb.RecordOutputsRequest{ProductionOrderCode: "MO-1", RunCode: "R-1", ProducedAt: then, Lines: []*pb.OutputLine{
		{Sku: apitest.Bread, LotCode: "BR-9", LocationCode: apitest.Shelf, Quantity: amount("24", "H87"), ProductionDate: "2025-06-01"},
	}})
	w.must(t, "MoveLots", &pb.MoveLotsRequest{MovedAt: then, Lines: []*pb.MoveLine{
		{Sku: apitest.Flour, LotCode: "FL-1", Quantity: amount("20", "KGM"), FromLocationCode: apitest.Dock, ToLocationCode: apitest.Shelf},
	}})
	for _, reason := range []string{"glass in the mill", "wet"} {
		w.must(t, "PlaceHold", &pb.PlaceHoldRequest{Sku: apitest.Flour, LotCode: "FL-HELD", Reason: reason})
	}
	w.must(t, "PlaceHold", &pb.PlaceHoldRequest{Sku: apitest.Flour, LotCode: "FL-1", Reason: "smells"})
	w.must(t, "ReleaseHold", &pb.ReleaseHoldRequest{Sku: apitest.Flour, LotCode: "FL-1", Number: 1, Reason: "it was the bread"})
	w.must(t, "UpsertSalesOrder", &pb.UpsertSalesOrderRequest{SalesOrder: &pb.SalesOrder{Code: "SO-1", CustomerCode: apitest.Customer, Lines: []*pb.SalesOrderLine{
		{LineNumber: 1, Sku: apitest.Flour, Quantity: amount("10", "KGM")}, {LineNumber: 2, Sku: apitest.Bread, Quantity: amount("10", "H87")},
	}}})
	w.must(t, "Ship", &pb.ShipRequest{ShipmentCode: "SH-1", SalesOrderCode: "SO-1", ShippedAt: then, Lines: []*pb.ShipmentLine{
		{SalesOrderLineNumber: 1, Sku: apitest.Flour, LotCode: "FL-1", LocationCode: apitest.Dock, Quantity: amount("1", "KGM")},
	}})
}

// know has the good requests ask for what was known once the house was set up.
func (w *world) know(t testing.TB) {
	t.Helper()
	w.Sealed(t)
	if err := w.DB.QueryRow(t.Context(), "SELECT sealed_at FROM log_head WHERE tenant_id = 1").Scan(&w.known); err != nil {
		t.Fatal(err)
	}
	for name, req := range w.good {
		if rpcs[name].Input().Fields().ByName("known_at") != nil {
			apply(t, req, set("known_at.time", w.known))
		}
		if name == "CompareTraces" {
			apply(t, req, set("first.known_at.time", w.known, "second.known_at.time", w.known))
		}
	}
}

// token is where the second page of a list begins.
func (w *world) token(t testing.TB, name string, req proto.Message) string {
	t.Helper()
	resp := w.must(t, name, req).ProtoReflect()
	token := resp.Get(resp.Descriptor().Fields().ByName("next_page_token")).String()
	if token == "" {
		t.Fatalf("%s: one page holds it all", name)
	}
	return token
}

// anyElement is a path without the places in lists: what one element has, another of the
// same list need not have.
func anyElement(path string) string {
	return regexp.MustCompile(`\[\d+\]`).ReplaceAllString(path, "[]")
}

// TestEveryRPC: there is a good request for every RPC, with every message in it
// that can be: what is derived from the fields then misses none.
func TestEveryRPC(t *testing.T) {
	t.Parallel()
	order, good := goodRequests()
	for name, r := range rpcs {
		if !slices.Contains(order, name) {
			t.Errorf("%s has no good request", name)
			continue
		}
		empty := leaves(good[name].ProtoReflect(), "", func(field protoreflect.FieldDescriptor) bool { return field.Message() != nil || field.IsList() })
		has := map[string]bool{}
		for _, other := range []proto.Message{weighedRequest(t, name, good[name]), seededRequest(t, name, good[name])} {
			empty = append(empty, leaves(other.ProtoReflect(), "", func(field protoreflect.FieldDescriptor) bool { return field.Message() != nil || field.IsList() })...)
		}
		for _, l := range empty {
			has[anyElement(l.path)] = has[anyElement(l.path)] || l.message.Has(l.field)
		}
		for path, is := range has {
			if !is {
				t.Errorf("%s: %s is empty", name, path)
			}
		}
		if r.Input().FullName() != good[name].ProtoReflect().Descriptor().FullName() {
			t.Errorf("%s: a request of another method", name)
		}
	}
}
