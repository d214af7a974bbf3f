package resolve

import "github.com/lottrail/lottrail/internal/qty"

// maxDecimals is how many digits after the point a quantity is kept with.
const maxDecimals = 9

// InUnit is the inverse of Quantity: an amount of base units in another unit, if a
// decimal is exactly that.
func (item *Item) InUnit(base qty.Decimal, unit string) (qty.Decimal, bool) {
	ratio, ok := item.units[unit]
	if !ok {
		return qty.Decimal{}, false
	}
	entered, err := qty.Ratio{Numerator: ratio.Denominator, Denominator: ratio.Numerator}.ToBase(base, maxDecimals)
	return entered, err == nil
}
