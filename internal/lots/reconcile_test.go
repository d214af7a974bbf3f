package lots_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// reconcile is what a reconciliation finds, and its summary, which has to come last
// and to agree.
func (s *store) reconcile(req *pb.ReconcileRequest) ([]string, *pb.ReconcileSummary, error) {
	s.t.Helper()
	stream, err := s.Lots.Reconcile(s.t.Context(), req)
	if err != nil {
		return nil, nil, err
	}
	var found []string
	var summary *pb.ReconcileSummary
	counts := map[pb.ReconcileCheck]int64{}
	for {
		part, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, err
		}
		if summary != nil || (part.Progress == nil) == (part.Summary == nil) {
			s.t.Errorf("part %v behind %v", part, summary)
		}
		if p := part.Progress; p != nil && (p.LotsDone == 0 || p.LotsDone > p.LotsTotal) {
			s.t.Errorf("progress %v", p)
		}
		summary = part.Summary
		for _, d := range part.Differences {
			counts[d.Check]++
			where := d.Lot.Sku + "/" + d.Lot.LotCode
			if d.LocationCode != "" {
				where += "@" + d.LocationCode
			}
			found = append(found, strings.TrimSpace(fmt.Sprintf("%s %s: %s, computed %s %s", strings.TrimPrefix(d.Check.String(), "RECONCILE_CHECK_"), where, d.Recorded, d.Computed, d.Unit)))
		}
	}
	if summary == nil {
		s.t.Fatal("the stream ended without its summary")
	}
	for _, c := range summary.DifferenceCounts {
		counts[c.Check] -= c.Count
	}
	for check, n := range counts {
		if n != 0 {
			s.t.Errorf("%d more of %v listed than counted", n, check)
		}
	}
	slices.Sort(found)
	return found, summary, nil
}

func (s *store) reconciled(req *pb.ReconcileRequest, want ...string) *pb.ReconcileSummary {
	s.t.Helper()
	found, summary, err := s.reconcile(req)
	must(s.t, 0, err)
	slices.Sort(want)
	if !slices.Equal(found, want) {
		s.t.Errorf("%v:\n  %s\nwant\n  %s", req, strings.Join(found, "\n  "), strings.Join(want, "\n  "))
	}
	if !summary.Complete || len(summary.IncompleteReasons) > 0 || !strings.HasPrefix(summary.Statement, "Complete: ") {
		s.t.Errorf("summary %v", summary)
	}
	return summary
}

// What happens through the API agrees, and the mass balance says what became of it.
func TestReconcileAgrees(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.lives()
	s.ReceiveLot(t, apitest.Salt, "", "50", "GRM", apitest.Dock)
	end := s.Sealed(t)
	all := s.reconciled(&pb.ReconcileRequest{})
	if all.LotCount != 3 || all.MovementCount != 7 || all.MassBalance != nil || all.LogPosition.GetLogIndex() != end {
		t.Errorf("summary %v", all)
	}
	oils := s.reconciled(&pb.ReconcileRequest{Sku: oil, LotCode: "B/1"})
	want := &pb.MassBalance{
		Received: "10", Produced: "0", OnHand: "5", InProcess: "0", Consumed: "2", Shipped: "3", Returned: "0", Scrapped: "0",
		ReturnedToSupplier: "0", Adjusted: "0", Unit: "LTR",
	}
	if fmt.Sprint(oils.MassBalance) != fmt.Sprint(want) || oils.LotCount != 1 || oils.BalanceCount != 2 || oils.MovementCount != 4 {
		t.Errorf("summary %v, want the mass balance %v", oils, want)
	}
	if bread := s.reconciled(&pb.ReconcileRequest{Sku: apitest.Bread}); bread.LotCount != 1 || bread.MassBalance.GetProduced() != "25" || bread.MassBalance.GetOnHand() != "25" {
		t.Errorf("summary %v", bread)
	}
	// The zone and what is under it, and not the dock.
	if under := s.reconciled(&pb.ReconcileRequest{LocationCode: zone}); under.LotCount != 1 || under.MassBalance != nil {
		t.Errorf("summary %v", under)
	}
	if under := s.reconciled(&pb.ReconcileRequest{LocationCode: apitest.Site}); under.LotCount != 3 {
		t.Errorf("summary %v", under)
	}
}

