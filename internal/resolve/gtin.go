package resolve

import (
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/queries"
)

// GTIN is what a GTIN stands for: an item in one of its units.
type GTIN struct {
	Item *Item
	Unit string
}

// GTINs looks up GTINs of 14 digits. Missing ones are left out: see UnknownGTIN.
func (l *Lookup) GTINs(gtins []string) map[string]GTIN {
	found := make(map[string]GTIN, len(gtins))
	if len(gtins) == 0 {
		return found
	}
	each(l, func(r queries.ItemListByGTINRow) error {
		g, seen := found[r.GTIN]
		if !seen {
			g = GTIN{Unit: r.GTINUnit, Item: newItem(queries.ItemListBySKURow{
				ItemID: r.ItemID, SKU: r.SKU, Name: r.Name, BaseUnit: r.BaseUnit, Decimals: r.Decimals, Tracking: r.Tracking,
				ExpiryTracked: r.ExpiryTracked, ShelfLifeDays: r.ShelfLifeDays, LotCodePattern: r.LotCodePattern,
				WeightUnit: r.WeightUnit, WeightDecimals: r.WeightDecimals,
			})}
			found[r.GTIN] = g
		}
		if r.Unit != nil {
			g.Item.units[*r.Unit] = qty.Ratio{Numerator: *r.Numerator, Denominator: *r.Denominator}
		}
		return nil
	}, queries.ItemListByGTIN, l.tenantID, gtins)
	return found
}

// UnknownGTIN is the refusal of a GTIN that no item has.
func UnknownGTIN(path, gtin string) error {
	return errs.NotFound(path, "UNKNOWN_GTIN", "no item has the GTIN %s; add it to its item with UpsertItem, with the unit that it stands for, or check what was scanned", gtin)
}

// Has says whether the item has a unit.
func (item *Item) Has(unit string) bool {
	_, has := item.units[unit]
	return has || unit == item.BaseUnit
}
