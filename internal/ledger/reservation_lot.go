package ledger

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lottrail/lottrail/internal/qty"
)

// add changes what is reserved under a number at a location.
func (lot *reservedLot) add(r Reservation, locationID int64, change qty.Decimal) {
	key := reservationKey{r.Number, locationID}
	lot.changed[key] = lot.changed[key].Add(change)
	i := slices.IndexFunc(lot.left, func(l Reservation) bool { return l.Number == r.Number && l.LocationID == locationID })
	if i < 0 {
		r.LocationID, r.Quantity = locationID, change
		lot.left = append(lot.left, r)
		return
	}
	lot.left[i].Quantity = lot.left[i].Quantity.Add(change)
}

// take takes up to so much from reservations, in the order of their numbers (1) or the
// other way round (-1), and moves it to a location, if one is given.
func (lot *reservedLot) take(much qty.Decimal, direction int, of func(*Reservation) bool, to *int64) {
	found := slices.DeleteFunc(slices.Clone(lot.left), func(r Reservation) bool { return !of(&r) })
	slices.SortStableFunc(found, func(a, b Reservation) int { return direction * cmp.Compare(a.Number, b.Number) })
	for _, r := range found {
		part := much.Min(r.Quantity)
		if part.Sign() <= 0 {
			continue
		}
		much = much.Sub(part)
		lot.add(r, r.LocationID, part.Neg())
		if to != nil {
			lot.add(r, *to, part)
		}
	}
}

func (lot *reservedLot) sum(of func(*Reservation) bool) qty.Decimal {
	var sum qty.Decimal
	for i := range lot.left {
		if of(&lot.left[i]) {
			sum = sum.Add(lot.left[i].Quantity)
		}
	}
	return sum
}

func (lot *reservedLot) reserved(locationID int64) qty.Decimal {
	return lot.sum(func(r *Reservation) bool { return r.LocationID == locationID })
}

// lack is how much more is reserved at a location than will be there.
func (lot *reservedLot) lack(locationID int64) qty.Decimal {
	after, touched := lot.after[locationID]
	if !touched {
		return qty.Decimal{}
	}
	if lack := lot.reserved(locationID).Sub(after); lack.Sign() > 0 {
		return lack
	}
	return qty.Decimal{}
}

// until is when the last reservation expires of which something is left.
func (lot *reservedLot) until() *time.Time {
	var last *time.Time
	for i := range lot.left {
		if r := &lot.left[i]; r.Quantity.Sign() > 0 && (last == nil || r.ExpiresAt.After(*last)) {
			last = &r.ExpiresAt
		}
	}
	return last
}

// describe tells for whom else a lot is reserved at a location.
func (lot *LockedLot) describe(locationID int64, but OrderLine) string {
	const most = 3
	var texts []string
	for _, r := range lot.Reservations {
		if r.LocationID != locationID || but != (OrderLine{}) && r.For == but {
			continue
		}
		if len(texts) == most {
			texts = append(texts, "and more for others")
			break
		}
		texts = append(texts, fmt.Sprintf("%s reserved for line %d of sales order %q until %s", r.Quantity, r.For.Number, r.For.OrderCode, r.ExpiresAt.UTC().Format(time.RFC3339)))
	}
	return strings.Join(texts, ", ")
}
