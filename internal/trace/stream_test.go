package trace_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
)

// The same over gRPC, over REST as newline-delimited JSON, and in pages.
func TestEveryWayTheSame(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	g := parse(t, bakery)
	lineagetest.Load(t, api.DB, 1, g)
	for _, lot := range []string{"flour/1", "danish/1", "~water/1", "butter/1"} {
		sku, code, _ := strings.Cut(lot, "/")
		for _, direction := range directions {
			way := words[direction]
			streamed, err := stream(t.Context(), api.Trace, sku, code, direction, nil)
			if err != nil {
				t.Fatal(err)
			}
			want := g.Expect(lineagetest.Ask{Seed: lot, Forward: way != "backward", Backward: way != "forward"})
			if got := answer(t, streamed); !reflect.DeepEqual(got, want) {
				t.Errorf("%s of %s\n got %+v\nwant %+v", way, lot, got, want)
			}
			paged, err := pages(t.Context(), overGRPC(api.Trace), &pb.GetTraceRequest{Sku: sku, LotCode: code, Direction: direction, PageSize: 3})
			if err != nil || !proto.Equal(joined(paged), joined(streamed)) {
				t.Errorf("%s of %s: pages differ from the stream, %v", way, lot, err)
			}
			for _, path := range []string{
				fmt.Sprintf("/v1/items/%s/lots/%s/trace/%s", url.PathEscape(sku), url.PathEscape(code), way),
				fmt.Sprintf("/v1/trace/%s?sku=%s&lot_code=%s", way, url.QueryEscape(sku), url.QueryEscape(code)),
			} {
				lines := overREST(t, api, path)
				if last := lines[len(lines)-1]; last.Summary == nil || !strings.HasPrefix(last.Summary.Statement, "Complete: ") {
					t.Errorf("%s: ends with %v", path, last)
				}
				if !proto.Equal(joined(lines), joined(streamed)) {
					t.Errorf("%s: differs from gRPC", path)
				}
			}
		}
	}
}

func overGRPC(client pb.TraceServiceClient) func(context.Context, *pb.GetTraceRequest) (*pb.GetTraceResponse, error) {
	return func(ctx context.Context, r *pb.GetTraceRequest) (*pb.GetTraceResponse, error) {
		return client.GetTrace(ctx, r)
	}
}

// overREST takes a stream as lines of JSON.
func overREST(t *testing.T, api *apitest.API, path string) []*pb.TracePart {
	t.Helper()
	status, lines := api.DoLines(t, "GET", path, nil)
	if status != 200 {
		t.Fatalf("%s: HTTP %d, %v", path, status, lines)
	}
	var parts []*pb.TracePart
	for _, line := range lines {
		text, err := json.Marshal(line["result"])
		if err != nil {
			t.Fatal(err)
		}
		resp := &pb.TraceForwardResponse{} // the three look the same
		if err := protojson.Unmarshal(text, resp); err != nil {
			t.Fatalf("%s: %v: %.500s", path, err, text)
		}
		parts = append(parts, resp.Part)
	}
	return parts
}

