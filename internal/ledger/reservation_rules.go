package ledger

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/qty"
)

// maxReservations bounds how many reservations stand on a lot: whoever takes of it reads
// them all.
const maxReservations = 1000

// validateReserves finds mistakes of the program.
func validateReserves(op *Operation, locked Locked) error {
	if (op.Kind == KindReservation) != (len(op.Reserves) > 0) || (op.Kind == KindReservationRelease) != (len(op.Unreserves) > 0) {
		return fmt.Errorf("ledger: %s with %d reservations, and %d given back", op.Kind, len(op.Reserves), len(op.Unreserves))
	}
	for _, r := range op.Reserves {
		if locked[r.LotID] == nil || r.Quantity.Sign() <= 0 || Virtual(r.At.LocationID) || r.For == (OrderLine{}) || r.SalesOrderID == 0 {
			return fmt.Errorf("ledger: reservation %+v, which is of a lot that is not locked, or of nothing, or for nobody", r)
		}
	}
	for _, u := range op.Unreserves {
		if locked[u.LotID] == nil || u.Quantity != nil && u.Quantity.Sign() <= 0 {
			return fmt.Errorf("ledger: reservation %+v given back, which is of a lot that is not locked, or nothing of it", u)
		}
	}
	return nil
}

// reservationPlan is what an operation does to reservations.
type reservationPlan struct {
	changes []ReservationChange
	lots    map[int64]*reservedLot
}

// reservedLot is what is reserved of a lot while the plan is made.
type reservedLot struct {
	*LockedLot
	left  []Reservation
	count int32
	after map[int64]qty.Decimal // on hand by location, when all is done
	// changed is by how much there is more of a reservation at a location.
	changed map[reservationKey]qty.Decimal
}

type reservationKey struct {
	number     int32
	locationID int64
}

// planReservations says what an operation does to reservations, so that what is reserved
// is on hand after it, too:
//
//   - What is shipped or moved for a line of an order is first what is reserved for it.
//   - What is consumed or shipped is not what is reserved for others: that is refused.
//   - What is moved takes reservations along where the rest does not cover them.
//   - Facts are not refused: where less turns out to be there, because it was missed,
//     scrapped, or entered wrongly, reservations are cut down, the latest first.
//
// Nothing is given back to a reservation that was used up: a shipment that is taken back
// brings stock that is free.
func planReservations(op *Operation, locked Locked) (*reservationPlan, error) {
	plan := &reservationPlan{lots: map[int64]*reservedLot{}}
	if err := plan.reserve(op, locked); err != nil {
		return nil, err
	}
	if err := plan.unreserve(op, locked); err != nil {
		return nil, err
	}
	plan.begin(op, locked)
	if len(plan.lots) == 0 {
		return nil, nil
	}
	if len(op.Movements) > 0 {
		plan.useOwn(op)
		if op.Kind == KindConsumption || op.Kind == KindShipment {
			if err := plan.refuse(op.Movements); err != nil {
				return nil, err
			}
		}
		plan.takeAlong(op.Movements)
		plan.cut()
	}
	plan.collect()
	return plan, nil
}

func (p *reservationPlan) lot(lot *LockedLot) *reservedLot {
	l := p.lots[lot.LotID]
	if l == nil {
		l = &reservedLot{
			LockedLot: lot, left: slices.Clone(lot.Reservations), count: lot.ReservationCount,
			after: map[int64]qty.Decimal{}, changed: map[reservationKey]qty.Decimal{},
		}
		p.lots[lot.LotID] = l
	}
	return l
}

// begin finds the lots that movements take from and that anything is reserved of, and
// what is on hand when all is done.
func (p *reservationPlan) begin(op *Operation, locked Locked) {
	for key, net := range netByBalance(op.Movements) {
		if lot := locked[key.lotID]; lot != nil && len(lot.Reservations) > 0 {
			p.lot(lot).after[key.locationID] = lot.OnHand[key.locationID].Add(net)
		}
	}
}

// reserve adds what is to be reserved, if there is so much that nobody else has.
func (p *reservationPlan) reserve(op *Operation, locked Locked) error {
	for _, r := range op.Reserves {
		lot := p.lot(locked[r.LotID])
		if err := validateUse(op.Kind, r.Field, r.At, r.Day, lot.LockedLot); err != nil {
			return err
		}
		onHand, reserved := lot.OnHand[r.At.LocationID], lot.reserved(r.At.LocationID)
		if onHand.Cmp(r.Quantity) < 0 {
			return insufficient(r.Field, lot.LockedLot, r.At)
		}
		if free := onHand.Sub(reserved); free.Cmp(r.Quantity) < 0 {
			return errs.Precondition(r.Field, "STOCK_RESERVED", "only %s %s of lot %q of item %q are available at location %q: %s are there, and %s reserved already; enter at most that much, take another lot, or have reservations released",
				free, lot.BaseUnit, lot.LotCode, lot.SKU, r.At.Code, onHand, reserved)
		}
		if len(lot.left) >= maxReservations {
			return errs.Precondition(r.Field, "TOO_MANY_RESERVATIONS", "%d reservations stand on lot %q of item %q; have some released, or take another lot",
				len(lot.left), lot.LotCode, lot.SKU)
		}
		lot.count++
		lot.add(Reservation{Number: lot.count, For: r.For, SalesOrderID: r.SalesOrderID, ExpiresAt: r.ExpiresAt}, r.At.LocationID, r.Quantity)
	}
	return nil
}

