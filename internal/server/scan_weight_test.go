package server_test

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// Of an item that is weighed the weight on a label is its weight, and the count on it, or
// one, the quantity.
func TestScansOfWhatIsWeighed(t *testing.T) {
	t.Parallel()
	s := newScannery(t)
	const fish = "99521234543216"
	s.PushItem(t, &pb.Item{Sku: "COD", Name: "Cod", BaseUnit: "CASE", Tracking: pb.Tracking_TRACKING_LOT, WeightUnit: "KGM", WeightDecimals: 3, Gtins: []*pb.ItemGtin{{Gtin: fish}}})
	_, err := s.Receiving.UpsertPurchaseOrder(t.Context(), &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: &pb.PurchaseOrder{
		Code: "PO", SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: "COD", Quantity: amount("20", "CASE")}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		line             *pb.ReceiptLine
		quantity, weight *pb.Quantity
	}{
		"a case":             {scanned(1, "(01)"+fish+"(3102)001235(10)C1"), amount("1", "CASE"), amount("12.35", "KGM")},
		"a pallet":           {scanned(1, "(00)195060001343520014(02)"+fish+"(37)12(3102)014835(10)C2"), amount("12", "CASE"), amount("148.35", "KGM")},
		"a Digital Link":     {scanned(1, "https://example.com/01/"+fish+"/10/C3?3103=012350"), amount("1", "CASE"), amount("12.35", "KGM")},
		"no weight":          {&pb.ReceiptLine{PurchaseOrderLineNumber: 1, Scan: "(01)" + fish + "(10)C4", Quantity: amount("2", "CASE"), Weight: amount("25", "KGM")}, amount("2", "CASE"), amount("25", "KGM")},
		"the same, in grams": {&pb.ReceiptLine{PurchaseOrderLineNumber: 1, Scan: "(01)" + fish + "(3102)001235(10)C5", Weight: amount("12350", "GRM")}, amount("1", "CASE"), amount("12.35", "KGM")},
	} {
		got := s.receive(t, c.line)
		if !proto.Equal(got.GetQuantity(), c.quantity) || !proto.Equal(got.GetWeight(), c.weight) {
			t.Errorf("%s: %v that weigh %v, want %v, %v", name, got.GetQuantity(), got.GetWeight(), c.quantity, c.weight)
		}
	}
	_, err = s.Receiving.Receive(t.Context(), arrived(&pb.ReceiptLine{PurchaseOrderLineNumber: 1, Scan: "(01)" + fish + "(3102)001235(10)C6", Weight: amount("12.34", "KGM")}))
	apitest.WantRefusal(t, err, codes.InvalidArgument, "SCAN_DIFFERS", "lines[0].weight")
	_, err = s.Receiving.Receive(t.Context(), arrived(&pb.ReceiptLine{PurchaseOrderLineNumber: 1, Scan: "(01)" + fish + "(3102)001235(10)C6", Quantity: amount("2", "CASE")}))
	apitest.WantRefusal(t, err, codes.InvalidArgument, "SCAN_DIFFERS", "lines[0].quantity")
	parsed, err := s.Lots.ParseBarcode(t.Context(), &pb.ParseBarcodeRequest{Data: "(01)" + fish + "(3102)001235(10)C2"})
	if err != nil || !proto.Equal(parsed.GetQuantity(), amount("1", "CASE")) || !proto.Equal(parsed.GetWeight(), amount("12.35", "KGM")) ||
		!proto.Equal(parsed.GetLot().GetWeight(), amount("148.35", "KGM")) {
		t.Errorf("%v, %v", parsed, err)
	}
	moved, err := s.Lots.PostOfflineMoves(t.Context(), &pb.PostOfflineMovesRequest{Moves: []*pb.OfflineMove{{
		RequestId: apitest.ID(), MovedAt: timestamppb.Now(), Scanned: "(01)" + fish + "(3102)001235(10)C2", FromLocationCode: apitest.Dock, ToLocationCode: apitest.Shelf,
	}}})
	if err != nil || moved.GetRefusedCount() > 0 || moved.GetResults()[0].GetMovements()[0].GetWeight().GetValue() != "12.35" {
		t.Errorf("%v, %v", moved, err)
	}
	// A reading of a count is of all that is there, and so the label of one says nothing of it.
	if _, err := s.Lots.OpenCount(t.Context(), &pb.OpenCountRequest{RequestId: apitest.ID(), CountCode: "CC", LocationCode: apitest.Shelf}); err != nil {
		t.Fatal(err)
	}
	_, err = s.Lots.RecordCount(t.Context(), &pb.RecordCountRequest{RequestId: apitest.ID(), CountCode: "CC", Lines: []*pb.CountReading{{
		Scan: "(01)" + fish + "(3102)001235(10)C2", LocationCode: apitest.Shelf, Counted: &pb.CountedQuantity{Value: "1", Unit: "CASE"},
	}}})
	apitest.WantRefusal(t, err, codes.InvalidArgument, "WEIGHT_REQUIRED", "lines[0].weight")
}
