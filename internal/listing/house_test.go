package listing_test

import (
	"fmt"
	"testing"
	"time"

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
	a.ReceiveLot(t, apitest.Salt, "", "12", "GRM", apitest.Shelf)
	hold(t, a, codes)
	count(t, a)
	adjust(t, a, codes)
	handle(t, a)
	consume(t, a, codes)
	redate(t, a, codes[9])
	reserve(t, a)
	within := int32(3650)
	return a, map[string]proto.Message{
		"ListConsumptions":     &pb.ListConsumptionsRequest{ProductionOrderCode: "MO", RunCode: "R"},
		"ListLotMovements":     &pb.ListLotMovementsRequest{Sku: cod, LotCode: "K"},
		"ListLotDateChanges":   &pb.ListLotDateChangesRequest{Sku: "OIL", LotCode: codes[9]},
		"LocateLot":            &pb.LocateLotRequest{Sku: cod, LotCode: "K"},
		"ListHolds":            &pb.ListHoldsRequest{Sku: "OIL", LotCode: codes[0]},
		"ListLocationContents": &pb.ListLocationContentsRequest{LocationCode: apitest.Site},
		"ListExpiringLots":     &pb.ListExpiringLotsRequest{WithinDays: &within},
		"ListShrink":           &pb.ListShrinkRequest{GroupBy: pb.ShrinkGroupBy_SHRINK_GROUP_BY_LOT},
	}
}

// hold places holds, several of them on the first lot, and releases some.
func hold(t testing.TB, a *apitest.API, codes []string) {
	t.Helper()
	for i, code := range append([]string{codes[0], codes[0], codes[0], codes[0], codes[0]}, codes[:4]...) {
		held, err := a.Lots.PlaceHold(t.Context(), &pb.PlaceHoldRequest{
			RequestId: apitest.ID(), Sku: "OIL", LotCode: code, Reason: fmt.Sprint("odd ", i%2), LocationCode: []string{"", apitest.Shelf, ""}[i%3],
			ReasonCode: []pb.HoldReason{pb.HoldReason_HOLD_REASON_UNSPECIFIED, pb.HoldReason_HOLD_REASON_DAMAGE, pb.HoldReason_HOLD_REASON_QUALITY}[i%3],
		})
		if err != nil {
			t.Fatal(err)
		}
		if i%4 != 1 {
			continue
		}
		if _, err := a.Lots.ReleaseHold(t.Context(), &pb.ReleaseHoldRequest{RequestId: apitest.ID(), Sku: "OIL", LotCode: code, Number: held.Hold.Number, Reason: "fine"}); err != nil {
			t.Fatal(err)
		}
	}
}

// count opens counts, and gives some up.
func count(t testing.TB, a *apitest.API) {
	t.Helper()
	for i := range 7 {
		req := &pb.OpenCountRequest{
			RequestId: apitest.ID(), CountCode: fmt.Sprint("C", 10-i), LocationCode: []string{apitest.Shelf, apitest.Dock, ""}[i%3], Blind: i%2 == 0,
			TolerancePercent: []string{"", "2.5", "10"}[i%3], Note: []string{"", "monthly"}[i%2],
		}
		if req.LocationCode == "" {
			req.Skus = []string{"OIL"}
		}
		if _, err := a.Lots.OpenCount(t.Context(), req); err != nil {
			t.Fatal(err)
		}
		if i > 4 {
			if _, err := a.Lots.CancelCount(t.Context(), &pb.CancelCountRequest{RequestId: apitest.ID(), CountCode: req.CountCode, Reason: "rain"}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// adjust finds, misses and scraps a little.
func adjust(t testing.TB, a *apitest.API, codes []string) {
	t.Helper()
	one := &pb.Quantity{Value: "1", Unit: "KGM"}
	for i, code := range codes {
		if i%3 == 2 {
			_, err := a.Lots.ScrapLots(t.Context(), &pb.ScrapLotsRequest{
				RequestId: apitest.ID(), ReasonCode: pb.AdjustmentReason_ADJUSTMENT_REASON_DAMAGE, Justification: "broken",
				Lines: []*pb.ScrapLine{{Sku: apitest.Flour, LotCode: code, Quantity: one, LocationCode: apitest.Shelf}},
			})
			if err != nil {
				t.Fatal(err)
			}
			continue
		}
		_, err := a.Lots.AdjustLots(t.Context(), &pb.AdjustLotsRequest{
			RequestId: apitest.ID(), Justification: "counted",
			ReasonCode: []pb.AdjustmentReason{pb.AdjustmentReason_ADJUSTMENT_REASON_FOUND, pb.AdjustmentReason_ADJUSTMENT_REASON_LOST}[i%2],
			Lines: []*pb.AdjustmentLine{{
				Sku: apitest.Flour, LotCode: code, Quantity: one, LocationCode: apitest.Shelf,
				Direction: []pb.AdjustmentDirection{pb.AdjustmentDirection_ADJUSTMENT_DIRECTION_FOUND, pb.AdjustmentDirection_ADJUSTMENT_DIRECTION_MISSED}[i%2],
			}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// receive takes in a receipt of two lots.
func receive(t testing.TB, a *apitest.API, i int, code string) {
	t.Helper()
	early, late := time.Now().AddDate(1, 0, 0).Format(time.DateOnly), time.Now().AddDate(2, 0, 0).Format(time.DateOnly)
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
				ExpiryDate: []string{late, early}[i%2], ProductionDate: []string{"", "2026-01-01", "2026-02-01"}[i%3],
			},
			{PurchaseOrderLineNumber: 2, LotCode: code, Quantity: &pb.Quantity{Value: "7", Unit: "KGM"}, LocationCode: apitest.Shelf, ExpiryDate: []string{"", late}[i%2]},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
}
