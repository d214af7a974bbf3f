package recall

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/resolve"
)

// wantRefusal checks kind, reason and fields of a refusal, and that it says some
// texts; an empty reason is none.
func wantRefusal(t *testing.T, name string, err error, kind errs.Kind, reason string, fields []string, says ...string) {
	t.Helper()
	if reason == "" {
		if err != nil {
			t.Errorf("%s: refused: %v", name, err)
		}
		return
	}
	var refusal *errs.Error
	if !errors.As(err, &refusal) || refusal.Kind != kind || refusal.Reason != reason {
		t.Errorf("%s: %v, want %s", name, err, reason)
		return
	}
	var paths []string
	for _, v := range refusal.Violations {
		paths = append(paths, v.Path)
	}
	if !reflect.DeepEqual(paths, fields) {
		t.Errorf("%s: fields %q, want %q", name, paths, fields)
	}
	for _, text := range says {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("%s: does not say %q: %v", name, text, err)
		}
	}
}

func TestStates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		state, activate, decide, close string
	}{
		{stateOpen, "", "RECALL_NOT_ACTIVE", ""},
		{stateActive, "RECALL_ACTIVE", "", ""},
		{stateClosed, "RECALL_CLOSED", "RECALL_NOT_ACTIVE", "RECALL_CLOSED"},
	} {
		field := []string{"case_number"}
		wantRefusal(t, "activate "+c.state, checkActivate("C-1", c.state), errs.KindFailedPrecondition, c.activate, field, `recall "C-1"`)
		wantRefusal(t, "decide "+c.state, checkDecide("C-1", c.state), errs.KindFailedPrecondition, c.decide, field, `recall "C-1"`)
		wantRefusal(t, "close "+c.state, checkClose("C-1", c.state), errs.KindFailedPrecondition, c.close, field, `recall "C-1"`)
	}
}

func named(names ...string) []namedLot {
	var lots []namedLot
	for i, name := range names {
		sku, code, _ := strings.Cut(name, "/")
		lots = append(lots, namedLot{fmt.Sprintf("lots[%d]", i), resolve.LotName{SKU: sku, LotCode: code}})
	}
	return lots
}

func TestCheckRepeated(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lots  []namedLot
		field string
	}{
		{named("A/1"), ""},
		{named("A/1", "B/1", "A/2"), ""},
		{named("A/1", "B/1", "A/1"), "lots[2].lot_code"},
		{named("A/1", "A/1", "A/1"), "lots[1].lot_code"},
	} {
		reason := "LOT_REPEATED"
		if c.field == "" {
			reason = ""
		}
		wantRefusal(t, fmt.Sprint(c.lots), checkRepeated(c.lots), errs.KindInvalidArgument, reason, []string{c.field}, `lot "1" of item "A"`, "lots[0]", "once")
	}
}

func TestCheckThere(t *testing.T) {
	t.Parallel()
	ids := map[resolve.LotName]int64{{SKU: "A", LotCode: "1"}: 7, {SKU: "A", LotCode: "2"}: 8}
	items := map[string]bool{"A": true, "B": true}
	for _, c := range []struct {
		lots   []namedLot
		reason string
		fields []string
		says   []string
	}{
		{named("A/1", "A/2"), "", nil, nil},
		{named("A/1", "A/3"), "UNKNOWN_LOT", []string{"lots[1].lot_code"}, []string{`item "A" has no lot "3"`, "receive or produce"}},
		{named("C/1", "A/1", "B/1", "D/2"), "UNKNOWN_ITEM", []string{"lots[0].sku", "lots[2].lot_code", "lots[3].sku"},
			[]string{`no item "C"`, `item "B" has no lot "1"`, `no item "D"`, "lots[3].sku", "check the codes"}},
		{named("B/1", "C/1"), "UNKNOWN_LOT", []string{"lots[0].lot_code", "lots[1].sku"}, nil},
	} {
		wantRefusal(t, fmt.Sprint(c.lots), checkThere(c.lots, ids, items), errs.KindNotFound, c.reason, c.fields, c.says...)
	}
}