// unreserve gives back what is left.
func (p *reservationPlan) unreserve(op *Operation, locked Locked) error {
	for _, u := range op.Unreserves {
		lot := p.lot(locked[u.LotID])
		of := func(r *Reservation) bool {
			return r.Number == u.Number && (u.LocationID == 0 || r.LocationID == u.LocationID)
		}
		left := lot.sum(of)
		if left.IsZero() {
			return errs.Precondition(u.Field, "RESERVATION_ENDED", "nothing is left of reservation %d of lot %q of item %q: it was released, used up or cut down, or has expired; list the reservations of the lot to see which stand",
				u.Number, lot.LotCode, lot.SKU)
		}
		rest := left
		if u.Quantity != nil {
			rest = *u.Quantity
		}
		if left.Cmp(rest) < 0 {
			return errs.Precondition(u.Field, "RESERVATION_TOO_SMALL", "only %s %s are left of reservation %d of lot %q of item %q; enter at most that much, or leave the quantity out to release all of it",
				left, lot.BaseUnit, u.Number, lot.LotCode, lot.SKU)
		}
		lot.take(rest, -1, of, nil)
	}
	return nil
}

// useOwn takes for each movement what is reserved for its order line, the earliest
// first: it is gone, or moved along.
func (p *reservationPlan) useOwn(op *Operation) {
	for _, m := range op.Movements {
		lot := p.lots[m.LotID]
		if lot == nil || m.For == (OrderLine{}) {
			continue
		}
		lot.take(m.Quantity, 1, func(r *Reservation) bool { return r.LocationID == m.From.LocationID && r.For == m.For }, alongTo(m.To.LocationID))
	}
}

// refuse refuses to take what is reserved for others.
func (p *reservationPlan) refuse(movements []Movement) error {
	for _, m := range movements {
		lot := p.lots[m.LotID]
		if lot == nil || lot.lack(m.From.LocationID).IsZero() {
			continue
		}
		others := lot.ReservedAt(m.From.LocationID, m.For)
		return errs.Precondition(m.Field, "STOCK_RESERVED", "only %s %s of lot %q of item %q at location %q are free for this: %s are there, and %s; enter at most that much, take another lot, name the line of the order that it is reserved for, or have reservations released",
			lot.OnHand[m.From.LocationID].Sub(others), lot.BaseUnit, lot.LotCode, lot.SKU, m.From.Code, lot.OnHand[m.From.LocationID], lot.describe(m.From.LocationID, m.For))
	}
	return nil
}

// takeAlong moves reservations along with stock, from where less is left than reserved:
// to where it was moved to, or on to where it went from there in the same operation.
func (p *reservationPlan) takeAlong(movements []Movement) {
	for _, onlyDirect := range []bool{true, false} {
		for _, m := range movements {
			lot := p.lots[m.LotID]
			from, to := m.way()
			if lot == nil || Virtual(from) || Virtual(to) {
				continue
			}
			for _, at := range slices.Sorted(maps.Keys(lot.after)) {
				if at == to || onlyDirect && at != from {
					continue
				}
				room := lot.after[to].Sub(lot.reserved(to))
				if much := lot.lack(at).Min(room); much.Sign() > 0 {
					lot.take(much, -1, func(r *Reservation) bool { return r.LocationID == at }, alongTo(to))
				}
			}
		}
	}
}

// cut takes away what is reserved beyond what is left, the latest first.
func (p *reservationPlan) cut() {
	for _, lot := range p.lots {
		for at := range lot.after {
			lot.take(lot.lack(at), -1, func(r *Reservation) bool { return r.LocationID == at }, nil)
		}
	}
}

// collect puts the changes in order. Lots of which nothing changed are left out.
func (p *reservationPlan) collect() {
	for id, lot := range p.lots {
		before := len(p.changes)
		for _, r := range lot.left {
			if change := lot.changed[reservationKey{r.Number, r.LocationID}]; !change.IsZero() {
				r.Quantity = change
				p.changes = append(p.changes, ReservationChange{id, r})
			}
		}
		if len(p.changes) == before {
			delete(p.lots, id)
		}
	}
	slices.SortFunc(p.changes, func(a, b ReservationChange) int {
		return cmp.Or(cmp.Compare(a.LotID, b.LotID), cmp.Compare(a.Number, b.Number), cmp.Compare(a.Quantity.Sign(), b.Quantity.Sign()), cmp.Compare(a.LocationID, b.LocationID))
	})
}

// way is from where to where stock goes: what is taken back goes back.
func (m *Movement) way() (from, to int64) {
	if m.Takes != nil {
		return m.To.LocationID, m.From.LocationID
	}
	return m.From.LocationID, m.To.LocationID
}

// alongTo is where a reservation goes that stock is taken from, nil if it ends.
func alongTo(locationID int64) *int64 {
	if Virtual(locationID) {
		return nil
	}
	return &locationID
}
