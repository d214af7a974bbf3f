package oplog_test

import (
	"strings"
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// What is weighed is told with its weight, whatever is done with it, and what is taken back
// with what is taken back of it. What is not weighed has none.
func TestWeights(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	const cod = "COD"
	api.PushItem(t, &pb.Item{Sku: cod, Name: "Cod", BaseUnit: "CASE", Tracking: pb.Tracking_TRACKING_LOT, WeightUnit: "KGM", WeightDecimals: 2})
	api.ReceiveLot(t, apitest.Flour, "F", "5", "KGM", apitest.Dock)
	ctx := t.Context()
	must[*pb.UpsertPurchaseOrderResponse](t)(api.Receiving.UpsertPurchaseOrder(ctx, &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: &pb.PurchaseOrder{
		Code: "PO-W", SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: cod, Quantity: amount("10", "CASE")}},
	}}))
	must[*pb.ReceiveResponse](t)(api.Receiving.Receive(ctx, &pb.ReceiveRequest{RequestId: apitest.ID(), ReceiptCode: "RC-W", PurchaseOrderCode: "PO-W", Lines: []*pb.ReceiptLine{
		{PurchaseOrderLineNumber: 1, LotCode: "C", Quantity: amount("10", "CASE"), Weight: amount("101.25", "KGM"), LocationCode: apitest.Dock},
	}}))
	must[*pb.MoveLotsResponse](t)(api.Lots.MoveLots(ctx, &pb.MoveLotsRequest{RequestId: apitest.ID(), Lines: []*pb.MoveLine{
		{Sku: cod, LotCode: "C", Quantity: amount("4", "CASE"), Weight: amount("40500", "GRM"), FromLocationCode: apitest.Dock, ToLocationCode: apitest.Shelf},
	}}))
	must[*pb.ShipResponse](t)(api.Dispatch.Ship(ctx, &pb.ShipRequest{RequestId: apitest.ID(), ShipmentCode: "SH-W", CustomerCode: apitest.Customer, Lines: []*pb.ShipmentLine{
		{Sku: cod, LotCode: "C", Quantity: amount("1", "CASE"), Weight: amount("10.2", "KGM"), LocationCode: apitest.Shelf},
	}}))
	must[*pb.ReverseOperationResponse](t)(api.Lots.ReverseOperation(ctx, &pb.ReverseOperationRequest{
		RequestId: apitest.ID(), Reason: "test", Operation: &pb.ReverseOperationRequest_ShipmentCode{ShipmentCode: "SH-W"},
	}))
	api.Sealed(t)
	entries, _ := readAll(t, api, &pb.ListLogRequest{})
	var told []string
	for _, e := range entries {
		for _, m := range e.Operation.Movements {
			told = append(told, strings.Join([]string{m.Lot.LotCode, m.Quantity.Value, m.Weight.GetValue(), m.Weight.GetUnit()}, " "))
		}
	}
	const want = "F 5  , C 10 101.25 KGM, C 4 40.5 KGM, C 1 10.2 KGM, C -1 -10.2 KGM"
	if got := strings.Join(told, ", "); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
