package recall

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/mark"
	"github.com/lottrail/lottrail/internal/resolve"
)

// How far a case is, as stored.
const (
	stateOpen   = "open"
	stateActive = "active"
	stateClosed = "closed"
)

func checkActivate(caseNumber, state string) error {
	switch state {
	case stateActive:
		return errs.Precondition("case_number", "RECALL_ACTIVE", "recall %q is active: what it affects is held already; see it with GetRecall, or open another case for other lots", caseNumber)
	case stateClosed:
		return errs.Precondition("case_number", "RECALL_CLOSED", "recall %q was closed; open another case with OpenRecall", caseNumber)
	}
	return nil
}

func checkDecide(caseNumber, state string) error {
	switch state {
	case stateOpen:
		return errs.Precondition("case_number", "RECALL_NOT_ACTIVE", "recall %q holds nothing yet; activate it with ActivateRecall first", caseNumber)
	case stateClosed:
		return errs.Precondition("case_number", "RECALL_NOT_ACTIVE", "recall %q was closed; what it still holds is released with ReleaseHold, lot by lot", caseNumber)
	}
	return nil
}

func checkClose(caseNumber, state string) error {
	if state == stateClosed {
		return errs.Precondition("case_number", "RECALL_CLOSED", "recall %q was closed already; nothing is left to do, see it with GetRecall", caseNumber)
	}
	return nil
}

// namedLot is a lot as a request names it.
type namedLot struct {
	path string // lots[2]
	resolve.LotName
}

// checkRepeated refuses lots that are named twice.
func checkRepeated(lots []namedLot) error {
	first := make(map[resolve.LotName]string, len(lots))
	for _, l := range lots {
		if before, repeated := first[l.LotName]; repeated {
			return errs.Invalid(l.path+".lot_code", "LOT_REPEATED", "lot %q of item %q is named in %s already; name each lot once", l.LotCode, l.SKU, before)
		}
		first[l.LotName] = l.path
	}
	return nil
}

// checkThere refuses lots that are not there, all of them at once.
func checkThere(lots []namedLot, ids map[resolve.LotName]int64, items map[string]bool) error {
	var missing []errs.Violation
	for _, l := range lots {
		if _, there := ids[l.LotName]; there {
			continue
		}
		if !items[l.SKU] {
			missing = append(missing, errs.Violation{Path: l.path + ".sku", Reason: "UNKNOWN_ITEM", Message: fmt.Sprintf("there is no item %q", l.SKU)})
			continue
		}
		missing = append(missing, errs.Violation{Path: l.path + ".lot_code", Reason: "UNKNOWN_LOT", Message: fmt.Sprintf("item %q has no lot %q", l.SKU, l.LotCode)})
	}
	if missing == nil {
		return nil
	}
	return errs.NotFoundFields("check the codes, or receive or produce these first", missing)
}

// heldLot is a lot that a case holds, or held.
type heldLot struct {
	number   int32
	released bool
	// growing is set for the inferred lot of a run that is in process: whatever more
	// the run puts out of the item is added to it, for nobody can give it a code.
	growing bool
}

// maxStrangers bounds the lots that a refusal names.
const maxStrangers = 100

// checkDecision decides whether lots may be released or kept. held has those that
// the case holds or held.
func checkDecision(caseNumber string, keep bool, lots []namedLot, held map[resolve.LotName]heldLot) error {
	var strangers []errs.Violation
	for _, l := range lots {
		if _, ours := held[l.LotName]; !ours && len(strangers) < maxStrangers {
			strangers = append(strangers, errs.Violation{
				Path: l.path + ".lot_code", Reason: "LOT_NOT_IN_RECALL", Message: fmt.Sprintf("lot %q of item %q is not held by the recall", l.LotCode, l.SKU),
			})
		}
	}
	if strangers != nil {
		return errs.NotFoundFields(fmt.Sprintf("leave out what recall %q does not hold; ListRecallLots has what it does", caseNumber), strangers)
	}
	for _, l := range lots {
		h := held[l.LotName]
		if h.released {
			return errs.Precondition(l.path+".lot_code", "HOLD_RELEASED", "the hold of recall %q on lot %q of item %q was released already; leave the lot out", caseNumber, l.LotCode, l.SKU)
		}
		if h.growing && !keep {
			return errs.Precondition(l.path+".lot_code", "RUNS_IN_PROCESS",
				"lot %q of item %q, which is not tracked by lot, takes all that its run puts out of it, and the run is in process; finish the run first", l.LotCode, l.SKU)
		}
	}
	return nil
}

// settle goes through the lots that a case holds, which are locked: its holds on
// those of which nothing is left are to be released when it is closed, the others
// should have been decided on. kept are those that stay held.
func settle(recallID int64, locked ledger.Locked, kept map[int64]bool) (releases []ledger.HoldChange, undecided []*ledger.LockedLot) {
	for _, id := range slices.Sorted(maps.Keys(locked)) {
		lot := locked[id]
		number := mark.Active(lot, recallID)
		switch {
		case number == 0 || kept[id]:
		case len(lot.OnHand) > 0:
			undecided = append(undecided, lot)
		default:
			releases = append(releases, ledger.HoldChange{LotID: id, Release: number})
		}
	}
	slices.SortFunc(undecided, func(a, b *ledger.LockedLot) int {
		return cmp.Or(cmp.Compare(a.SKU, b.SKU), cmp.Compare(a.LotCode, b.LotCode))
	})
	return releases, undecided
}

func checkDecided(caseNumber string, undecided []*ledger.LockedLot) error {
	if len(undecided) == 0 {
		return nil
	}
	names := make([]string, 0, len(undecided))
	for _, lot := range undecided {
		names = append(names, fmt.Sprintf("%q of item %q", lot.LotCode, lot.SKU))
	}
	return errs.Precondition("case_number", "LOTS_UNDECIDED", "recall %q holds lots that nothing was decided on: %s; release or keep them with DecideRecallLots, ListRecallLots has all of them",
		caseNumber, first(names))
}

func checkFinished(caseNumber string, runs []string) error {
	if len(runs) == 0 {
		return nil
	}
	return errs.Precondition("case_number", "RUNS_IN_PROCESS", "recall %q affects runs that are in process: %s; finish them with FinishRun first",
		caseNumber, first(runs))
}

// first names the first of many.
func first(names []string) string {
	const most = 5
	if more := len(names) - most; more > 0 {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(names, ", ")
}
