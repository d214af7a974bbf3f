package lots_test

import (
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

// reverseOf takes back the last operation of a kind of a lot's timeline, which tells under which index.
func (s *store) reverseOf(sku, lot string, kind pb.OperationKind) {
	s.t.Helper()
	s.Sealed(s.t)
	resp, err := s.Lots.GetLotTimeline(s.t.Context(), &pb.GetLotTimelineRequest{Sku: sku, LotCode: lot, NewestFirst: true, Kinds: []pb.OperationKind{kind}})
	must(s.t, 0, err)
	_, err = s.Lots.ReverseOperation(s.t.Context(), &pb.ReverseOperationRequest{
		RequestId: apitest.ID(), Operation: &pb.ReverseOperationRequest_LogIndex{LogIndex: resp.Entries[0].LogIndex}, Reason: "typed wrongly",
	})
	must(s.t, 0, err)
}

// What the warehouse does to a lot beside moving it: it is told with what was said of it.
func TestTimelineOfTheWarehouse(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.receive(oil, "B/1", "LTR", apitest.Shelf, "2024-02-20", "2099-12-31")
	moving := moving("OIL/B/1 4 LTR SHELF-1 > " + bin1)
	moving.Purpose, moving.References = pb.MovePurpose_MOVE_PURPOSE_PICK, []*pb.Reference{{Kind: "wave", Value: "W/7"}}
	for _, call := range []func() error{
		func() error { _, err := s.Lots.MoveLots(t.Context(), moving); return err },
		func() error {
			_, err := s.Lots.PlaceHold(t.Context(), &pb.PlaceHoldRequest{
				RequestId: apitest.ID(), Sku: oil, LotCode: "B/1", Reason: "leaks", ReasonCode: pb.HoldReason_HOLD_REASON_DAMAGE, LocationCode: bin1,
			})
			return err
		},
		func() error {
			_, err := s.Lots.ChangeLotDates(t.Context(), &pb.ChangeLotDatesRequest{RequestId: apitest.ID(), Sku: oil, LotCode: "B/1", ExpiryDate: "2099-11-30", Reason: "label misread"})
			return err
		},
		func() error {
			_, err := s.Lots.ScrapLots(t.Context(), &pb.ScrapLotsRequest{
				RequestId: apitest.ID(), ReasonCode: pb.AdjustmentReason_ADJUSTMENT_REASON_DAMAGE, Justification: "leaked", ApprovedBy: "Quinn",
				Lines: []*pb.ScrapLine{{Sku: oil, LotCode: "B/1", LocationCode: bin1, Quantity: amount("1", "LTR")}},
			})
			return err
		},
		func() error {
			_, err := s.Lots.AdjustLots(t.Context(), &pb.AdjustLotsRequest{
				RequestId: apitest.ID(), ReasonCode: pb.AdjustmentReason_ADJUSTMENT_REASON_FOUND, Justification: "behind the rack",
				Lines: []*pb.AdjustmentLine{{Sku: oil, LotCode: "B/1", LocationCode: apitest.Shelf, Quantity: amount("3", "LTR"), Direction: pb.AdjustmentDirection_ADJUSTMENT_DIRECTION_FOUND}},
			})
			return err
		},
		func() error { return s.ship("SH-1", oil, "B/1", "2", "LTR", apitest.Shelf) },
	} {
		must(t, 0, call())
	}
	s.reverseOf(oil, "B/1", pb.OperationKind_OPERATION_KIND_SHIPMENT)
	s.reverseOf(oil, "B/1", pb.OperationKind_OPERATION_KIND_SCRAP)
	s.Sealed(t)
	entries := s.timeline(&pb.GetLotTimelineRequest{Sku: oil, LotCode: "B/1"}, 3)
	same(t, "timeline", tellEntries(entries[1:]), []string{
		"TRANSFER 10>10: TRANSFER OIL/B/1 4 LTR SHELF-1>" + bin1,
		"HOLD 10>10: hold 1 of OIL/B/1 PLACED (leaks) because leaks",
		"DATE_CHANGE 10>10: change 1 of OIL/B/1 from 2099-12-31 to 2099-11-30 by  because label misread",
		"SCRAP 10>9: SCRAP OIL/B/1 1 LTR " + bin1 + ">scrap because leaked",
		"ADJUSTMENT 9>12: ADJUSTMENT OIL/B/1 3 LTR adjustment>SHELF-1 because behind the rack",
		"SHIPMENT 12>10: SHIPMENT OIL/B/1 2 LTR SHELF-1>customer SH-1 CUS-1",
		"REVERSAL 10>12: SHIPMENT OIL/B/1 -2 LTR SHELF-1>customer SH-1 CUS-1 because typed wrongly",
		"REVERSAL 12>13: SCRAP OIL/B/1 -1 LTR " + bin1 + ">scrap because typed wrongly",
	})
	if e := entries[1]; e.MovePurpose != pb.MovePurpose_MOVE_PURPOSE_PICK || len(e.References) != 1 || e.References[0].Value != "W/7" {
		t.Errorf("move %v", e)
	}
	if h := entries[2].GetHold(); h.LocationCode != bin1 || h.ReasonCode != pb.HoldReason_HOLD_REASON_DAMAGE {
		t.Errorf("hold %v", h)
	}
	for i, e := range entries {
		scrapped := i == 4 || i == 8
		if m := e.GetMovement(); (e.ReasonCode == pb.AdjustmentReason_ADJUSTMENT_REASON_DAMAGE) != scrapped || m != nil && m.ReasonCode != e.ReasonCode || (e.ApprovedBy == "Quinn") != (i == 4) {
			t.Errorf("entry %d: %v", i, e)
		}
		reverses := map[int]int{7: 6, 8: 4}[i]
		if want := entries[reverses].LogIndex; e.LogIndex == 0 || reverses > 0 && e.ReversedLogIndex != want || reverses == 0 && e.ReversedLogIndex != 0 {
			t.Errorf("entry %d: %v, want it to reverse %d", i, e, want)
		}
	}
	m := s.reconciled(&pb.ReconcileRequest{Sku: oil, LotCode: "B/1"}).MassBalance
	if m.Received != "10" || m.OnHand != "13" || m.Shipped != "0" || m.Scrapped != "0" || m.Adjusted != "3" {
		t.Errorf("mass balance %v", m)
	}
	dbtest.Reconcile(t, s.DB)
}

// An alert is in the timeline of its lot, as the service leaves it.
func TestTimelineOfAnAlert(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.receive(oil, "B/1", "LTR", apitest.Shelf, "2024-02-20", "2099-12-31")
	s.exec(`INSERT INTO operation (tenant_id, operation_id, kind, occurred_at, principal, request_id, reason) VALUES (1, 9000001, 'expiry_alert', now(), 'lottrail', 'r', '')`)
	s.exec(`INSERT INTO lot_expiry SELECT 1, lot_id, 'alert', 1, DATE '2099-12-31', 9000001 FROM lot WHERE lot_code = 'B/1'`)
	same(t, "timeline", tellEntries(s.timeline(&pb.GetLotTimelineRequest{Sku: oil, LotCode: "B/1"}, 100)[1:]), []string{"EXPIRY_ALERT 10>10: OIL/B/1 near 2099-12-31"})
}
