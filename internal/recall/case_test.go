package recall_test

import (
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

// bakery: F1 went into B1 by a run that is finished, and with F2 into R2, which is in
// process and has put B2 out; all of E1 was used up. F3 and B3 have nothing to do
// with it.
const bakery = `
	receive FLOUR/F1 100 KGM @ SHELF-1
	receive FLOUR/F2 50 KGM @ SHELF-1
	receive FLOUR/F3 50 KGM @ SHELF-1
	receive FLOUR/E1 5 KGM @ SHELF-1
	start R1
	R1: FLOUR/F1 40 KGM @ SHELF-1
	R1: FLOUR/E1 5 KGM @ SHELF-1
	R1 -> BREAD/B1 20 H87 @ SHELF-1
	finish R1
	start R2
	R2: FLOUR/F1 10 KGM @ SHELF-1
	R2: FLOUR/F2 10 KGM @ SHELF-1
	R2 -> BREAD/B2 8 H87 @ SHELF-1
	start R3
	R3: FLOUR/F3 1 KGM @ SHELF-1
	R3 -> BREAD/B3 5 H87 @ SHELF-1
	ship S-1: BREAD/B1 4 H87 @ SHELF-1 + BREAD/B3 1 H87 @ SHELF-1
	ship S-2: BREAD/B1 1 H87 @ SHELF-1 + BREAD/B2 8 H87 @ SHELF-1
	move FLOUR/F1 20 KGM @ SHELF-1
`

// A case from its opening to its end.
func TestCase(t *testing.T) {
	t.Parallel()
	h := newHouse(t, bakery)
	opened := h.open("C-1", "FLOUR/F1")
	if r := opened.Recall; r.State != pb.RecallState_RECALL_STATE_OPEN || r.Reason != "glass" || r.OpenedBy == "" || r.OpenedAt == nil ||
		r.ActivatedAt != nil || len(r.Lots) != 1 || r.Lots[0].LotCode != "F1" || r.Class != pb.RecallClass_RECALL_CLASS_1 {
		t.Errorf("opened %v", r)
	}
	same(t, "preview", scoped(opened.Scope), "preview 3 2 0 0; 2 1; 3 1")
	same(t, "lots", h.lots("C-1"), []string{
		"BREAD/B1 PREVIEW 20 = 15 + 0 + 0 + 5", "BREAD/B2 PREVIEW 8 = 0 + 0 + 0 + 8", "FLOUR/F1 PREVIEW 100 = 50 + 10 + 40 + 0",
	})
	if holds := h.holds("FLOUR", "F1"); holds != nil {
		t.Errorf("an open case holds %q", holds)
	}

	activated, err := h.tryActivate("C-1")
	h.must(activated, err)
	if r := activated.Recall; r.State != pb.RecallState_RECALL_STATE_ACTIVE || r.ActivatedAt == nil || r.ActivatedBy == "" || r.ClosedAt != nil {
		t.Errorf("activated %v", r)
	}
	same(t, "scope", scoped(activated.Scope), "fixed 3 2 2 2; 2 1; 3 1")
	gone := []string{"S-1/1 BREAD/B1 4 H87 CUS-1", "S-2/1 BREAD/B1 1 H87 CUS-1", "S-2/2 BREAD/B2 8 H87 CUS-1"}
	same(t, "gone", shipments(activated.Shipments), gone)
	same(t, "gone", h.shipments("C-1"), gone)
	for _, lot := range []string{"FLOUR/F1", "BREAD/B1", "BREAD/B2"} {
		sku, code, _ := strings.Cut(lot, "/")
		same(t, lot, h.holds(sku, code), []string{"1: recall C-1 (class 1): glass"})
	}
	for _, lot := range []string{"FLOUR/F2", "FLOUR/E1", "BREAD/B3"} {
		sku, code, _ := strings.Cut(lot, "/")
		if holds := h.holds(sku, code); holds != nil {
			t.Errorf("%s is held: %q", lot, holds)
		}
	}

	// Nothing of it leaves or is used, by anybody; it may be moved. A run may take
	// what is not affected.
	for _, line := range []string{"ship S-3: BREAD/B1 1 H87 @ SHELF-1", "R2: FLOUR/F1 1 KGM @ SHELF-1", "R3: FLOUR/F1 1 KGM @ DOCK-1"} {
		apitest.WantRefusal(t, h.do(line), codes.FailedPrecondition, "LOT_HELD", "lines[0]")
	}
	h.tell(`
		move FLOUR/F1 5 KGM @ SHELF-1
		R2: FLOUR/F2 1 KGM @ SHELF-1
		R2: FLOUR/F3 1 KGM @ SHELF-1
		ship S-4: BREAD/B3 1 H87 @ SHELF-1`)

	// What affected runs put out is born held; what others do is not.
	h.tell(`
		R2 -> BREAD/B2 1 H87 @ SHELF-1
		R2 -> BREAD/B4 3 H87 @ SHELF-1
		R3 -> BREAD/B5 3 H87 @ SHELF-1`)
	same(t, "B4", h.holds("BREAD", "B4"), []string{"1: recall C-1 (class 1): glass"})
	if holds := h.holds("BREAD", "B5"); holds != nil {
		t.Errorf("B5 is held: %q", holds)
	}
	apitest.WantRefusal(t, h.do("ship S-5: BREAD/B4 1 H87 @ SHELF-1"), codes.FailedPrecondition, "LOT_HELD", "lines[0]")
	same(t, "lots", h.lots("C-1"), []string{
		"BREAD/B1 HELD 20 = 15 + 0 + 0 + 5", "BREAD/B2 HELD 9 = 1 + 0 + 0 + 8", "BREAD/B4 HELD 3 = 3 + 0 + 0 + 0", "FLOUR/F1 HELD 100 = 50 + 10 + 40 + 0",
	})
	same(t, "scope", scoped(h.get("C-1").Scope), "fixed 4 4 4 4; 2 1; 3 1")

	apitest.WantRefusal(t, h.tryClose("C-1"), codes.FailedPrecondition, "RUNS_IN_PROCESS", "case_number")
	h.tell("finish R2")
	apitest.WantRefusal(t, h.tryClose("C-1"), codes.FailedPrecondition, "LOTS_UNDECIDED", "case_number")

	decided := h.decide("C-1", release, "BREAD/B1 BREAD/B2")
	same(t, "decided", []int32{decided.LotCount, decided.LotUndecidedCount}, []int32{2, 2})
	h.tell("ship S-6: BREAD/B1 15 H87 @ SHELF-1")
	same(t, "gone", h.shipments("C-1"), gone) // what was released is none of it
	decided = h.decide("C-1", keep, "FLOUR/F1 BREAD/B4")
	same(t, "decided", []int32{decided.LotCount, decided.LotUndecidedCount}, []int32{2, 0})
	decided = h.decide("C-1", release, "BREAD/B4") // it may be released later
	same(t, "decided", []int32{decided.LotCount, decided.LotUndecidedCount}, []int32{1, 0})

	h.must(nil, h.tryClose("C-1"))
	closed := h.get("C-1")
	if r := closed.Recall; r.State != pb.RecallState_RECALL_STATE_CLOSED || r.ClosedAt == nil || r.ClosedBy == "" || r.CloseReason != "done" {
		t.Errorf("closed %v", r)
	}
	same(t, "scope", scoped(closed.Scope), "fixed 4 3 1 0; 2 0; 3 1")
	same(t, "lots", h.lots("C-1"), []string{
		"BREAD/B1 RELEASED 20 = 0 + 0 + 0 + 20", "BREAD/B2 RELEASED 9 = 1 + 0 + 0 + 8", "BREAD/B4 RELEASED 3 = 3 + 0 + 0 + 0", "FLOUR/F1 KEPT 100 = 50 + 0 + 50 + 0",
	})
	same(t, "F1", h.holds("FLOUR", "F1"), []string{"1: recall C-1 (class 1): glass"})
	dbtest.Reconcile(t, h.DB)
}

// Lots of which nothing is left are held, so that what comes back or is added is; and
// the case has to be told what to do with it.
func TestWhatComesBackIsHeld(t *testing.T) {
	t.Parallel()
	h := newHouse(t, bakery)
	activated := h.activate("C-1", "FLOUR/E1")
	same(t, "scope", scoped(activated.Scope), "fixed 2 1 1 1; 1 0; 2 1")
	same(t, "E1", h.holds("FLOUR", "E1"), []string{"1: recall C-1 (class 1): glass"})
	h.decide("C-1", release, "BREAD/B1")
	h.add("FLOUR", "E1", "7", "KGM")
	apitest.WantRefusal(t, h.do("ship S-3: FLOUR/E1 1 KGM @ SHELF-1"), codes.FailedPrecondition, "LOT_HELD", "lines[0]")
	err := h.tryClose("C-1")
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "LOTS_UNDECIDED", "case_number")
	if err != nil && !strings.Contains(err.Error(), `"E1" of item "FLOUR"`) {
		t.Errorf("message %v", err)
	}
	h.decide("C-1", release, "FLOUR/E1")
	h.must(nil, h.tryClose("C-1"))
}

