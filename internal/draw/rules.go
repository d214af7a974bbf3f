package draw

import (
	"slices"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/qty"
)

type stockKey struct{ lotID, locationID int64 }

// allocate says how much of which lot each want takes: all of it from a lot
// that was named, else from inferred lots in their order. It returns the first
// want of an untracked item that cannot be served.
func allocate(wants []want, locked ledger.Locked, purpose Purpose) (takings []Taking, short *want) {
	taken := map[stockKey]qty.Decimal{}
	for i := range wants {
		w := &wants[i]
		if !w.untracked() {
			takings = append(takings, w.take(locked[w.candidates[0]], w.quantity))
			continue
		}
		if w.found {
			oldest := slices.IndexFunc(w.candidates, func(id int64) bool { return locked[id].OnHand[w.from.LocationID].Sign() > 0 })
			if oldest < 0 {
				return nil, w
			}
			takings = append(takings, w.take(locked[w.candidates[oldest]], w.quantity))
			continue
		}
		rest := w.quantity
		for _, id := range w.candidates {
			lot := locked[id]
			if purpose != ToMove && !lot.Usable(w.from.LocationID, w.day) || purpose == ToShip && lot.Removed(w.day) {
				continue
			}
			key := stockKey{id, w.from.LocationID}
			part := rest.Min(lot.OnHand[w.from.LocationID].Sub(taken[key]))
			if part.Sign() <= 0 {
				continue
			}
			taken[key] = taken[key].Add(part)
			takings = append(takings, w.take(lot, part))
			if rest = rest.Sub(part); rest.IsZero() {
				break
			}
		}
		if !rest.IsZero() {
			return nil, w
		}
	}
	return takings, nil
}

// take is as entered when it is the whole line, else in the base unit, since a
// part of what was entered need not be exact in its unit.
func (w *want) take(lot *ledger.LockedLot, quantity qty.Decimal) Taking {
	t := Taking{Line: w.line, Item: w.item, Lot: lot, From: w.from, Day: w.day, Quantity: quantity, Entered: w.entered, Found: w.found}
	if quantity.Cmp(w.quantity) != 0 {
		t.Entered = ledger.Entered{Value: quantity, Unit: w.item.BaseUnit}
	}
	return t
}

// maxTakings bounds the movements that one request makes, and with them the
// answer to it.
const maxTakings = 5000

// checkSpread refuses a request that draws from too many inferred lots on the
// whole.
func checkSpread(takings []Taking, wants []want) error {
	if len(takings) <= maxTakings {
		return nil
	}
	return tooManyLots(&wants[takings[maxTakings].Line], maxTakings)
}

func tooManyLots(w *want, most int) error {
	return errs.Precondition(w.path, "TOO_MANY_LOTS", "%s %s of item %q at location %q are spread over so many inferred lots that the request would draw from more than %d; enter less at a time",
		w.quantity, w.item.BaseUnit, w.item.SKU, w.from.Code, most)
}

func refuseShort(w *want, purpose Purpose) error {
	if w.found {
		return errs.Precondition(w.path, "FOUND_WITHOUT_LOT", "nothing of item %q is at location %q, so nobody can say of which lot this is; move there what is recorded elsewhere, or receive it",
			w.item.SKU, w.from.Code)
	}
	if len(w.candidates) == maxCandidates {
		return tooManyLots(w, maxCandidates)
	}
	what := "is there"
	if purpose != ToMove {
		what = "is there, not on hold and not expired"
	}
	return errs.Precondition(w.path, "INSUFFICIENT_STOCK", "%s %s of item %q are more than %s at location %q; enter at most that much, or post what brought more there first",
		w.quantity, w.item.BaseUnit, w.item.SKU, what, w.from.Code)
}
