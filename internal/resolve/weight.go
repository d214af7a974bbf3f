package resolve

import (
	"errors"
	"fmt"
	"strings"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/qty"
)

// Amount is an amount as a caller gave it; all empty if none was given.
type Amount struct{ Value, Unit string }

// Weighed says whether each quantity of the item has a weight that does not follow from
// it.
func (item *Item) Weighed() bool { return item.WeightUnit != "" }

// Weight converts a weight to the unit that the item is weighed in, exactly or not at
// all. It is 0 if none is given, which is for the caller to judge: only he knows what is
// there. path names the weight field.
func (item *Item) Weight(path string, given Amount) (qty.Decimal, error) {
	if given == (Amount{}) {
		return qty.Decimal{}, nil
	}
	if !item.Weighed() {
		return qty.Decimal{}, errs.Invalid(path, "WEIGHT_NOT_ALLOWED", "item %q is not weighed beside its quantity; leave the weight out, or give the item a weight_unit before its first lot", item.SKU)
	}
	if !qty.IsMass(given.Unit) {
		return qty.Decimal{}, errs.Invalid(path+".unit", "UNKNOWN_WEIGHT_UNIT", "item %q is weighed in %q, and %q is no unit of weight; use one of %s",
			item.SKU, item.WeightUnit, given.Unit, massUnits())
	}
	entered, err := qty.Parse(given.Value)
	if err == nil && entered.Sign() <= 0 {
		return qty.Decimal{}, errs.Invalid(path+".value", "WEIGHT_NOT_POSITIVE", "%s is not above zero; enter what it really weighs", entered)
	}
	var weight qty.Decimal
	if err == nil {
		weight, err = qty.Mass(given.Unit, item.WeightUnit).ToBase(entered, item.WeightDecimals)
	}
	if err == nil && weight.Cmp(maxQuantity) > 0 {
		err = qty.ErrTooLarge
	}
	switch {
	case errors.Is(err, qty.ErrTooPrecise):
		return weight, errs.Invalid(path+".value", "WEIGHT_TOO_PRECISE", "%s %s is not a whole number of 10^-%d %s, as which item %q is weighed; round it where it is weighed, or raise the item's weight_decimals",
			given.Value, given.Unit, item.WeightDecimals, item.WeightUnit, item.SKU)
	case errors.Is(err, qty.ErrTooLarge):
		return weight, errs.Invalid(path+".value", "WEIGHT_TOO_LARGE", "%s %s is more than a single posting may weigh (%s %s); check the weight", given.Value, given.Unit, maxQuantity, item.WeightUnit)
	case err != nil:
		return weight, errs.Invalid(path+".value", "WEIGHT_NOT_A_NUMBER", "%q is not a decimal number in plain notation; write it like 148.35", given.Value)
	}
	return weight, nil
}

// NewWeight is Weight where stock comes in, and nobody but the caller knows what it
// weighs: WEIGHT_REQUIRED if none is given for an item that is weighed.
func (item *Item) NewWeight(path string, given Amount) (qty.Decimal, error) {
	if item.Weighed() && given == (Amount{}) {
		return qty.Decimal{}, errs.Invalid(path, "WEIGHT_REQUIRED", "item %q is counted in %q and weighed in %q; give the weight of this quantity too", item.SKU, item.BaseUnit, item.WeightUnit)
	}
	return item.Weight(path, given)
}

func massUnits() string {
	var names []string
	for _, unit := range qty.MassUnits() {
		names = append(names, fmt.Sprintf("%q", unit))
	}
	return strings.Join(names, ", ")
}
