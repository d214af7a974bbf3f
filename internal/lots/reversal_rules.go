package lots

import (
	"fmt"
	"strings"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/queries"
)

// undoneBy says what undoes the kinds of operation that are not taken back: each by the
// call that did it, which judges it and keeps its history.
var undoneBy = map[ledger.Kind]string{
	ledger.KindRunStart:           "a run that took nothing harms nothing; finish it with FinishRun",
	ledger.KindHold:               "release the hold with ReleaseHold",
	ledger.KindRelease:            "place a hold again with PlaceHold or HoldLots; in a recall that is active, what was released is not held again by it: open another with OpenRecall",
	ledger.KindDateChange:         "give the lot its dates of before with ChangeLotDates; ListLotDateChanges tells them",
	ledger.KindExpiryAlert:        "it only told of something and changed nothing",
	ledger.KindRecallOpen:         "close the recall with CloseRecall",
	ledger.KindRecallActivation:   "decide on its lots with DecideRecallLots and close it with CloseRecall",
	ledger.KindRecallKeep:         "release the lots with DecideRecallLots, or with ReleaseHold once the recall is closed",
	ledger.KindRecallClose:        "open another recall on the same lots with OpenRecall",
	ledger.KindReservation:        "give it back with ReleaseReservations",
	ledger.KindReservationRelease: "reserve again with ReserveLots",
	ledger.KindReversal:           "record again what really happened, as it was recorded first",
}

// checkReversible refuses what other calls undo, and says which.
func checkReversible(kind ledger.Kind) error {
	switch kind {
	case ledger.KindReceipt, ledger.KindTransfer, ledger.KindConsumption, ledger.KindOutput, ledger.KindShipment, ledger.KindAdjustment, ledger.KindScrap, ledger.KindRunFinish:
		return nil
	}
	advice := undoneBy[kind]
	return errs.Precondition("", "NOT_REVERSIBLE", "an operation of kind %s is not taken back by a reversal; %s", kind, advice)
}

// checkReopen refuses to reopen a run that a recall has marked, if what it would put out
// were not held by it: the recall is closed, or it has released the lot that all of an
// untracked item goes into. Else what the run puts out is born held, as of any run that
// was in process when the recall was activated.
func checkReopen(orderCode, runCode string, recalls []queries.ReversalListRecallOfRunRow) error {
	for _, r := range recalls {
		if r.State == "closed" {
			return errs.Precondition("", "RUN_OF_CLOSED_RECALL", "run %q of production order %q was affected by recall %q, which is closed: what it put out now would be held by nobody; start another run for what is still to be posted, and open another recall if that is affected, too",
				runCode, orderCode, r.CaseNumber)
		}
		if r.ReleasedLotCode != "" {
			return errs.Precondition("", "LOT_RELEASED", "all that run %q of production order %q puts out of an untracked item goes into lot %q, which was released from recall %q; start another run for what is still to be posted",
				runCode, orderCode, r.ReleasedLotCode, r.CaseNumber)
		}
	}
	return nil
}

// findShort finds a movement whose quantity, or the weight of that, is not there any more
// where it brought it, all movements taken together.
func findShort(movements []queries.ReversalListMovementRow, locked ledger.Locked) *queries.ReversalListMovementRow {
	type place struct{ lotID, locationID int64 }
	net := map[place]stockAmount{}
	for _, m := range movements {
		from, to, moved := place{m.LotID, m.FromLocationID}, place{m.LotID, m.ToLocationID}, stockAmount{m.Quantity, m.Weight}
		net[from], net[to] = net[from].add(moved), net[to].sub(moved)
	}
	for i, m := range movements {
		if ledger.Virtual(m.ToLocationID) {
			continue
		}
		lot := locked[m.LotID]
		left := stockAmount{lot.OnHand[m.ToLocationID], lot.Weights[m.ToLocationID]}.add(net[place{m.LotID, m.ToLocationID}])
		if left.quantity.Sign() < 0 || lot.WeightUnit != "" && left.weight.Sign() != left.quantity.Sign() {
			return &movements[i]
		}
	}
	return nil
}

// describeAmount is a quantity as a refusal tells of it, with its weight if it has one.
func describeAmount(a stockAmount, lot *ledger.LockedLot) string {
	if lot.WeightUnit == "" {
		return a.quantity.String() + " " + lot.BaseUnit
	}
	return fmt.Sprintf("%s %s (%s %s)", a.quantity, lot.BaseUnit, a.weight, lot.WeightUnit)
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
		if document := ledger.DocumentName("", u.ShipmentCode, u.ProductionOrderCode, u.RunCode, ""); document != "" {
			text += fmt.Sprintf(" %q", document)
		}
		if u.LogIndex > 0 {
			text += fmt.Sprintf(" (log index %d)", u.LogIndex)
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, ", ")
}
