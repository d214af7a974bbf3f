package listing_test

import (
	"fmt"
	"testing"

	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// newHouse is the service with rows that share values, miss values and are named so as
// to make trouble, and what its lists are asked for beside filter and order.
func newHouse(t testing.TB) (*apitest.API, map[string]proto.Message) {
	t.Helper()
	a := apitest.Start(t)
	a.Minimal(t)
	a.PushParty(t, &pb.Party{Code: "É-2", Name: "Oil mill", Kinds: []pb.PartyKind{pb.PartyKind_PARTY_KIND_SUPPLIER}})
	a.PushItem(t, &pb.Item{Sku: "OIL", Name: `Oil "extra"`, BaseUnit: "LTR", Decimals: 2, Tracking: pb.Tracking_TRACKING_LOT, ExpiryTracked: true})
	codes := []string{"a", "B", "A\\1", `it's "x"`, "*", "é", "🥐", "10", "9", "true"}
	for i, code := range codes {
		receive(t, a, i, code)
	}
	for i, code := range codes[:4] {
		_, err := a.Lots.PlaceHold(t.Context(), &pb.PlaceHoldRequest{RequestId: apitest.ID(), Sku: "OIL", LotCode: code, Reason: fmt.Sprint("odd ", i%2)})
		if err != nil {
			t.Fatal(err)
		}
	}
	a.ReceiveLot(t, apitest.Salt, "", "12", "GRM", apitest.Shelf)
	return a, map[string]proto.Message{}
}

// receive takes in a receipt of two lots.
func receive(t testing.TB, a *apitest.API, i int, code string) {
	t.Helper()
	order := fmt.Sprintf("PO-%d", 100-i)
	amount := &pb.Quantity{Value: fmt.Sprint(i%3+1, ".5"), Unit: "LTR"}
	_, err := a.Receiving.UpsertPurchaseOrder(t.Context(), &pb.UpsertPurchaseOrderRequest{
		RequestId: apitest.ID(), PurchaseOrder: &pb.PurchaseOrder{Code: order, SupplierCode: []string{apitest.Supplier, "É-2"}[i%2], Lines: []*pb.PurchaseOrderLine{
			{LineNumber: 1, Sku: "OIL", Quantity: amount}, {LineNumber: 2, Sku: apitest.Flour, Quantity: &pb.Quantity{Value: "7", Unit: "KGM"}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = a.Receiving.Receive(t.Context(), &pb.ReceiveRequest{
		RequestId: apitest.ID(), ReceiptCode: "RC/" + code, PurchaseOrderCode: order, Lines: []*pb.ReceiptLine{
			{
				PurchaseOrderLineNumber: 1, LotCode: code, SupplierLotCode: []string{"", "S1", code}[i%3], Quantity: amount, LocationCode: []string{apitest.Shelf, apitest.Dock}[i%2],
				ExpiryDate: []string{"2099-06-15", "2099-01-01"}[i%2], ProductionDate: []string{"", "2026-01-01", "2026-02-01"}[i%3],
			},
			{PurchaseOrderLineNumber: 2, LotCode: code, Quantity: &pb.Quantity{Value: "7", Unit: "KGM"}, LocationCode: apitest.Shelf, ExpiryDate: []string{"", "2099-06-15"}[i%2]},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
}
