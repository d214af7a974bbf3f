package resolve

import "github.com/lottrail/lottrail/internal/errs"

// CheckUnit refuses a unit that the item does not have (UNKNOWN_UNIT), where no
// amount is to be converted: a price is per unit. path names the unit field.
func (item *Item) CheckUnit(path, unit string) error {
	if _, ok := item.units[unit]; !ok {
		return errs.Invalid(path, "UNKNOWN_UNIT", "item %q has no unit %q; use one of %s, or add the unit to the item",
			item.SKU, unit, item.unitNames())
	}
	return nil
}
