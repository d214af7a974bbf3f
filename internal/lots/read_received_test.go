package lots_test

import (
	"slices"
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// When a lot was received is said the same by contents, as they are and as they were
// known, and by picks, also where more of it came that is said to have come before; and so
// are the dates of then, all of them.
func TestWhenALotWasReceived(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.receive(oil, "L-1", "LTR", bin1, "2024-01-01", "2099-01-01") // at 2024-03-01, posted now
	first := s.Sealed(t)
	_, err := s.Receiving.UpsertPurchaseOrder(t.Context(), &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: &pb.PurchaseOrder{
		Code: "PO-2", SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: oil, Quantity: amount("5", "LTR")}},
	}})
	must(t, 0, err)
	_, err = s.Receiving.Receive(t.Context(), &pb.ReceiveRequest{
		RequestId: apitest.ID(), ReceiptCode: "RC-2", PurchaseOrderCode: "PO-2", ReceivedAt: at("2024-02-01T08:00:00Z"),
		Lines: []*pb.ReceiptLine{{
			PurchaseOrderLineNumber: 1, LotCode: "L-1", SupplierLotCode: "S/L-1", Quantity: amount("5", "LTR"), LocationCode: bin1,
			ProductionDate: "2024-01-01", ExpiryDate: "2099-01-01", AddToExisting: true,
		}},
	})
	must(t, 0, err)
	second := s.Sealed(t)
	_, err = s.Lots.ChangeLotDates(t.Context(), &pb.ChangeLotDatesRequest{
		RequestId: apitest.ID(), Sku: oil, LotCode: "L-1", BestBeforeDate: "2098-06-30", ProductionDate: "2024-01-02", ExpiryDate: "2098-12-31", Reason: "label misread",
	})
	must(t, 0, err)
	contents := func(known *pb.KnownAt) string {
		resp, err := s.Lots.ListLocationContents(t.Context(), &pb.ListLocationContentsRequest{LocationCode: bin1, KnownAt: known})
		c := must(t, resp, err).Contents[0]
		return c.OnHand.Value + " " + c.ProductionDate + "/" + c.BestBeforeDate + "/" + c.ExpiryDate + " came " + c.ReceivedAt.AsTime().Format("2006-01-02")
	}
	got := []string{contents(index(first)), contents(index(second)), contents(nil)}
	want := []string{
		"10 2024-01-01//2099-01-01 came 2024-03-01", "15 2024-01-01//2099-01-01 came 2024-03-01", "15 2024-01-02/2098-06-30/2098-12-31 came 2024-03-01",
	}
	if !slices.Equal(got, want) {
		t.Errorf("contents %q, want %q", got, want)
	}
	picks, err := s.Lots.ProposePicks(t.Context(), &pb.ProposePicksRequest{
		Purpose: pb.PickPurpose_PICK_PURPOSE_CONSUMPTION, Lines: []*pb.PickLine{{Sku: oil, Quantity: amount("1", "LTR"), LocationCode: apitest.Site}},
	})
	must(t, picks, err)
	if got := picks.Proposals[0].Picks[0].ReceivedAt.AsTime().Format("2006-01-02"); got != "2024-03-01" {
		t.Errorf("the pick came on %s", got)
	}
}
