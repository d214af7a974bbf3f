package trace_test

import (
	"errors"
	"io"
	"slices"
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
)

// Lines are held against those of the same document, and where a document has several of
// one lot, each against its own.
func TestCompareDocuments(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	ctx := t.Context()
	kg := func(value string) *pb.Quantity { return &pb.Quantity{Value: value, Unit: "KGM"} }
	_, err := api.Receiving.UpsertPurchaseOrder(ctx, &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: &pb.PurchaseOrder{
		Code: "PO", SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: apitest.Flour, Quantity: kg("100")}},
	}})
	receive := func(code, value string) {
		if err == nil {
			_, err = api.Receiving.Receive(ctx, &pb.ReceiveRequest{RequestId: apitest.ID(), ReceiptCode: code, PurchaseOrderCode: "PO", Lines: []*pb.ReceiptLine{
				{PurchaseOrderLineNumber: 1, LotCode: "F", Quantity: kg(value), LocationCode: apitest.Dock, AddToExisting: code != "R-1"},
			}})
		}
	}
	ship := func(code string, values ...string) {
		req := &pb.ShipRequest{RequestId: apitest.ID(), ShipmentCode: code, CustomerCode: apitest.Customer}
		for i, value := range values {
			req.Lines = append(req.Lines, &pb.ShipmentLine{Sku: apitest.Flour, LotCode: "F", Quantity: kg(value), LocationCode: []string{apitest.Dock, apitest.Shelf}[i]})
		}
		if err == nil {
			_, err = api.Dispatch.Ship(ctx, req)
		}
	}
	receive("R-1", "3")
	receive("R-2", "5")
	if err == nil {
		_, err = api.Lots.MoveLots(ctx, &pb.MoveLotsRequest{RequestId: apitest.ID(), Lines: []*pb.MoveLine{
			{Sku: apitest.Flour, LotCode: "F", Quantity: kg("1"), FromLocationCode: apitest.Dock, ToLocationCode: apitest.Shelf},
		}})
	}
	ship("S-1", "1")
	ship("S-2", "0.5", "0.75")
	ship("S-3", "0.25")
	if err != nil {
		t.Fatal(err)
	}
	before := api.Sealed(t)
	for _, req := range []*pb.ReverseOperationRequest{
		{Operation: &pb.ReverseOperationRequest_ShipmentCode{ShipmentCode: "S-1"}}, {Operation: &pb.ReverseOperationRequest_ReceiptCode{ReceiptCode: "R-1"}},
	} {
		req.RequestId, req.Reason = apitest.ID(), "test"
		if _, err := api.Lots.ReverseOperation(ctx, req); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		direction pb.TraceDirection
		want      []string
	}{
		{directions[0], []string{"- FLOUR/F to S-1", "~ FLOUR/F 5.5>3.5"}},
		{directions[1], []string{"- FLOUR/F from R-1", "~ FLOUR/F 5.5>3.5"}},
	} {
		got, _, err := compareTraces(t, api, &pb.CompareTracesRequest{
			Sku: apitest.Flour, LotCode: "F", Direction: c.direction, First: &pb.TraceMoment{KnownAt: index(int(before))},
		})
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%q, %v, want %q", got, err, c.want)
		}
	}
}

// However much differs, no message has very much of it.
func TestCompareMany(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	const many = 2000
	lineagetest.Load(t, api.DB, 1, fan(many))
	for name, req := range map[string]*pb.CompareTracesRequest{
		"only in the second": {First: &pb.TraceMoment{AsOf: atMinute(1)}}, "only in the first": {Second: &pb.TraceMoment{AsOf: atMinute(1)}},
	} {
		req.Sku, req.LotCode, req.Direction = "bulk", "1", directions[0]
		stream, err := api.Trace.CompareTraces(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		lots := 0
		for {
			part, err := stream.Recv()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			lots += len(part.Lots)
			if n := len(part.Lots) + len(part.Runs) + len(part.Edges) + len(part.Shipments); n > 1000 {
				t.Errorf("%s: %d differences in a message", name, n)
			}
		}
		if lots < many {
			t.Errorf("%s: %d lots", name, lots)
		}
	}
}
