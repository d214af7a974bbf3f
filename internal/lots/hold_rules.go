package lots

import (
	"time"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
)

// checkUntil refuses a day to decide that has passed.
func checkUntil(until *time.Time, now time.Time) error {
	if until == nil || until.After(now) {
		return nil
	}
	return errs.Invalid("until", "IN_THE_PAST", "%s is past; say when it is to be decided, or leave it out", until.UTC().Format(time.RFC3339))
}

// checkHoldCode refuses a reason that is not for callers: what is recalled is told by
// its recall, and decided there.
func checkHoldCode(code ledger.HoldCode) error {
	if code != ledger.HoldRecall {
		return nil
	}
	return errs.Invalid("reason_code", "HOLD_OF_RECALL", "holds of recalls are placed by recalls; open one with OpenRecall, or choose another reason")
}

// carriedHolds are the holds that go along with what is moved from a location where it
// is held: else a hold on what is at a location would end with a move. What is of the
// lot at the other end is held with it, for the two cannot be told apart there.
func carriedHolds(movements []ledger.Movement, locked ledger.Locked) []ledger.HoldChange {
	type key struct {
		lotID, locationID int64
		code              ledger.HoldCode
		reason            string
	}
	var carried []ledger.HoldChange
	known := map[key]bool{}
	for _, m := range movements {
		holds := locked[m.LotID].Holds
		for _, h := range holds {
			if h.LocationID != 0 {
				known[key{m.LotID, h.LocationID, h.Code, h.Reason}] = true
			}
		}
	}
	for _, m := range movements {
		for _, h := range locked[m.LotID].Holds {
			k := key{m.LotID, m.To.LocationID, h.Code, h.Reason}
			if h.LocationID == 0 || h.LocationID != m.From.LocationID || known[k] {
				continue
			}
			known[k] = true
			carried = append(carried, ledger.HoldChange{LotID: m.LotID, LocationID: m.To.LocationID, Code: h.Code, Reason: h.Reason, Until: h.Until})
		}
	}
	return carried
}
