package ledger

import (
	"fmt"
	"slices"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/qty"
)

// netWeights sums what an operation does to the weight of each real location's balance,
// of lots that are weighed; nil if there are none.
func netWeights(movements []Movement) map[stockKey]qty.Decimal {
	var net map[stockKey]qty.Decimal
	for _, m := range movements {
		if m.Weight.Sign() == 0 {
			continue
		}
		if net == nil {
			net = make(map[stockKey]qty.Decimal, len(movements))
		}
		if m.From.LocationID >= virtualEnd {
			k := stockKey{m.LotID, m.From.LocationID}
			net[k] = net[k].Sub(m.Weight)
		}
		if m.To.LocationID >= virtualEnd {
			k := stockKey{m.LotID, m.To.LocationID}
			net[k] = net[k].Add(m.Weight)
		}
	}
	return net
}

// validateWeighed finds movements of weighed lots without a weight, and of others with
// one: mistakes of the program. lot is nil if it is new.
func validateWeighed(op *Operation, m Movement, lot *LockedLot) error {
	unit := ""
	if lot != nil {
		unit = lot.WeightUnit
	} else if i := slices.IndexFunc(op.NewLots, func(l NewLot) bool { return l.LotID == m.LotID }); i >= 0 {
		unit = op.NewLots[i].WeightUnit
	}
	sign := m.Quantity.Sign()
	if unit == "" {
		sign = 0
	}
	if m.Weight.Sign() != sign {
		return fmt.Errorf("ledger: movement of %s of lot %d, weighed in %q, that weighs %s", m.Quantity, m.LotID, unit, m.Weight)
	}
	return nil
}

// validateWeights refuses what would leave a weight of nothing, or something that weighs
// nothing. Quantities are right already.
func validateWeights(op *Operation, locked Locked) error {
	weights := netWeights(op.Movements)
	if weights == nil {
		return nil
	}
	net := netByBalance(op.Movements)
	for _, m := range op.Movements {
		lot := locked[m.LotID]
		if lot == nil || lot.WeightUnit == "" {
			continue
		}
		for _, at := range []Place{m.From, m.To} {
			key := stockKey{m.LotID, at.LocationID}
			left, leftWeight := lot.OnHand[at.LocationID].Add(net[key]), lot.Weights[at.LocationID].Add(weights[key])
			if at.LocationID < virtualEnd || left.Sign() == leftWeight.Sign() {
				continue
			}
			return refuseWeight(m, lot, at, left, leftWeight)
		}
	}
	return nil
}

func refuseWeight(m Movement, lot *LockedLot, at Place, left, leftWeight qty.Decimal) error {
	there := fmt.Sprintf("%s %s of lot %q of item %q at location %q weigh %s %s", lot.OnHand[at.LocationID], lot.BaseUnit, lot.LotCode, lot.SKU,
		at.Code, lot.Weights[at.LocationID], lot.WeightUnit)
	if left.Sign() > 0 {
		return errs.Precondition(m.Field+".weight", "INSUFFICIENT_WEIGHT", "the %s by the records, so that the %s %s that are left would weigh %s; check the weight, or adjust that of what is there first",
			there, left, lot.BaseUnit, leftWeight)
	}
	return errs.Precondition(m.Field+".weight", "WEIGHT_DIFFERS", "the %s by the records, so that %s %s would be left of nothing; leave the weight out to take all of it, or adjust that of what is there first",
		there, leftWeight, lot.WeightUnit)
}
