package apitest

import (
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// ReceiveLot takes a quantity in the item's unit into a location: a purchase
// order with one line, and a receipt of one line against it, both with codes of
// their own. The supplier is Supplier.
func (a *API) ReceiveLot(t testing.TB, sku, lotCode, quantity, unit, location string) {
	t.Helper()
	order, amount := ID(), &pb.Quantity{Value: quantity, Unit: unit}
	_, err := a.Receiving.UpsertPurchaseOrder(t.Context(), &pb.UpsertPurchaseOrderRequest{
		RequestId: ID(),
		PurchaseOrder: &pb.PurchaseOrder{
			Code: "PO-" + order, SupplierCode: Supplier,
			Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: sku, Quantity: amount}},
		},
	})
	if err != nil {
		t.Fatalf("order %s of %s: %v", quantity, sku, err)
	}
	_, err = a.Receiving.Receive(t.Context(), &pb.ReceiveRequest{
		RequestId: ID(), ReceiptCode: "RC-" + order, PurchaseOrderCode: "PO-" + order,
		Lines: []*pb.ReceiptLine{{
			PurchaseOrderLineNumber: 1, LotCode: lotCode, Quantity: amount, LocationCode: location,
		}},
	})
	if err != nil {
		t.Fatalf("receive %s of %s %s: %v", quantity, sku, lotCode, err)
	}
}
