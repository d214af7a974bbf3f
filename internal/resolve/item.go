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

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/queries"
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
	BaseUnit      string
	Decimals      int
	Tracking      Tracking
	ExpiryTracked bool
	ShelfLifeDays int
	units         map[string]qty.Ratio
}

// Items finds items by sku, or fails with UNKNOWN_ITEM on the first that is not
// there.
func Items(ctx context.Context, db queries.DBTX, tenantID int64, skus Keys) (map[string]*Item, error) {
	rows, err := queries.New(db).ItemListBySKU(ctx, queries.ItemListBySKUParams{TenantID: tenantID, Skus: skus.values()})
	if err != nil {
		return nil, err
	}
	return withUnits(ctx, db, tenantID, skus, rows)
}

// LockItems is Items for whoever writes quantities of items that may have none
// yet: their first lot, or an order. Base unit, decimals and tracking, which
// UpsertItem changes only of items that are not in use, stay as they are until
// the transaction ends. An existing lot gives the same assurance without a lock.
func LockItems(ctx context.Context, tx pgx.Tx, tenantID int64, skus Keys) (map[string]*Item, error) {
	locked, err := queries.New(tx).ItemLockBySKU(ctx, queries.ItemLockBySKUParams{TenantID: tenantID, Skus: skus.values()})
	if err != nil {
		return nil, err
	}
	rows := make([]queries.ItemListBySKURow, 0, len(locked))
	for _, r := range locked {
		rows = append(rows, queries.ItemListBySKURow(r))
	}
	return withUnits(ctx, tx, tenantID, skus, rows)
}

func withUnits(ctx context.Context, db queries.DBTX, tenantID int64, skus Keys, rows []queries.ItemListBySKURow) (map[string]*Item, error) {
	items := make(map[string]*Item, len(rows))
	byID := make(map[int64]*Item, len(rows))
	for _, r := range rows {
		item := &Item{
			ItemID: r.ItemID, SKU: r.SKU, BaseUnit: r.BaseUnit, Decimals: int(r.Decimals), Tracking: Tracking(r.Tracking),
			ExpiryTracked: r.ExpiryTracked, ShelfLifeDays: int(r.ShelfLifeDays), units: map[string]qty.Ratio{r.BaseUnit: qty.One},
		}
		items[r.SKU], byID[r.ItemID] = item, item
	}
	if path, sku, missing := firstMissing(skus, items); missing {
		return nil, errs.NotFound(path, "UNKNOWN_ITEM", "there is no item %q; push it with UpsertItem first, or check the sku", sku)
	}
	units, err := queries.New(db).ItemUnitListOfItems(ctx, queries.ItemUnitListOfItemsParams{TenantID: tenantID, Skus: skus.values()})
	if err != nil {
		return nil, err
	}
	for _, u := range units {
		byID[u.ItemID].units[u.Unit] = qty.Ratio{Numerator: u.Numerator, Denominator: u.Denominator}
	}
	return items, nil
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