// What a lot says of itself: dates, holds, whose code, where it is.
func TestParticulars(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	api.PushParty(t, &pb.Party{Code: "SHOP", Name: "The Shop", Kinds: []pb.PartyKind{pb.PartyKind_PARTY_KIND_CUSTOMER}, Contacts: []*pb.Contact{
		{Name: "Otto", Role: "orders"}, {Name: "Quinn", Role: "recall", Phone: "+49 30 1", Email: "quinn@shop.example"},
	}})
	ctx := t.Context()
	kg := func(n string) *pb.Quantity { return &pb.Quantity{Value: n, Unit: "KGM"} }
	_, err := api.Receiving.UpsertPurchaseOrder(ctx, &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: &pb.PurchaseOrder{
		Code: "PO/1", SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{{LineNumber: 10, Sku: apitest.Flour, Quantity: kg("100")}},
	}})
	if err == nil {
		_, err = api.Receiving.Receive(ctx, &pb.ReceiveRequest{RequestId: apitest.ID(), ReceiptCode: "RC/1", PurchaseOrderCode: "PO/1", Lines: []*pb.ReceiptLine{{
			PurchaseOrderLineNumber: 10, LotCode: "L/1%2F", SupplierLotCode: "M 7", Quantity: kg("99.5"), LocationCode: apitest.Dock, ExpiryDate: "2099-12-31",
		}}})
	}
	if err == nil {
		_, err = api.Dispatch.Ship(ctx, &pb.ShipRequest{RequestId: apitest.ID(), ShipmentCode: "S/1", CustomerCode: "SHOP", DeliveryDate: "2099-04-01", Lines: []*pb.ShipmentLine{{
			Sku: apitest.Flour, LotCode: "L/1%2F", LocationCode: apitest.Dock, Quantity: &pb.Quantity{Value: "1", Unit: "BAG"},
		}}})
	}
	if err == nil {
		_, err = api.Lots.PlaceHold(ctx, &pb.PlaceHoldRequest{RequestId: apitest.ID(), Sku: apitest.Flour, LotCode: "L/1%2F", Reason: "smells"})
	}
	if err != nil {
		t.Fatal(err)
	}
	parts := overREST(t, api, "/v1/items/FLOUR/lots/"+url.PathEscape("L/1%2F")+"/trace/both")
	got := joined(parts)
	for _, r := range got.Receipts {
		r.ReceivedAt = nil
	}
	for _, s := range got.Shipments {
		s.ShippedAt = nil
	}
	want := &pb.TracePart{
		Lots: []*pb.TraceLot{{
			Ref: 1, Lot: &pb.LotKey{Sku: apitest.Flour, LotCode: "L/1%2F"}, ItemName: "Flour", Direction: pb.TraceDirection_TRACE_DIRECTION_BACKWARD,
			SupplierLotCode: "M 7", ExpiryDate: "2099-12-31", ActiveHoldCount: 1, OnHand: kg("74.5"),
			Stocks: []*pb.Stock{{LocationCode: apitest.Dock, OnHand: kg("74.5")}},
		}},
		Receipts: []*pb.TraceReceipt{{
			LotRef: 1, ReceiptCode: "RC/1", PurchaseOrderCode: "PO/1", PurchaseOrderLineNumber: 10,
			SupplierCode: apitest.Supplier, SupplierName: "Mill", Quantity: kg("99.5"),
		}},
		Shipments: []*pb.TraceShipment{{
			LotRef: 1, ShipmentCode: "S/1", CustomerCode: "SHOP", CustomerName: "The Shop",
			CustomerContact: "Quinn, +49 30 1, quinn@shop.example", Quantity: kg("25"), DeliveryDate: "2099-04-01",
		}},
		Summary: &pb.TraceSummary{Complete: true, LotCount: 1, ReceiptCount: 1, SupplierCount: 1, ShipmentCount: 1, CustomerCount: 1},
	}
	if !proto.Equal(got, want) {
		t.Errorf("\n got %v\nwant %v", got, want)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	lineagetest.Load(t, api.DB, 1, parse(t, bakery))
	lineagetest.Load(t, api.DB, 2, parse(t, "mill -> secret/1 5"))
	cases := []struct {
		sku, lot      string
		filter        *pb.TraceFilter
		code          codes.Code
		reason, field string
	}{
		{"flour", "9", nil, codes.NotFound, "UNKNOWN_LOT", "lot_code"},
		{"floor", "1", nil, codes.NotFound, "UNKNOWN_ITEM", "sku"},
		{"secret", "1", nil, codes.NotFound, "UNKNOWN_ITEM", "sku"},
		{"flour", "1", &pb.TraceFilter{Skus: []string{"danish", "donut"}}, codes.NotFound, "UNKNOWN_ITEM", "filter.skus[1]"},
	}
	for _, c := range cases {
		for _, direction := range directions {
			parts, err := stream(t.Context(), api.Trace, c.sku, c.lot, direction, c.filter)
			apitest.WantRefusal(t, err, c.code, c.reason, c.field)
			if len(parts) > 0 {
				t.Errorf("%v before the refusal", parts)
			}
			_, err = api.Trace.GetTrace(t.Context(), &pb.GetTraceRequest{Sku: c.sku, LotCode: c.lot, Direction: direction, Filter: c.filter})
			apitest.WantRefusal(t, err, c.code, c.reason, c.field)
		}
	}
	status, _ := api.DoRaw(t, "GET", "/v1/trace/forward?sku=flour&lot_code=9", nil)
	if status != 404 {
		t.Errorf("HTTP %d for a lot that is not there", status)
	}
}