// What the consumed quantity is called depends on whether its run is finished.
func TestReconcileInProcess(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.ReceiveLot(t, apitest.Flour, "F/1", "10", "KGM", apitest.Dock)
	s.start()
	must(t, 0, s.consume(apitest.Flour, "F/1", "0.125", "KGM", apitest.Dock))
	if m := s.reconciled(&pb.ReconcileRequest{Sku: apitest.Flour}).MassBalance; m.InProcess != "0.125" || m.Consumed != "0" || m.OnHand != "9.875" {
		t.Errorf("mass balance %v", m)
	}
	_, err := s.Production.FinishRun(t.Context(), &pb.FinishRunRequest{RequestId: apitest.ID(), ProductionOrderCode: "MO/1", RunCode: "R/1"})
	must(t, 0, err)
	if m := s.reconciled(&pb.ReconcileRequest{Sku: apitest.Flour}).MassBalance; m.InProcess != "0" || m.Consumed != "0.125" || m.OnHand != "9.875" {
		t.Errorf("mass balance %v", m)
	}
}

// Whatever is recorded at the worlds outside falls in place, also what no call records
// yet: by the world, and there by the kind, a reversal taking back what it reverses.
func TestReconcileKnowsTheWorldsOutside(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.ReceiveLot(t, apitest.Flour, "F/1", "100", "KGM", apitest.Dock)
	must(t, 0, s.ship("SH-1", apitest.Flour, "F/1", "3", "KGM", apitest.Dock))
	s.reverseOf(apitest.Flour, "F/1", pb.OperationKind_OPERATION_KIND_SHIPMENT)
	s.exec("ALTER TABLE movement DROP CONSTRAINT movement_kind_check")
	const dock = "(SELECT location_id FROM location WHERE code = 'DOCK-1')"
	onHand := "100"
	for i, m := range []struct{ kind, from, to, quantity, onHand string }{
		{"return", "2", dock, "1", "101"},
		{"supplier_return", dock, "1", "2", "99"},
		{"scrap", dock, "4", "4", "95"},
		{"adjustment", dock, "5", "8", "87"},
		{"adjustment", "5", dock, "16.5", "103.5"},
	} {
		s.exec(fmt.Sprintf(`INSERT INTO movement (tenant_id, movement_id, operation_id, kind, lot_id, quantity, from_location_id, to_location_id, entered_quantity, entered_unit, occurred_at)
			SELECT 1, 9100000 + %d, created_operation_id, '%s', lot_id, %s, %s, %s, 1, 'KGM', now() FROM lot WHERE lot_code = 'F/1'`, i, m.kind, m.quantity, m.from, m.to))
		s.exec("UPDATE balance SET on_hand = " + m.onHand)
		onHand = m.onHand
	}
	want := &pb.MassBalance{
		Received: "100", Produced: "0", OnHand: onHand, InProcess: "0", Consumed: "0", Shipped: "0", Returned: "1", Scrapped: "4",
		ReturnedToSupplier: "2", Adjusted: "8.5", Unit: "KGM",
	}
	if got := s.reconciled(&pb.ReconcileRequest{Sku: apitest.Flour}).MassBalance; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("mass balance %v\nwant %v", got, want)
	}
	// A world that nobody knows is missed.
	s.exec("INSERT INTO location (tenant_id, location_id, code, name, kind, revision) VALUES (1, 77, 'nowhere', '', 'virtual', 1)")
	s.exec(`INSERT INTO movement (tenant_id, movement_id, operation_id, kind, lot_id, quantity, from_location_id, to_location_id, entered_quantity, entered_unit, occurred_at)
		SELECT 1, 9200000, created_operation_id, 'lost', lot_id, 0.5, ` + dock + `, 77, 1, 'KGM', now() FROM lot WHERE lot_code = 'F/1'`)
	s.exec("UPDATE balance SET on_hand = 103")
	s.reconciled(&pb.ReconcileRequest{Sku: apitest.Flour}, "MASS_BALANCE FLOUR/F/1: 100, computed 99.5 KGM")
}

