package production

import (
	"reflect"
	"strings"
	"testing"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/mark"
)

func TestBearHeld(t *testing.T) {
	t.Parallel()
	one := mark.Recall{RecallID: 1, CaseNumber: "R-1", Class: mark.Class1, Reason: "glass"}
	two := mark.Recall{RecallID: 2, CaseNumber: "R-2", Class: mark.Withdrawal, Reason: "label"}
	hold := func(lotID int64, r mark.Recall, reason string) ledger.HoldChange {
		return ledger.HoldChange{LotID: lotID, RecallID: r.RecallID, Code: ledger.HoldRecall, Reason: reason}
	}
	const glass, label = "recall R-1 (class 1): glass", "recall R-2 (withdrawal): label"
	lot := func(holds ...ledger.ActiveHold) *ledger.LockedLot {
		return &ledger.LockedLot{SKU: "BREAD", Lot: ledger.Lot{LotCode: "B-1"}, Holds: holds}
	}
	for _, c := range []struct {
		name     string
		recalls  []mark.Recall
		newLots  []int64
		existing *ledger.LockedLot
		want     []ledger.HoldChange
		refused  string
	}{
		{name: "no recall", newLots: []int64{7, 8}, existing: lot()},
		{name: "new lots", recalls: []mark.Recall{one}, newLots: []int64{7, 8}, want: []ledger.HoldChange{hold(7, one, glass), hold(8, one, glass)}},
		{name: "two recalls", recalls: []mark.Recall{one, two}, newLots: []int64{7}, want: []ledger.HoldChange{hold(7, one, glass), hold(7, two, label)}},
		{name: "a lot that is held", recalls: []mark.Recall{one}, existing: lot(ledger.ActiveHold{Number: 1}, ledger.ActiveHold{Number: 2, RecallID: 1})},
		{name: "a lot that was released", recalls: []mark.Recall{one}, existing: lot(), refused: "R-1"},
		{name: "a lot that was released by one", recalls: []mark.Recall{one, two}, existing: lot(ledger.ActiveHold{Number: 1, RecallID: 1}), refused: "R-2"},
		{name: "a lot that is held by others", recalls: []mark.Recall{one}, existing: lot(ledger.ActiveHold{Number: 1}), refused: "R-1"},
	} {
		op, locked := &ledger.Operation{}, ledger.Locked{}
		for _, id := range c.newLots {
			op.NewLots = append(op.NewLots, ledger.NewLot{LotID: id})
			op.Movements = append(op.Movements, ledger.Movement{LotID: id, Field: "lines[0]"})
		}
		if c.existing != nil {
			locked[5] = c.existing
			op.Movements = append(op.Movements, ledger.Movement{LotID: 5, Field: "lines[1]"})
		}
		err := bearHeld(op, locked, c.recalls)
		if c.refused != "" {
			wantReason(t, c.name, err, errs.KindFailedPrecondition, "LOT_RELEASED", "lines[1].lot_code")
			if err != nil && (!strings.Contains(err.Error(), c.refused) || !strings.Contains(err.Error(), "a lot code of its own")) {
				t.Errorf("%s: message %v", c.name, err)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(op.Holds, c.want) {
			t.Errorf("%s: holds %+v, %v; want %+v", c.name, op.Holds, err, c.want)
		}
	}
}
