package trace_test

import (
	"slices"
	"strings"
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// A supplier's lot is all the lots that came under its code, of one item or of all; as known
// at a moment, those that had come by then.
func TestSupplierLotOfSeveralLots(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	ctx := t.Context()
	amount := func(value, unit string) *pb.Quantity { return &pb.Quantity{Value: value, Unit: unit} }
	_, err := api.Receiving.UpsertPurchaseOrder(ctx, &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: &pb.PurchaseOrder{
		Code: "PO", SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{
			{LineNumber: 1, Sku: apitest.Flour, Quantity: amount("100", "KGM")}, {LineNumber: 2, Sku: apitest.Bread, Quantity: amount("100", "H87")},
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	var first int64
	for _, line := range []*pb.ReceiptLine{
		{PurchaseOrderLineNumber: 1, LotCode: "F-1", SupplierLotCode: "M 7", Quantity: amount("1", "KGM")},
		{PurchaseOrderLineNumber: 1, LotCode: "F-2", SupplierLotCode: "M 7", Quantity: amount("1", "KGM")},
		{PurchaseOrderLineNumber: 1, LotCode: "F-3", SupplierLotCode: "M 8", Quantity: amount("1", "KGM")},
		{PurchaseOrderLineNumber: 2, LotCode: "B-1", SupplierLotCode: "M 7", Quantity: amount("1", "H87")},
	} {
		line.LocationCode = apitest.Dock
		if _, err := api.Receiving.Receive(ctx, &pb.ReceiveRequest{RequestId: apitest.ID(), ReceiptCode: line.LotCode, PurchaseOrderCode: "PO", Lines: []*pb.ReceiptLine{line}}); err != nil {
			t.Fatal(err)
		}
		if first == 0 {
			first = api.Sealed(t)
		}
	}
	for _, c := range []struct {
		sku   string
		known *pb.KnownAt
		want  string
	}{{"", nil, "B-1 F-1 F-2"}, {apitest.Flour, nil, "F-1 F-2"}, {apitest.Bread, nil, "B-1"}, {"", index(int(first)), "F-1"}} {
		parts, err := streamOf(ctx, api.Trace, directions[0], &pb.TraceForwardRequest{Seeds: []*pb.TraceSeed{supplierLotSeed(apitest.Supplier, "M 7", c.sku)}, KnownAt: c.known})
		if err != nil {
			t.Fatal(err)
		}
		var lots []string
		for _, l := range joined(parts).Lots {
			lots = append(lots, l.Lot.LotCode)
		}
		if slices.Sort(lots); strings.Join(lots, " ") != c.want {
			t.Errorf("of item %q at %v: %q, want %q", c.sku, c.known, lots, c.want)
		}
	}
}
