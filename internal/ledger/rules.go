package ledger

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/qty"
)

// route is where a kind of movement begins and ends: at a virtual location, or at
// any real one (0).
type route struct{ from, to int64 }

// routes are those that a kind of movement may take.
var routes = map[Kind][]route{
	KindReceipt:     {{Supplier, 0}},
	KindTransfer:    {{0, 0}},
	KindConsumption: {{0, Production}},
	KindOutput:      {{Production, 0}},
	KindShipment:    {{0, Customer}},
	KindAdjustment:  {{Adjustment, 0}, {0, Adjustment}},
	KindScrap:       {{0, Scrap}},
}

// Validate decides whether an operation may be posted, given the lots that it
// touches, which are locked. It is the one place where holds, expiry dates, balances
// and reservations are judged.
func Validate(op *Operation, locked Locked) error {
	_, err := validate(op, locked)
	return err
}

// validate also says what the operation does to reservations.
func validate(op *Operation, locked Locked) (*reservationPlan, error) {
	if err := validateShape(op, locked); err != nil {
		return nil, err
	}
	if op.Kind == KindConsumption || op.Kind == KindShipment {
		for _, m := range op.Movements {
			if err := validateUse(op.Kind, m.Field, m.From, m.Day, locked[m.LotID]); err != nil {
				return nil, err
			}
		}
	}
	if err := validateBalances(op, locked); err != nil {
		return nil, err
	}
	if err := validateWeights(op, locked); err != nil {
		return nil, err
	}
	return planReservations(op, locked)
}

// validateShape finds mistakes of the program, not of a caller.
func validateShape(op *Operation, locked Locked) error {
	if (op.Kind == KindReversal) != (op.Reverses != nil) {
		return fmt.Errorf("ledger: %s that reverses %v", op.Kind, op.Reverses)
	}
	kind := op.Kind
	if op.Reverses != nil {
		kind = op.Reverses.Kind
	}
	if _, moves := routes[kind]; moves != (len(op.Movements) > 0) || op.Reverses != nil && !moves && kind != KindRunFinish {
		return fmt.Errorf("ledger: %s with %d movements", op.Kind, len(op.Movements))
	}
	made := make(map[int64]bool, len(op.NewLots))
	for _, lot := range op.NewLots {
		if (lot.SupplierID == nil) == (lot.RunID == nil) {
			return fmt.Errorf("ledger: lot %q needs either a supplier or a run", lot.LotCode)
		}
		made[lot.LotID] = true
	}
	if err := validateHolds(op, locked, made); err != nil {
		return err
	}
	if err := validateDates(op, locked); err != nil {
		return err
	}
	if err := validateReserves(op, locked); err != nil {
		return err
	}
	if err := validateShares(op); err != nil {
		return err
	}
	for _, m := range op.Movements {
		if err := validateMovement(op.Kind, m); err != nil {
			return err
		}
		if err := validateWeighed(op, m, locked[m.LotID]); err != nil {
			return err
		}
		switch {
		case locked[m.LotID] == nil && !made[m.LotID]:
			return fmt.Errorf("ledger: lot %d is neither locked nor new", m.LotID)
		case made[m.LotID] && m.From.LocationID >= virtualEnd:
			return fmt.Errorf("ledger: %s of new lot %d, of which nothing can be at location %d", op.Kind, m.LotID, m.From.LocationID)
		}
	}
	return nil
}

// validateMovement looks at one movement by itself.
func validateMovement(kind Kind, m Movement) error {
	sign := 1
	if (kind == KindReversal) != (m.Takes != nil) {
		return fmt.Errorf("ledger: %s with a movement that takes %v back", kind, m.Takes)
	}
	if m.Takes != nil {
		kind, sign = m.Takes.Kind, -1
	}
	switch {
	case m.Quantity.Sign() != sign:
		return fmt.Errorf("ledger: movement of %s", m.Quantity)
	case m.From.LocationID == m.To.LocationID:
		return fmt.Errorf("ledger: movement from location %d to itself", m.From.LocationID)
	case !slices.ContainsFunc(routes[kind], func(r route) bool { return isEnd(m.From.LocationID, r.from) && isEnd(m.To.LocationID, r.to) }):
		return fmt.Errorf("ledger: %s from location %d to %d", kind, m.From.LocationID, m.To.LocationID)
	}
	return nil
}

// holds says which hold changes a kind of operation makes: whether it places or
// releases them, and whether it must.
var holds = map[Kind]struct{ places, releases, must bool }{
	KindHold:             {places: true, must: true},
	KindRelease:          {releases: true, must: true},
	KindOutput:           {places: true},
	KindTransfer:         {places: true},
	KindDateChange:       {releases: true},
	KindRecallActivation: {places: true, must: true},
	KindRecallClose:      {releases: true},
}

