package trace_test

import (
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// An item that is not tracked by lot is no gap: what stands for it is told, and marked as
// inferred, and it ties together no more than the stock that there was.
func TestUntrackedItemsBreakNothing(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	w.receive("flour/1 10 + flour/2 10", "mill")
	w.produce("mix#1", "flour/1 10", "~dough/ 10")
	w.produce("bake#1", "~dough/ 8", "bread/1 8")
	w.produce("mix#2", "flour/2 10", "~dough/ 10")
	w.produce("bake#2", "~dough/ 6", "bread/2 6") // the last two of the first dough, and four of the second
	w.ship("bread/1 8", "shop")
	w.ship("~dough/ 1", "kiosk")
	const first, second = "~dough/run 1 of mix", "~dough/run 2 of mix"
	w.expect("flour/1", forward, "flour/1", "mix#1", "flour/1 -> mix#1: 10", "mix#1 -> "+first+": 10", first,
		"bake#1", first+" -> bake#1: 8", "bake#1 -> bread/1: 8", "bread/1", "bread/1 => shop: 8",
		"bake#2", first+" -> bake#2: 2", "bake#2 -> bread/2: 6", "bread/2")
	w.expect("bread/2", backward, "bread/2", "bake#2", "bake#2 -> bread/2: 6", first, second, first+" -> bake#2: 2", second+" -> bake#2: 4",
		"mix#1", "mix#2", "mix#1 -> "+first+": 10", "mix#2 -> "+second+": 10", "flour/1 -> mix#1: 10", "flour/2 -> mix#2: 10", "flour/1", "flour/2",
		"flour/1 <- mill: 10", "flour/2 <- mill: 10")
	w.expect("flour/2", forward, "flour/2", "mix#2", "flour/2 -> mix#2: 10", "mix#2 -> "+second+": 10", second, second+" => kiosk: 1",
		"bake#2", second+" -> bake#2: 4", "bake#2 -> bread/2: 6", "bread/2")
	parts, err := stream(t.Context(), w.Trace, "flour", "1", forward, nil)
	w.must(err)
	for _, l := range joined(parts).Lots {
		if l.Inferred != (l.Lot.Sku == "~dough") {
			t.Errorf("%s/%s inferred: %v", l.Lot.Sku, l.Lot.LotCode, l.Inferred)
		}
	}
	if s := parts[len(parts)-1].Summary.Statement; !strings.Contains(s, "1 inferred") {
		t.Errorf("%q does not say that a lot is inferred", s)
	}
}

// However goods leave, it is told: for an order or as a sample without one, to a warehouse
// of somebody else, as scrap that a third party takes. What stays, on another site or thrown
// away here, is told by what is left and where.
func TestUnusualWaysOut(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	w.receive("flour/1 100", "mill")
	w.produce("bake#1", "flour/1 60", "bread/1 50 + sweepings/1 9")
	_, err := w.Dispatch.UpsertSalesOrder(t.Context(), &pb.UpsertSalesOrderRequest{RequestId: apitest.ID(), SalesOrder: &pb.SalesOrder{
		Code: "SO-1", CustomerCode: apitest.Customer, Lines: []*pb.SalesOrderLine{{LineNumber: 10, Sku: "bread", Quantity: quantity(10)}},
	}})
	w.must(err)
	_, err = w.Dispatch.Ship(t.Context(), &pb.ShipRequest{RequestId: apitest.ID(), ShipmentCode: "ordered", SalesOrderCode: "SO-1", Lines: []*pb.ShipmentLine{
		{SalesOrderLineNumber: 10, Sku: "bread", LotCode: "1", LocationCode: apitest.Shelf, Quantity: quantity(10)},
		{Sku: "bread", LotCode: "1", LocationCode: apitest.Shelf, Quantity: quantity(1)}, // not ordered, and in the van
	}})
	w.must(err)
	w.ship("bread/1 2", "taster")
	w.ship("bread/1 20", "storehouse")
	w.ship("sweepings/1 9", "renderer")
	w.PushLocation(t, &pb.Location{Code: "SITE-2", Kind: pb.LocationKind_LOCATION_KIND_SITE, TimeZone: "Europe/Berlin"})
	w.PushLocation(t, &pb.Location{Code: "FAR", ParentCode: "SITE-2", Kind: pb.LocationKind_LOCATION_KIND_STORAGE})
	_, err = w.Lots.MoveLots(t.Context(), &pb.MoveLotsRequest{RequestId: apitest.ID(), Lines: []*pb.MoveLine{
		{Sku: "bread", LotCode: "1", FromLocationCode: apitest.Shelf, ToLocationCode: "FAR", Quantity: quantity(6)},
	}})
	w.must(err)
	_, err = w.Lots.ScrapLots(t.Context(), &pb.ScrapLotsRequest{
		RequestId: apitest.ID(), ReasonCode: pb.AdjustmentReason_ADJUSTMENT_REASON_DAMAGE, Justification: "stepped on",
		Lines: []*pb.ScrapLine{{Sku: "bread", LotCode: "1", LocationCode: apitest.Shelf, Quantity: quantity(11)}},
	})
	w.must(err)
	w.expect("flour/1", forward, "flour/1", "bake#1", "flour/1 -> bake#1: 60", "bake#1 -> bread/1: 50", "bake#1 -> sweepings/1: 9", "bread/1", "sweepings/1",
		"bread/1 => "+apitest.Customer+": 10", "bread/1 => "+apitest.Customer+": 1", "bread/1 => taster: 2", "bread/1 => storehouse: 20", "sweepings/1 => renderer: 9")
	parts, err := stream(t.Context(), w.Trace, "flour", "1", forward, nil)
	w.must(err)
	for _, l := range joined(parts).Lots {
		if stocks := l.Stocks; l.Lot.Sku == "bread" && (len(stocks) != 1 || stocks[0].LocationCode != "FAR" || stocks[0].OnHand.Value != "6") {
			t.Errorf("bread is at %v, want 6 at FAR", stocks)
		}
	}
}

// Of a document only the lines that are affected are told, and what else is on it is not
// in the trace.
func TestOnlyAffectedLinesOfDocuments(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	w.receive("flour/1 10 + flour/2 10 + sugar/1 10", "mill")
	w.produce("bake#1", "flour/1 10", "bread/1 10")
	w.produce("bake#2", "flour/2 10", "bread/2 10")
	w.ship("bread/1 4 + bread/2 5 + sugar/1 6", "shop")
	w.ship("bread/2 1 + sugar/1 1", "kiosk")
	w.expect("flour/1", forward, "flour/1", "bake#1", "flour/1 -> bake#1: 10", "bake#1 -> bread/1: 10", "bread/1", "bread/1 => shop: 4")
	w.expect("bread/2", backward, "bread/2", "bake#2", "bake#2 -> bread/2: 10", "flour/2 -> bake#2: 10", "flour/2", "flour/2 <- mill: 10")
}

// What comes back and goes out again is still the lot that it was: both ways of telling it
// keep the chain.
func TestReturnsAndReshipments(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	w.receive("flour/1 20", "mill")
	w.produce("bake#1", "flour/1 20", "bread/1 20")
	// The van came back with all of it: it has not been shipped.
	w.takeBack(0, w.ship("bread/1 8", "shut"))
	w.ship("bread/1 8", "shop")
	// Some of what was delivered came back later: it is there again.
	_, err := w.Lots.AdjustLots(t.Context(), &pb.AdjustLotsRequest{
		RequestId: apitest.ID(), ReasonCode: pb.AdjustmentReason_ADJUSTMENT_REASON_OTHER, Justification: "sent back by the shop",
		Lines: []*pb.AdjustmentLine{{Sku: "bread", LotCode: "1", LocationCode: apitest.Shelf, Quantity: quantity(3), Direction: pb.AdjustmentDirection_ADJUSTMENT_DIRECTION_FOUND}},
	})
	w.must(err)
	w.produce("rasp#1", "bread/1 13", "crumbs/1 13")
	w.ship("bread/1 2", "kiosk")
	w.ship("crumbs/1 13", "factory")
	between := []string{
		"flour/1", "bake#1", "flour/1 -> bake#1: 20", "bake#1 -> bread/1: 20", "bread/1", "rasp#1", "bread/1 -> rasp#1: 13", "rasp#1 -> crumbs/1: 13", "crumbs/1",
	}
	w.expect("flour/1", forward, append(slices.Clone(between), "bread/1 => shop: 8", "bread/1 => kiosk: 2", "crumbs/1 => factory: 13")...)
	w.expect("crumbs/1", backward, append(slices.Clone(between), "flour/1 <- mill: 20")...)
}

// A lot code is no name without its item, and one supplier's code none without the supplier.
func TestLotCodesThatAreAlike(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	w.receive("flour/001 10", "mill")
	w.receive("sugar/001 10", "mill")
	w.produce("bake#1", "flour/001 4", "bread/001 4")
	w.produce("melt#1", "sugar/001 4", "candy/001 4")
	w.ship("bread/001 4", "shop")
	w.ship("candy/001 4", "shop")
	w.expect("flour/001", forward, "flour/001", "bake#1", "flour/001 -> bake#1: 4", "bake#1 -> bread/001: 4", "bread/001", "bread/001 => shop: 4")
	w.expect("candy/001", backward, "candy/001", "melt#1", "melt#1 -> candy/001: 4", "sugar/001 -> melt#1: 4", "sugar/001", "sugar/001 <- mill: 10")

	// Another supplier's 001 is refused as more of the first one's, and has a code of ours.
	order := &pb.PurchaseOrder{Code: "PO-other", SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: "flour", Quantity: quantity(7)}}}
	_, err := w.Receiving.UpsertPurchaseOrder(t.Context(), &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: order})
	w.must(err)
	receive := func(lot string, add bool) error {
		_, err := w.Receiving.Receive(t.Context(), &pb.ReceiveRequest{RequestId: apitest.ID(), ReceiptCode: "RC-other", PurchaseOrderCode: "PO-other", Lines: []*pb.ReceiptLine{
			{PurchaseOrderLineNumber: 1, LotCode: lot, SupplierLotCode: "001", Quantity: quantity(7), LocationCode: apitest.Shelf, AddToExisting: add},
		}})
		return err
	}
	apitest.WantRefusal(t, receive("001", false), codes.AlreadyExists, "LOT_EXISTS", "lines[0].lot_code")
	apitest.WantRefusal(t, receive("001", true), codes.FailedPrecondition, "LOT_DIFFERS", "")
	w.must(receive("001-B", false))
	w.produce("bake#2", "flour/001-B 7", "bread/002 7")
	w.ship("bread/002 7", "kiosk")
	w.expect("flour/001-B", forward, "flour/001-B", "bake#2", "flour/001-B -> bake#2: 7", "bake#2 -> bread/002: 7", "bread/002", "bread/002 => kiosk: 7")
	w.expect("bread/001", backward, "bread/001", "bake#1", "bake#1 -> bread/001: 4", "flour/001 -> bake#1: 4", "flour/001", "flour/001 <- mill: 10")
}