// planted is a difference that is made past the ledger, and how it is told.
var planted = map[string]struct {
	sql  string
	want []string
	at   []string // the locations at which it is found
}{
	"a balance is too high": {
		"UPDATE balance SET on_hand = on_hand + 0.000000001 FROM location WHERE location.location_id = balance.location_id AND code = 'SHELF-1/ZONE/BIN-1'",
		[]string{"BALANCE FLOUR/F/1@" + bin1 + ": 4.000000001, computed 4 KGM", "MASS_BALANCE FLOUR/F/1: 10, computed 10.000000001 KGM"},
		[]string{apitest.Site, apitest.Shelf, zone, bin1},
	},
	"a balance has none any more": {
		"UPDATE balance SET on_hand = 0 FROM location WHERE location.location_id = balance.location_id AND code = 'SHELF-1/ZONE/BIN-1'",
		[]string{"BALANCE FLOUR/F/1@" + bin1 + ": 0, computed 4 KGM", "MASS_BALANCE FLOUR/F/1: 10, computed 6 KGM"},
		[]string{apitest.Site, apitest.Shelf, zone, bin1},
	},
	"a balance is missing": {
		"DELETE FROM balance USING location WHERE location.location_id = balance.location_id AND code = 'SHELF-1/ZONE/BIN-1'",
		[]string{"BALANCE FLOUR/F/1@" + bin1 + ": 0, computed 4 KGM", "MASS_BALANCE FLOUR/F/1: 10, computed 6 KGM"},
		[]string{apitest.Site, apitest.Shelf, zone, bin1},
	},
	"a balance nothing moved to": {
		"INSERT INTO balance SELECT 1, lot_id, location_id, 7 FROM lot, location WHERE lot_code = 'F/1' AND code = 'SHELF-1/ZONE/BIN-2'",
		[]string{"BALANCE FLOUR/F/1@" + bin2 + ": 7, computed 0 KGM", "MASS_BALANCE FLOUR/F/1: 10, computed 17 KGM"},
		[]string{apitest.Site, apitest.Shelf, zone, bin2},
	},
	"a balance out of this world": {
		"INSERT INTO balance SELECT 1, lot_id, 2, 7 FROM lot WHERE lot_code = 'F/1'",
		[]string{"BALANCE FLOUR/F/1@customer: 7, computed 0 KGM", "MASS_BALANCE FLOUR/F/1: 10, computed 17 KGM"},
		nil,
	},
	"two balances that make up for each other": {
		"UPDATE balance SET on_hand = on_hand + CASE code WHEN 'DOCK-1' THEN 1 ELSE -1 END FROM location WHERE location.location_id = balance.location_id AND code IN ('DOCK-1', 'SHELF-1/ZONE/BIN-1') AND lot_id = (SELECT lot_id FROM lot WHERE lot_code = 'F/1')",
		[]string{"BALANCE FLOUR/F/1@DOCK-1: 7, computed 6 KGM", "BALANCE FLOUR/F/1@" + bin1 + ": 3, computed 4 KGM"},
		[]string{apitest.Site, apitest.Dock, apitest.Shelf, zone, bin1},
	},
	"a movement is missing": {
		"DELETE FROM movement WHERE kind = 'transfer'",
		[]string{"BALANCE FLOUR/F/1@DOCK-1: 6, computed 10 KGM", "BALANCE FLOUR/F/1@" + bin1 + ": 4, computed 0 KGM"},
		[]string{apitest.Site, apitest.Dock, apitest.Shelf, zone, bin1},
	},
	"a hold is not counted": {
		"UPDATE lot SET hold_count = 0 WHERE lot_code = 'F/1'",
		[]string{"HOLD_COUNT FLOUR/F/1: 0, computed 1"},
		[]string{apitest.Site, apitest.Dock, apitest.Shelf, zone, bin1},
	},
	"more is reserved than there is": {
		`WITH sold AS (INSERT INTO sales_order SELECT 1, 99, 'SO', party_id, '{}', 1 FROM party LIMIT 1 RETURNING sales_order_id)
			INSERT INTO reservation SELECT 1, lot_id, 1, location_id, sales_order_id, 1, 4.5, now() + interval '1h', created_operation_id
			FROM lot, location, sold WHERE lot_code = 'F/1' AND code = 'SHELF-1/ZONE/BIN-1'`,
		[]string{"RESERVED FLOUR/F/1@" + bin1 + ": 4.5, computed 4 KGM"},
		[]string{apitest.Site, apitest.Shelf, zone, bin1},
	},
	"a hold is counted that was released": {
		"UPDATE hold SET released_operation_id = placed_operation_id",
		[]string{"HOLD_COUNT FLOUR/F/1: 1, computed 0"},
		[]string{apitest.Site, apitest.Dock, apitest.Shelf, zone, bin1},
	},
}

