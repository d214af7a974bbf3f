package reconcile

import (
	"fmt"

	"github.com/lottrail/lottrail/internal/qty"
)

// MassBalance is what came of a lot, each in the item's base unit:
//
//	Received + Produced = OnHand + InProcess + Consumed + Shipped − Returned + Scrapped + ReturnedToSupplier − Adjusted
//
// OnHand is what the balances say, all else is what the movements do. What was taken
// back is not in it.
type MassBalance struct {
	Received, Produced qty.Decimal
	OnHand             qty.Decimal
	// InProcess is what runs consumed that are not finished, Consumed what others did.
	InProcess, Consumed qty.Decimal
	// Shipped is what went to customers, Returned what came back from them.
	Shipped, Returned  qty.Decimal
	Scrapped           qty.Decimal
	ReturnedToSupplier qty.Decimal
	// Adjusted is what was found less what was missed.
	Adjusted qty.Decimal
}

// CameIn is the left side of the equation.
func (m MassBalance) CameIn() qty.Decimal { return m.Received.Add(m.Produced) }

// AccountedFor is the right side.
func (m MassBalance) AccountedFor() qty.Decimal {
	return m.OnHand.Add(m.InProcess).Add(m.Consumed).Add(m.Shipped).Sub(m.Returned).Add(m.Scrapped).Add(m.ReturnedToSupplier).Sub(m.Adjusted)
}

// Add is the mass balance of both, which have to be of one unit.
func (m MassBalance) Add(o MassBalance) MassBalance {
	return MassBalance{
		Received: m.Received.Add(o.Received), Produced: m.Produced.Add(o.Produced), OnHand: m.OnHand.Add(o.OnHand),
		InProcess: m.InProcess.Add(o.InProcess), Consumed: m.Consumed.Add(o.Consumed), Shipped: m.Shipped.Add(o.Shipped),
		Returned: m.Returned.Add(o.Returned), Scrapped: m.Scrapped.Add(o.Scrapped),
		ReturnedToSupplier: m.ReturnedToSupplier.Add(o.ReturnedToSupplier), Adjusted: m.Adjusted.Add(o.Adjusted),
	}
}

// Check is what was held against what.
type Check int

// The checks.
const (
	// Balance: what lies at a location against what moved in less what moved out.
	Balance Check = iota + 1
	// Mass: what came in of a lot against what is accounted for.
	Mass
	// HoldCount: the count on the lot against its holds that stand.
	HoldCount
	// Reserved: what is reserved at a location, where it is more than lies there.
	Reserved
)

// Difference is two values that should be the same.
type Difference struct {
	Check        Check
	SKU, LotCode string
	LocationCode string // of a Balance, and of Reserved
	// Stated is what is recorded as such: the balance, what came in, the count. Computed
	// is what all else makes of it.
	Stated, Computed qty.Decimal
	Unit             string       // the item's base unit; empty for HoldCount
	Mass             *MassBalance // of a Mass
}

// String says it in a line.
func (d Difference) String() string {
	what := map[Check]string{Balance: "balance", Mass: "mass balance", HoldCount: "count of holds", Reserved: "reservations"}[d.Check]
	where := ""
	if d.LocationCode != "" {
		where = " at " + d.LocationCode
	}
	return fmt.Sprintf("%s of %s/%s%s: recorded %s, computed %s", what, d.SKU, d.LotCode, where, d.Stated, d.Computed)
}

// lotFacts is what a lot says of itself.
type lotFacts struct {
	sku, lotCode, unit     string
	mass                   MassBalance
	holdCount, activeHolds int32
}

// compare finds what does not agree in one lot.
func (f lotFacts) compare() []Difference {
	var differences []Difference
	if in, accounted := f.mass.CameIn(), f.mass.AccountedFor(); in.Cmp(accounted) != 0 {
		differences = append(differences, Difference{
			Check: Mass, SKU: f.sku, LotCode: f.lotCode, Stated: in, Computed: accounted, Unit: f.unit, Mass: &f.mass,
		})
	}
	if f.holdCount != f.activeHolds {
		differences = append(differences, Difference{
			Check: HoldCount, SKU: f.sku, LotCode: f.lotCode, Stated: qty.FromInt(int64(f.holdCount)), Computed: qty.FromInt(int64(f.activeHolds)),
		})
	}
	return differences
}