func TestCheckDecision(t *testing.T) {
	t.Parallel()
	held := map[resolve.LotName]heldLot{
		{SKU: "A", LotCode: "held"}:     {number: 1},
		{SKU: "A", LotCode: "released"}: {number: 2, released: true},
		{SKU: "A", LotCode: "growing"}:  {number: 1, growing: true},
	}
	const precondition = errs.KindFailedPrecondition
	for _, c := range []struct {
		lots   []namedLot
		keep   bool
		kind   errs.Kind
		reason string
		fields []string
		says   []string
	}{
		{named("A/held"), false, 0, "", nil, nil},
		{named("A/held"), true, 0, "", nil, nil},
		{named("A/growing"), true, 0, "", nil, nil},
		{named("A/held", "A/growing"), false, precondition, "RUNS_IN_PROCESS", []string{"lots[1].lot_code"}, []string{`"growing" of item "A"`, "finish the run first"}},
		{named("A/held", "A/released"), false, precondition, "HOLD_RELEASED", []string{"lots[1].lot_code"}, []string{`recall "C-1"`, `"released" of item "A"`, "leave the lot out"}},
		{named("A/released"), true, precondition, "HOLD_RELEASED", []string{"lots[0].lot_code"}, nil},
		{named("B/1", "A/released", "B/2"), false, errs.KindNotFound, "LOT_NOT_IN_RECALL", []string{"lots[0].lot_code", "lots[2].lot_code"},
			[]string{`recall "C-1"`, `lot "1" of item "B"`, `lot "2" of item "B"`, "ListRecallLots"}},
	} {
		wantRefusal(t, fmt.Sprint(c.keep, c.lots), checkDecision("C-1", c.keep, c.lots, held), c.kind, c.reason, c.fields, c.says...)
	}
	var many []string
	for i := range 2 * maxStrangers {
		many = append(many, fmt.Sprintf("B/%d", i))
	}
	var refusal *errs.Error
	if err := checkDecision("C-1", true, named(many...), held); !errors.As(err, &refusal) || len(refusal.Violations) != maxStrangers {
		t.Errorf("%d violations, want %d", len(refusal.Violations), maxStrangers)
	}
}

func TestSettle(t *testing.T) {
	t.Parallel()
	lot := func(sku, code string, left int64, holds ...ledger.ActiveHold) *ledger.LockedLot {
		l := &ledger.LockedLot{SKU: sku, Lot: ledger.Lot{LotCode: code}, Holds: holds}
		if left > 0 {
			l.OnHand = map[int64]qty.Decimal{1001: qty.FromInt(left)}
		}
		return l
	}
	ours, others := ledger.ActiveHold{Number: 3, RecallID: 9}, ledger.ActiveHold{Number: 1, RecallID: 8}
	locked := ledger.Locked{
		1: lot("B", "left", 5, others, ours), 2: lot("A", "left", 5, ours), 3: lot("A", "2 left", 5, ours),
		4: lot("A", "none", 0, others, ours), 5: lot("B", "none", 0, ours),
		6: lot("A", "kept", 5, ours), 7: lot("A", "kept, none", 0, ours),
		8: lot("A", "released", 5), 9: lot("A", "released, none", 0, others),
	}
	releases, undecided := settle(9, locked, map[int64]bool{6: true, 7: true})
	if want := []ledger.HoldChange{{LotID: 4, Release: 3}, {LotID: 5, Release: 3}}; !reflect.DeepEqual(releases, want) {
		t.Errorf("releases %+v, want %+v", releases, want)
	}
	if want := []*ledger.LockedLot{locked[3], locked[2], locked[1]}; !reflect.DeepEqual(undecided, want) {
		t.Errorf("undecided %v, want %v", undecided, want)
	}
	field := []string{"case_number"}
	wantRefusal(t, "undecided", checkDecided("C-1", undecided), errs.KindFailedPrecondition, "LOTS_UNDECIDED", field,
		`recall "C-1"`, `"2 left" of item "A", "left" of item "A", "left" of item "B"; release or keep them with DecideRecallLots`)
	wantRefusal(t, "decided", checkDecided("C-1", nil), 0, "", nil)
	wantRefusal(t, "in process", checkFinished("C-1", []string{"1", "2", "3", "4", "5", "6", "7"}), errs.KindFailedPrecondition, "RUNS_IN_PROCESS", field,
		`recall "C-1"`, "1, 2, 3, 4, 5 and 2 more; finish them with FinishRun")
	wantRefusal(t, "finished", checkFinished("C-1", nil), 0, "", nil)
}
