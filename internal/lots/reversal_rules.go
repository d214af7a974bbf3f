package lots

import (
	"fmt"
	"strings"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/queries"
)

// checkReversible refuses what moves nothing, and says what is to be done instead.
func checkReversible(kind ledger.Kind) error {
	instead := map[ledger.Kind]string{
		ledger.KindRunStart:         "a run that took nothing harms nothing; finish it",
		ledger.KindRunFinish:        "start another run of the order for what is still to be posted",
		ledger.KindHold:             "release the hold",
		ledger.KindRelease:          "place a hold again",
		ledger.KindRecallOpen:       "close the recall",
		ledger.KindRecallActivation: "decide on its lots and close the recall",
		ledger.KindRecallKeep:       "release the holds that it kept",
		ledger.KindRecallClose:      "open another recall",
		ledger.KindReversal:         "record again what really happened",
	}
	switch kind {
	case ledger.KindReceipt, ledger.KindTransfer, ledger.KindConsumption, ledger.KindOutput, ledger.KindShipment, ledger.KindAdjustment, ledger.KindScrap:
		return nil
	}
	advice := instead[kind]
	if advice == "" {
		advice = "record what is right beside it"
	}
	return errs.Precondition("", "NOT_REVERSIBLE", "an operation of kind %s moves no stock and cannot be taken back; %s", kind, advice)
}

// findShort finds a movement whose quantity is not there any more where it brought
// it, all movements taken together.
func findShort(movements []queries.ReversalListMovementRow, locked ledger.Locked) *queries.ReversalListMovementRow {
	type place struct{ lotID, locationID int64 }
	left := map[place]qty.Decimal{}
	for _, m := range movements {
		for _, side := range []struct {
			locationID int64
			change     qty.Decimal
		}{{m.ToLocationID, qty.Decimal{}.Sub(m.Quantity)}, {m.FromLocationID, m.Quantity}} {
			key := place{m.LotID, side.locationID}
			left[key] = left[key].Add(side.change)
		}
	}
	for i, m := range movements {
		net := left[place{m.LotID, m.ToLocationID}]
		if !ledger.Virtual(m.ToLocationID) && locked[m.LotID].OnHand[m.ToLocationID].Add(net).Sign() < 0 {
			return &movements[i]
		}
	}
	return nil
}

// checkHeldThere refuses to take a move back from where the lot has been put on hold
// since: what is moved from there stays held, and what is taken back would not.
func checkHeldThere(movements []queries.ReversalListMovementRow, locked ledger.Locked) error {
	for _, m := range movements {
		lot := locked[m.LotID]
		for _, h := range lot.Holds {
			if ledger.Kind(m.Kind) == ledger.KindTransfer && h.LocationID == m.ToLocationID {
				return errs.Precondition("", "LOT_HELD", "lot %q of item %q is on hold at location %q: hold %d (%s); move it back with MoveLots, and the hold goes along, or have the hold released",
					lot.LotCode, lot.SKU, m.ToCode, h.Number, h.Reason)
			}
		}
	}
	return nil
}

// describeUses says what took of a quantity, at most maxUses of it.
func describeUses(uses []queries.ReversalListUseRow, unit string) string {
	if len(uses) == 0 {
		return "more was recorded as gone before than had come"
	}
	var texts []string
	for i, u := range uses {
		if i == maxUses {
			texts = append(texts, "and more")
			break
		}
		text := fmt.Sprintf("%s %s went to %q by %s", u.Quantity, unit, u.ToCode, u.Kind)
		if document := documentOf("", u.ShipmentCode, u.ProductionOrderCode, u.RunCode, ""); document != "" {
			text += fmt.Sprintf(" %q", document)
		}
		if u.LogIndex > 0 {
			text += fmt.Sprintf(" (log index %d)", u.LogIndex)
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, ", ")
}
