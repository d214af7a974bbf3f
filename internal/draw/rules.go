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
	d := drawing{locked: locked, purpose: purpose, taken: map[stockKey]qty.Decimal{}, own: map[ownKey]qty.Decimal{}, owns: map[stockKey]qty.Decimal{}}
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
		parts, rest := d.draw(w)
		if !rest.IsZero() {
			return nil, w
		}
		for _, id := range w.candidates {
			if part := parts[id]; part.Sign() > 0 {
				takings = append(takings, w.take(locked[id], part))
			}
		}
	}
	return takings, nil
}

// drawing is what was drawn from inferred lots so far.
type drawing struct {
	locked  ledger.Locked
	purpose Purpose
	taken   map[stockKey]qty.Decimal
	// own is what of it was reserved for the line of an order that it was drawn for,
	// owns the same for all lines.
	own  map[ownKey]qty.Decimal
	owns map[stockKey]qty.Decimal
}

type ownKey struct {
	stockKey
	line ledger.OrderLine
}

// draw takes from the candidates in their order: first what is reserved for the line of
// an order that it is for, then what is free.
func (d *drawing) draw(w *want) (parts map[int64]qty.Decimal, rest qty.Decimal) {
	parts, rest = map[int64]qty.Decimal{}, w.quantity
	for _, own := range []bool{true, false} {
		if own && (w.forLine == ledger.OrderLine{} || d.purpose == ToReserve) {
			continue
		}
		for _, id := range w.candidates {
			lot := d.locked[id]
			if d.purpose != ToMove && !lot.Usable(w.from.LocationID, w.day) || d.purpose.ships() && lot.Removed(w.day) {
				continue
			}
			part := rest.Min(d.free(lot, w, own))
			if part.Sign() <= 0 {
				continue
			}
			key := stockKey{id, w.from.LocationID}
			d.taken[key] = d.taken[key].Add(part)
			if own {
				d.own[ownKey{key, w.forLine}] = d.own[ownKey{key, w.forLine}].Add(part)
				d.owns[key] = d.owns[key].Add(part)
			}
			parts[id], rest = parts[id].Add(part), rest.Sub(part)
			if rest.IsZero() {
				return parts, rest
			}
		}
	}
	return parts, rest
}

// free is what may be drawn of a lot: of what is reserved for the want's line of an
// order, or of what is not reserved for others.
func (d *drawing) free(lot *ledger.LockedLot, w *want, own bool) qty.Decimal {
	key := stockKey{lot.LotID, w.from.LocationID}
	there := lot.OnHand[key.locationID].Sub(d.taken[key])
	if len(lot.Reservations) == 0 {
		if own {
			return qty.Decimal{}
		}
		return there
	}
	all, others := lot.ReservedAt(key.locationID, ledger.OrderLine{}), lot.ReservedAt(key.locationID, w.forLine)
	drawn := d.own[ownKey{key, w.forLine}]
	switch {
	case own:
		return there.Min(all.Sub(others).Sub(drawn))
	case d.purpose == ToMove: // what is reserved goes along
		return there
	case d.purpose == ToReserve:
		return there.Sub(all)
	}
	return there.Sub(others).Add(d.owns[key].Sub(drawn))
}

// take is as entered when it is the whole line, else in the base unit, since a
// part of what was entered need not be exact in its unit.
func (w *want) take(lot *ledger.LockedLot, quantity qty.Decimal) Taking {
	t := Taking{Line: w.line, Item: w.item, Lot: lot, From: w.from, Day: w.day, Quantity: quantity, Entered: w.entered, For: w.forLine, Found: w.found}
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
		what = "is there, not on hold, not expired and not reserved for others"
	}
	return errs.Precondition(w.path, "INSUFFICIENT_STOCK", "%s %s of item %q are more than %s at location %q; enter at most that much, or post what brought more there first",
		w.quantity, w.item.BaseUnit, w.item.SKU, what, w.from.Code)
}
