package draw

import (
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/qty"
)

// weigh gives each taking of a weighed item its weight: the one that was given, or, where
// a line takes all that the lines before it leave of the lot there, the rest of the
// weight. That of a part is known to the scales alone. The mean would be a guess: what is
// left would no longer weigh what the records say, and nobody would know since when. What
// is reserved stays where it is, and is weighed when it is picked.
func weigh(takings []Taking, wants []want, purpose Purpose) error {
	if purpose == ToReserve {
		return nil
	}
	var taken, takenWeight map[stockKey]qty.Decimal
	for i := range takings {
		t := &takings[i]
		if !t.Item.Weighed() {
			continue
		}
		if taken == nil {
			taken, takenWeight = map[stockKey]qty.Decimal{}, map[stockKey]qty.Decimal{}
		}
		w, key := &wants[t.Line], stockKey{t.Lot.LotID, t.From.LocationID}
		t.Weight = w.weight
		left, leftWeight := t.Lot.OnHand[key.locationID].Sub(taken[key]), t.Lot.Weights[key.locationID].Sub(takenWeight[key])
		if t.Weight.IsZero() {
			if t.Found {
				return errs.Invalid(w.path+".weight", "WEIGHT_REQUIRED", "item %q is counted in %q and weighed in %q; give the weight of what was found too", t.Item.SKU, t.Item.BaseUnit, t.Item.WeightUnit)
			}
			if t.Quantity.Cmp(left) != 0 || leftWeight.Sign() <= 0 {
				return errs.Precondition(w.path+".weight", "WEIGHT_REQUIRED", "give the weight of the %s %s of lot %q of item %q: it may be left out only for all that there is at location %q, which is %s %s of %s %s",
					t.Quantity, t.Item.BaseUnit, t.Lot.LotCode, t.Item.SKU, t.From.Code, left, t.Item.BaseUnit, leftWeight, t.Item.WeightUnit)
			}
			t.Weight = leftWeight
		}
		if !t.Found {
			taken[key], takenWeight[key] = taken[key].Add(t.Quantity), takenWeight[key].Add(t.Weight)
		}
	}
	return nil
}