// add receives more of a lot.
func (h *house) add(sku, lotCode, value, unit string) {
	h.t.Helper()
	code, quantity := apitest.ID(), &pb.Quantity{Value: value, Unit: unit}
	h.must(h.Receiving.UpsertPurchaseOrder(h.t.Context(), &pb.UpsertPurchaseOrderRequest{
		RequestId: apitest.ID(),
		PurchaseOrder: &pb.PurchaseOrder{
			Code: code, SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: sku, Quantity: quantity}},
		},
	}))
	h.must(h.Receiving.Receive(h.t.Context(), &pb.ReceiveRequest{
		RequestId: apitest.ID(), ReceiptCode: code, PurchaseOrderCode: code,
		Lines: []*pb.ReceiptLine{{PurchaseOrderLineNumber: 1, LotCode: lotCode, Quantity: quantity, LocationCode: apitest.Shelf, AddToExisting: true}},
	}))
}

// A case ends the holds on lots of which nothing is left, but not those that it was
// decided to keep.
func TestCloseReleasesWhatIsUsedUp(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "receive FLOUR/F1 10 KGM @ SHELF-1\n receive FLOUR/F2 10 KGM @ SHELF-1\n ship S-1: FLOUR/F1 10 KGM @ SHELF-1\n ship S-2: FLOUR/F2 10 KGM @ SHELF-1")
	h.activate("C-1", "FLOUR/F1 FLOUR/F2")
	h.decide("C-1", keep, "FLOUR/F2")
	h.must(nil, h.tryClose("C-1"))
	if holds := h.holds("FLOUR", "F1"); holds != nil {
		t.Errorf("F1 is held: %q", holds)
	}
	same(t, "F2", h.holds("FLOUR", "F2"), []string{"1: recall C-1 (class 1): glass"})
	resp, err := h.Recall.ListRecallLots(t.Context(), &pb.ListRecallLotsRequest{CaseNumber: "C-1"})
	h.must(resp, err)
	same(t, "reasons", []string{resp.Lots[0].DecisionReason, resp.Lots[1].DecisionReason}, []string{"done", "looked at"})
}