// Each difference that is planted is found, with both values, in every scope that it
// lies in and in no other.
func TestReconcileFindsWhatIsPlanted(t *testing.T) {
	t.Parallel()
	for name, p := range planted {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStore(t)
			s.ReceiveLot(t, apitest.Flour, "F/1", "10", "KGM", apitest.Dock)
			s.ReceiveLot(t, apitest.Flour, "F/2", "10", "KGM", apitest.Dock)
			s.receive(oil, "O/1", "LTR", apitest.Shelf, "2024-02-20", "2099-12-31")
			s.mustMove("FLOUR/F/1 4 KGM DOCK-1 > " + bin1)
			s.hold(apitest.Flour, "F/1", "smells")
			s.reconciled(&pb.ReconcileRequest{})
			s.exec(p.sql)
			for _, req := range []*pb.ReconcileRequest{{}, {Sku: apitest.Flour}, {Sku: apitest.Flour, LotCode: "F/1"}} {
				s.reconciled(req, p.want...)
			}
			for _, req := range []*pb.ReconcileRequest{{Sku: oil}, {Sku: apitest.Flour, LotCode: "F/2"}, {LocationCode: apitest.Line}} {
				s.reconciled(req)
			}
			for _, location := range p.at {
				found, _, err := s.reconcile(&pb.ReconcileRequest{LocationCode: location})
				must(t, 0, err)
				for _, f := range found {
					if !slices.Contains(p.want, f) {
						t.Errorf("at %s: %s", location, f)
					}
				}
				// A balance of elsewhere is not this location's, the lot's mass is its own.
				if location == apitest.Site && !slices.Equal(found, p.want) || len(found) == 0 {
					t.Errorf("at %s: %q, want %q", location, found, p.want)
				}
			}
		})
	}
}

// Many lots are taken in batches, and none is left out or looked at twice.
func TestReconcileInBatches(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.ReceiveLot(t, apitest.Flour, "F/1", "10", "KGM", apitest.Dock)
	const lots = 1201
	s.exec(`INSERT INTO lot (tenant_id, lot_id, item_id, lot_code, inferred, supplier_id, supplier_lot_code, created_operation_id)
		SELECT 1, 5000000 + n, item_id, 'N-' || n, false, supplier_id, '', created_operation_id FROM lot, generate_series(1, $1::int) AS n WHERE lot_code = 'F/1'`, lots-1)
	s.exec("INSERT INTO balance SELECT 1, lot_id, location_id, 1 FROM lot, location WHERE lot_id > 5000000 AND code = 'DOCK-1'")
	for _, req := range []*pb.ReconcileRequest{{}, {Sku: apitest.Flour}, {LocationCode: apitest.Dock}} {
		found, summary, err := s.reconcile(req)
		must(t, 0, err)
		// Each has a balance and a mass that differ.
		if unique := slices.Compact(slices.Clone(found)); len(found) != 2*(lots-1) || len(unique) != len(found) || summary.LotCount != lots || !summary.Complete {
			t.Errorf("%v: %d differences, %d of them different, %v", req, len(found), len(unique), summary)
		}
	}
	for _, most := range []int32{1, 3, 1000, 1001, 2 * (lots - 1)} {
		found, summary, err := s.reconcile(&pb.ReconcileRequest{MaxDifferences: most})
		must(t, 0, err)
		whole := most == 2*(lots-1)
		if len(found) != int(most) || summary.Complete != whole || (len(summary.IncompleteReasons) == 0) != whole || strings.HasPrefix(summary.Statement, "Incomplete") == whole {
			t.Errorf("at most %d: %d, %v", most, len(found), summary)
		}
	}
}

func TestReconcileRefusals(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for _, c := range []struct {
		req    *pb.ReconcileRequest
		code   codes.Code
		reason string
		field  string
	}{
		{&pb.ReconcileRequest{Sku: "NONE"}, codes.NotFound, "UNKNOWN_ITEM", "sku"},
		{&pb.ReconcileRequest{Sku: oil, LotCode: "NONE"}, codes.NotFound, "UNKNOWN_LOT", "lot_code"},
		{&pb.ReconcileRequest{LocationCode: "NONE"}, codes.NotFound, "UNKNOWN_LOCATION", "location_code"},
		{&pb.ReconcileRequest{LocationCode: "customer"}, codes.NotFound, "UNKNOWN_LOCATION", "location_code"},
		{&pb.ReconcileRequest{LotCode: "B/1"}, codes.InvalidArgument, "SKU_REQUIRED", "sku"},
		{&pb.ReconcileRequest{Sku: oil, LocationCode: apitest.Dock}, codes.InvalidArgument, "SCOPE_CONFLICT", "location_code"},
		{&pb.ReconcileRequest{LotCode: "B/1", LocationCode: apitest.Dock}, codes.InvalidArgument, "SCOPE_CONFLICT", "location_code"},
	} {
		_, _, err := s.reconcile(c.req)
		apitest.WantRefusal(t, err, c.code, c.reason, c.field)
	}
}
