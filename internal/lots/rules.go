package lots

import (
	"slices"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
)

// checkRelease refuses to release a hold that stands for a recall which is not
// closed: the recall decides on it, and would not know. The lot is locked, and a
// recall is closed with its lots locked, so its state stays what it is.
func checkRelease(number int32, lot *ledger.LockedLot, caseNumber, recallState *string) error {
	stands := slices.ContainsFunc(lot.Holds, func(h ledger.ActiveHold) bool { return h.Number == number })
	if !stands || caseNumber == nil || *recallState == "closed" {
		return nil // what does not stand any more is refused by the ledger
	}
	return errs.Precondition("number", "HOLD_OF_RECALL", "hold %d of lot %q of item %q is part of recall %q; release it with DecideRecallLots, or close the recall first",
		number, lot.LotCode, lot.SKU, *caseNumber)
}