// A mock recall holds nothing, and is closed whatever it would have affected.
func TestMockRecallOfACase(t *testing.T) {
	t.Parallel()
	h := newHouse(t, bakery)
	h.open("C-1", "FLOUR/F1 FLOUR/F2")
	h.must(nil, h.tryClose("C-1"))
	got := h.get("C-1")
	same(t, "scope", scoped(got.Scope), "preview 4 3 0 0; 2 1; 3 1")
	if got.Recall.State != pb.RecallState_RECALL_STATE_CLOSED || got.Recall.ActivatedAt != nil || got.Recall.ClosedAt == nil {
		t.Errorf("closed %v", got.Recall)
	}
	h.tell("ship S-3: BREAD/B1 1 H87 @ SHELF-1")
	same(t, "gone", h.shipments("C-1"), []string{"S-1/1 BREAD/B1 4 H87 CUS-1", "S-2/1 BREAD/B1 1 H87 CUS-1", "S-2/2 BREAD/B2 8 H87 CUS-1", "S-3/1 BREAD/B1 1 H87 CUS-1"})
}

// Two cases hold what they share twice, and each decides on its own holds.
func TestTwoCases(t *testing.T) {
	t.Parallel()
	h := newHouse(t, bakery)
	h.activate("C-1", "FLOUR/F1")
	second := h.activate("C-2", "FLOUR/F2")
	same(t, "scope", scoped(second.Scope), "fixed 2 1 1 1; 1 1; 1 1")
	h.tell("R2 -> BREAD/B4 3 H87 @ SHELF-1")
	both := []string{"1: recall C-1 (class 1): glass", "2: recall C-2 (class 1): glass"}
	same(t, "B2", h.holds("BREAD", "B2"), both)
	same(t, "B4", h.holds("BREAD", "B4"), both)
	same(t, "F2", h.holds("FLOUR", "F2"), []string{"1: recall C-2 (class 1): glass"})

	h.decide("C-1", release, "BREAD/B4")
	same(t, "B4", h.holds("BREAD", "B4"), both[1:])
	apitest.WantRefusal(t, h.do("ship S-3: BREAD/B4 1 H87 @ SHELF-1"), codes.FailedPrecondition, "LOT_HELD", "lines[0]")
	// Released from one and held by the other: more is held by neither or both.
	apitest.WantRefusal(t, h.do("R2 -> BREAD/B4 1 H87 @ SHELF-1"), codes.FailedPrecondition, "LOT_RELEASED", "lines[0].lot_code")
	h.tell("R2 -> BREAD/B5 1 H87 @ SHELF-1")
	same(t, "B5", h.holds("BREAD", "B5"), both)
	h.decide("C-2", release, "BREAD/B4")
	h.tell("ship S-3: BREAD/B4 1 H87 @ SHELF-1")
	same(t, "gone of C-2", h.shipments("C-2"), []string{"S-2/2 BREAD/B2 8 H87 CUS-1"})

	// An ordinary hold is nobody's but its own.
	h.must(h.Lots.PlaceHold(t.Context(), &pb.PlaceHoldRequest{RequestId: apitest.ID(), Sku: "BREAD", LotCode: "B1", Reason: "stale"}))
	h.decide("C-1", release, "BREAD/B1")
	same(t, "B1", h.holds("BREAD", "B1"), []string{"2: stale"})
}

