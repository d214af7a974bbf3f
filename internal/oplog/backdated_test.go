package oplog_test

import (
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// What was posted long after it happened is marked wherever it is shown.
func TestBackDatedIsMarked(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	for code, ago := range map[string]time.Duration{"PROMPT": time.Minute, "LATE": 3 * time.Hour} {
		late := ago > time.Hour
		at := timestamppb.New(time.Now().Add(-ago))
		must[*pb.UpsertPurchaseOrderResponse](t)(api.Receiving.UpsertPurchaseOrder(t.Context(), &pb.UpsertPurchaseOrderRequest{
			RequestId: apitest.ID(), PurchaseOrder: &pb.PurchaseOrder{Code: code, SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{
				{LineNumber: 1, Sku: apitest.Flour, Quantity: amount("5", "KGM")},
			}},
		}))
		received := must[*pb.ReceiveResponse](t)(api.Receiving.Receive(t.Context(), &pb.ReceiveRequest{
			RequestId: apitest.ID(), ReceiptCode: code, PurchaseOrderCode: code, ReceivedAt: at,
			Lines: []*pb.ReceiptLine{{PurchaseOrderLineNumber: 1, LotCode: code, Quantity: amount("5", "KGM"), LocationCode: apitest.Shelf}},
		}))
		shipped := must[*pb.ShipResponse](t)(api.Dispatch.Ship(t.Context(), &pb.ShipRequest{
			RequestId: apitest.ID(), ShipmentCode: code, CustomerCode: apitest.Customer, ShippedAt: at,
			Lines: []*pb.ShipmentLine{{Sku: apitest.Flour, LotCode: code, LocationCode: apitest.Shelf, Quantity: amount("5", "KGM")}},
		}))
		api.Sealed(t)
		receipt := must[*pb.GetReceiptResponse](t)(api.Receiving.GetReceipt(t.Context(), &pb.GetReceiptRequest{Code: code}))
		receipts := must[*pb.ListReceiptsResponse](t)(api.Receiving.ListReceipts(t.Context(), &pb.ListReceiptsRequest{PurchaseOrderCode: code}))
		manifest := must[*pb.GetManifestResponse](t)(api.Dispatch.GetManifest(t.Context(), &pb.GetManifestRequest{ShipmentCode: code}))
		for where, marked := range map[string]bool{
			"ReceiveResponse": received.Receipt.BackDated, "GetReceipt": receipt.Receipt.BackDated, "ListReceipts": receipts.Receipts[0].BackDated,
			"ShipResponse": shipped.Manifest.BackDated, "GetManifest": manifest.Manifest.BackDated,
		} {
			if marked != late {
				t.Errorf("%s: %s says %v", code, where, marked)
			}
		}
		for _, m := range must[*pb.ListLotMovementsResponse](t)(api.Lots.ListLotMovements(t.Context(), &pb.ListLotMovementsRequest{Sku: apitest.Flour, LotCode: code})).Movements {
			if m.BackDated != late {
				t.Errorf("%s: a %v of ListLotMovements says %v", code, m.Kind, m.BackDated)
			}
		}
		for _, e := range must[*pb.GetLotTimelineResponse](t)(api.Lots.GetLotTimeline(t.Context(), &pb.GetLotTimelineRequest{Sku: apitest.Flour, LotCode: code})).Entries {
			if e.BackDated != late || e.GetMovement().GetBackDated() != late {
				t.Errorf("%s: a %v of the timeline says %v, its movement %v", code, e.Kind, e.BackDated, e.GetMovement().GetBackDated())
			}
		}
	}
	entries, _ := readAll(t, api, &pb.ListLogRequest{})
	for _, e := range entries {
		late := e.Operation.OccurredAt.AsTime().Before(time.Now().Add(-time.Hour))
		if e.Operation.BackDated != late {
			t.Errorf("log index %d, %v, says %v", e.LogIndex, e.Operation.Kind, e.Operation.BackDated)
		}
		for _, m := range e.Operation.Movements {
			if m.BackDated != late {
				t.Errorf("a movement at log index %d, %v, says %v", e.LogIndex, e.Operation.Kind, m.BackDated)
			}
		}
	}
	if len(entries) != 4 {
		t.Errorf("%d entries", len(entries))
	}
}
