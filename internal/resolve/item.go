// Package resolve turns the business keys that callers use (sku, lot code,
// location code, party code) into rows, many at a time, and says which one is
// not there.
package resolve

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/qty"
)

// Tracking is how closely an item's stock is followed.
type Tracking string

// The ways of tracking.
const (
	TrackingNone   Tracking = "none"
	TrackingLot    Tracking = "lot"
	TrackingSerial Tracking = "serial"
)

// Item is an item with what its quantities can be entered in.
type Item struct {
	ItemID        int64
	SKU           string
	Name          string
	BaseUnit      string
	Decimals      int
	Tracking      Tracking
	ExpiryTracked bool
	ShelfLifeDays int
	units         map[string]qty.Ratio
}

// Items finds items by sku, or fails with UNKNOWN_ITEM on the first that is not
// there.
func Items(ctx context.Context, db DB, tenantID int64, skus Keys) (map[string]*Item, error) {
	l := NewLookup(tenantID)
	items := l.Items(skus)
	return items, l.Do(ctx, db)
}

// LockItems is Items with the locks of Lookup.LockItems.
func LockItems(ctx context.Context, tx *pg.Tx, tenantID int64, skus Keys) (map[string]*Item, error) {
	l := NewLookup(tenantID)
	items := l.LockItems(skus)
	return items, l.Do(ctx, tx)
}

// maxQuantity is the most that one posting may move. It is beyond anything real
// and so far below what a numeric(38,9) holds that no sum ever overflows.
var maxQuantity = qty.MustParse("1000000000000000000")

// Quantity converts an amount in one of the item's units to its base unit,
// exactly or not at all. path names the quantity field.
func (item *Item) Quantity(path, value, unit string) (base, entered qty.Decimal, err error) {
	ratio, ok := item.units[unit]
	if !ok {
		return base, entered, errs.Invalid(path+".unit", "UNKNOWN_UNIT", "item %q has no unit %q; use one of %s, or add the unit to the item",
			item.SKU, unit, item.unitNames())
	}
	entered, err = qty.Parse(value)
	if err == nil && entered.Sign() <= 0 {
		return base, entered, errs.Invalid(path+".value", "QUANTITY_NOT_POSITIVE", "%s is not above zero; enter what really moved", entered)
	}
	if err == nil {
		base, err = ratio.ToBase(entered, item.Decimals)
	}
	if err == nil && base.Cmp(maxQuantity) > 0 {
		err = qty.ErrTooLarge
	}
	switch {
	case errors.Is(err, qty.ErrTooPrecise):
		return base, entered, errs.Invalid(path+".value", "QUANTITY_TOO_PRECISE", "%s %s is not a whole number of 10^-%d %s, the precision of item %q; round it where it is measured, or raise the item's decimals",
			value, unit, item.Decimals, item.BaseUnit, item.SKU)
	case errors.Is(err, qty.ErrTooLarge):
		return base, entered, errs.Invalid(path+".value", "QUANTITY_TOO_LARGE", "%s %s is more than a single posting may have (%s %s); check the quantity", value, unit, maxQuantity, item.BaseUnit)
	case err != nil:
		return base, entered, errs.Invalid(path+".value", "QUANTITY_NOT_A_NUMBER", "%q is not a decimal number in plain notation; write it like 12.5", value)
	}
	return base, entered, nil
}

func (item *Item) unitNames() string {
	var names []string
	for unit := range item.units {
		names = append(names, fmt.Sprintf("%q", unit))
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// CheckLotCode refuses a lot code that is missing for an item tracked by lot or
// serial (LOT_CODE_REQUIRED), or given for one that is not
// (LOT_CODE_NOT_ALLOWED).
func (item *Item) CheckLotCode(path, lotCode string) error {
	if item.Tracking == TrackingNone {
		if lotCode != "" {
			return errs.Invalid(path, "LOT_CODE_NOT_ALLOWED", "item %q is not tracked by lot; leave the lot code out, or set the item's tracking before its first lot", item.SKU)
		}
		return nil
	}
	if lotCode == "" {
		return errs.Invalid(path, "LOT_CODE_REQUIRED", "item %q is tracked by %s; give the code of the lot", item.SKU, item.Tracking)
	}
	return nil
}