// validateHolds refuses to release what does not stand any more; all else that
// it finds are mistakes of the program.
func validateHolds(op *Operation, locked Locked, made map[int64]bool) error {
	can := holds[op.Kind]
	if can.must && len(op.Holds) == 0 {
		return fmt.Errorf("ledger: %s without a hold", op.Kind)
	}
	for _, h := range op.Holds {
		lot := locked[h.LotID]
		switch {
		case h.Release == 0 && !can.places || h.Release > 0 && !can.releases || h.Release < 0:
			return fmt.Errorf("ledger: %s with hold change %+v", op.Kind, h)
		case op.Kind == KindTransfer && h.LocationID == 0:
			return fmt.Errorf("ledger: %s with a hold on all of lot %d", op.Kind, h.LotID)
		case op.Kind != KindHold && op.Kind != KindTransfer && h.Release == 0 && h.RecallID == 0:
			return fmt.Errorf("ledger: %s with a hold of no recall", op.Kind)
		case lot == nil && (h.Release > 0 || !made[h.LotID]):
			return fmt.Errorf("ledger: hold on lot %d, which is not locked", h.LotID)
		case h.Release > 0 && !slices.ContainsFunc(lot.Holds, func(active ActiveHold) bool { return active.Number == h.Release }):
			return errs.Precondition("number", "HOLD_RELEASED", "hold %d of lot %q of item %q was released already; list its holds to see by whom",
				h.Release, lot.LotCode, lot.SKU)
		}
	}
	return nil
}

func isEnd(locationID, want int64) bool {
	if want == 0 {
		return locationID >= virtualEnd
	}
	return locationID == want
}

// Usable says whether the lot may be consumed or shipped from a location on a day, as
// Validate judges it: whoever chooses lots by himself passes over the others.
func (lot *LockedLot) Usable(locationID int64, day time.Time) bool {
	return len(lot.HoldsAt(locationID)) == 0 && !lot.expired(day)
}

// HoldsAt are the holds that keep what is at a location from being used.
func (lot *LockedLot) HoldsAt(locationID int64) []ActiveHold {
	var at []ActiveHold
	for _, h := range lot.Holds {
		if h.LocationID == 0 || h.LocationID == locationID {
			at = append(at, h)
		}
	}
	return at
}

// expired: the expiry date is the last day on which a lot may be used (GS1
// General Specifications, AI 17).
func (lot *LockedLot) expired(day time.Time) bool {
	return lot.ExpiryDate != nil && day.After(*lot.ExpiryDate)
}

// validateUse refuses held and expired lots.
func validateUse(kind Kind, field string, from Place, day time.Time, lot *LockedLot) error {
	verb := map[Kind]string{KindConsumption: "consumed", KindShipment: "shipped", KindReservation: "reserved"}[kind]
	if holds := lot.HoldsAt(from.LocationID); len(holds) > 0 {
		where := ""
		if !slices.ContainsFunc(holds, func(h ActiveHold) bool { return h.LocationID == 0 }) {
			where = fmt.Sprintf(" at location %q", from.Code)
		}
		return errs.Precondition(field, "LOT_HELD", "lot %q of item %q is on hold%s and cannot be %s: %s; take another lot or have the hold released",
			lot.LotCode, lot.SKU, where, verb, describeHolds(holds))
	}
	if lot.expired(day) {
		return errs.Precondition(field, "LOT_EXPIRED", "lot %q of item %q expired on %s and cannot be %s; take another lot",
			lot.LotCode, lot.SKU, lot.ExpiryDate.Format(time.DateOnly), verb)
	}
	if kind != KindConsumption && lot.Removed(day) { // reserved is what is to be shipped
		return errs.Precondition(field, "LOT_PAST_REMOVAL", "lot %q of item %q was to be shipped until %s; take another lot, or use this one up here",
			lot.LotCode, lot.SKU, lot.RemovalDate.Format(time.DateOnly))
	}
	return nil
}

func describeHolds(holds []ActiveHold) string {
	const most = 3
	var texts []string
	for i, h := range holds {
		if i == most {
			texts = append(texts, fmt.Sprintf("and %d more", len(holds)-most))
			break
		}
		texts = append(texts, fmt.Sprintf("hold %d (%s)", h.Number, h.Reason))
	}
	return strings.Join(texts, ", ")
}

// stockKey names a balance.
type stockKey struct{ lotID, locationID int64 }

// netByBalance sums what an operation does to each real location's balance.
func netByBalance(movements []Movement) map[stockKey]qty.Decimal {
	net := make(map[stockKey]qty.Decimal, len(movements))
	for _, m := range movements {
		if m.From.LocationID >= virtualEnd {
			k := stockKey{m.LotID, m.From.LocationID}
			net[k] = net[k].Sub(m.Quantity)
		}
		if m.To.LocationID >= virtualEnd {
			k := stockKey{m.LotID, m.To.LocationID}
			net[k] = net[k].Add(m.Quantity)
		}
	}
	return net
}

func validateBalances(op *Operation, locked Locked) error {
	net := netByBalance(op.Movements)
	for _, m := range op.Movements {
		lot := locked[m.LotID]
		if lot == nil {
			continue
		}
		from := m.From
		if m.Takes != nil {
			from = m.To // what it brought goes again
		}
		if from.LocationID >= virtualEnd && lot.OnHand[from.LocationID].Add(net[stockKey{m.LotID, from.LocationID}]).Sign() < 0 {
			return insufficient(m.Field, lot, from)
		}
	}
	return nil
}

func insufficient(field string, lot *LockedLot, at Place) error {
	return errs.Precondition(field, "INSUFFICIENT_STOCK", "only %s %s of lot %q of item %q are at location %q; enter at most that much, or post what brought more there first",
		lot.OnHand[at.LocationID], lot.BaseUnit, lot.LotCode, lot.SKU, at.Code)
}