// A lot of an item that is not tracked takes whatever its run puts out of it, so it
// is not released before the run is finished.
func TestInferredLotOfARunInProcess(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "receive FLOUR/F1 10 KGM @ SHELF-1\n start R1\n R1: FLOUR/F1 5 KGM @ SHELF-1\n R1 -> SALT 100 GRM @ SHELF-1")
	h.activate("C-1", "FLOUR/F1")
	const salt = "run R1 of " + order
	same(t, "salt", h.holds("SALT", salt), []string{"1: recall C-1 (class 1): glass"})
	decide := func(decision pb.RecallDecision) error {
		_, err := h.Recall.DecideRecallLots(t.Context(), &pb.DecideRecallLotsRequest{
			RequestId: apitest.ID(), CaseNumber: "C-1", Decision: decision, Reason: "looked at", Lots: []*pb.LotKey{{Sku: "SALT", LotCode: salt}},
		})
		return err
	}
	apitest.WantRefusal(t, decide(release), codes.FailedPrecondition, "RUNS_IN_PROCESS", "lots[0].lot_code")
	h.must(nil, decide(keep))
	h.tell("R1 -> SALT 10 GRM @ SHELF-1\n finish R1")
	h.must(nil, decide(release))
}

func TestCasesAreCarriedOutOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t, bakery)
	ctx := t.Context()
	open := &pb.OpenRecallRequest{RequestId: "open", CaseNumber: "C-1", Class: pb.RecallClass_RECALL_CLASS_WITHDRAWAL, Reason: "label", Lots: keys("FLOUR/F3")}
	activate := &pb.ActivateRecallRequest{RequestId: "activate", CaseNumber: "C-1"}
	decide := &pb.DecideRecallLotsRequest{RequestId: "decide", CaseNumber: "C-1", Decision: keep, Reason: "so", Lots: keys("FLOUR/F3 BREAD/B3")}
	again := &pb.DecideRecallLotsRequest{RequestId: "again", CaseNumber: "C-1", Decision: release, Reason: "so", Lots: keys("BREAD/B3")}
	end := &pb.CloseRecallRequest{RequestId: "close", CaseNumber: "C-1", Reason: "done"}
	twice(t, h, func() (proto.Message, error) { return h.Recall.OpenRecall(ctx, open) })
	twice(t, h, func() (proto.Message, error) { return h.Recall.ActivateRecall(ctx, activate) })
	twice(t, h, func() (proto.Message, error) { return h.Recall.DecideRecallLots(ctx, decide) })
	twice(t, h, func() (proto.Message, error) { return h.Recall.DecideRecallLots(ctx, again) })
	h.tell("finish R3")
	twice(t, h, func() (proto.Message, error) { return h.Recall.CloseRecall(ctx, end) })
	twice(t, h, func() (proto.Message, error) { return h.Recall.ActivateRecall(ctx, activate) })
	same(t, "F3", h.holds("FLOUR", "F3"), []string{"1: recall C-1 (withdrawal): label"})
}

func twice(t *testing.T, h *house, call func() (proto.Message, error)) {
	t.Helper()
	first, err := call()
	h.must(first, err)
	before := dbtest.Rows(t, h.DB)
	second, err := call()
	h.must(second, err)
	if !proto.Equal(first, second) {
		t.Errorf("%v, then %v", first, second)
	}
	dbtest.SameRows(t, h.DB, before)
}
