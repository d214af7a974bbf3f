package catalog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/revision"
)

// upsertItems writes items, each sku once, in a few statements however many
// they are, and returns them in order as they stand now and how many changed.
//
// New skus are inserted before any row is locked, both in the order of sku:
// whoever inserts waits only for inserts, whoever locks only for locks, so two
// batches never wait for each other.
func upsertItems(ctx context.Context, tx *pg.Tx, items []item) ([]*lottrailv1.Item, int32, error) {
	stored, err := claimItems(ctx, tx, items)
	if err != nil {
		return nil, 0, err
	}
	if err := checkItemsInUse(ctx, tx, items, stored); err != nil {
		return nil, 0, err
	}
	now := make([]*lottrailv1.Item, 0, len(items))
	pushed := make([]revision.Pushed, 0, len(items))
	for _, it := range items {
		content := fromItem(it)
		now = append(now, content)
		pushed = append(pushed, revision.Pushed{ID: stored[it.SKU].ItemID, Content: content})
	}
	results, err := revision.PushAll(ctx, tx, revision.Item, pushed)
	if err != nil {
		return nil, 0, err
	}
	var changed []itemRow
	for i, r := range results {
		now[i].Revision = r.Number
		if r.Changed {
			changed = append(changed, itemRow{item: items[i], itemID: pushed[i].ID, revision: r.Number})
		}
	}
	if len(changed) == 0 {
		return now, 0, nil
	}
	return now, int32(len(changed)), writeItems(ctx, tx, changed)
}

// itemRow is an item on its way into the tables.
type itemRow struct {
	item
	itemID   int64
	revision int32
}

// claimItems sees to it that there is a row for each sku, locks them all, and
// returns what they say, by sku.
func claimItems(ctx context.Context, tx *pg.Tx, items []item) (map[string]storedItem, error) {
	q := queries.New(tx)
	sorted := slices.SortedFunc(slices.Values(items), func(a, b item) int { return cmp.Compare(a.SKU, b.SKU) })
	skus := make([]string, 0, len(sorted))
	for _, it := range sorted {
		skus = append(skus, it.SKU)
	}
	known, err := q.ItemListKnown(ctx, queries.ItemListKnownParams{TenantID: tx.TenantID, Skus: skus})
	if err != nil {
		return nil, err
	}
	slices.Sort(known)
	var fresh []itemRow
	for _, it := range sorted {
		if _, found := slices.BinarySearch(known, it.SKU); found {
			continue
		}
		id, err := tx.NextID(ctx)
		if err != nil {
			return nil, err
		}
		fresh = append(fresh, itemRow{item: it, itemID: id, revision: 1})
	}
	if len(fresh) > 0 {
		if err := q.ItemInsert(ctx, itemColumns(tx.TenantID, fresh)); err != nil {
			return nil, err
		}
	}
	rows, err := q.ItemLock(ctx, queries.ItemLockParams{TenantID: tx.TenantID, Skus: skus})
	if err != nil {
		return nil, err
	}
	stored := make(map[string]storedItem, len(rows))
	for _, r := range rows {
		stored[r.SKU] = storedItem{ItemID: r.ItemID, BaseUnit: r.BaseUnit, Decimals: int32(r.Decimals), Tracking: r.Tracking, WeightUnit: r.WeightUnit, WeightDecimals: int32(r.WeightDecimals)}
	}
	if len(stored) != len(items) {
		return nil, fmt.Errorf("catalog: %d of %d items are there after they were inserted", len(stored), len(items))
	}
	return stored, nil
}

// checkItemsInUse refuses to change what existing quantities of items mean.
// Only where a change would do that are lots and orders looked for, with the
// item locked so that none can come in between (resolve.LockItems).
func checkItemsInUse(ctx context.Context, tx *pg.Tx, items []item, stored map[string]storedItem) error {
	var ids []int64
	for _, it := range items {
		if was := stored[it.SKU]; checkInUse(was, it, usage{Lots: true, Orders: true}) != nil {
			ids = append(ids, was.ItemID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	q := queries.New(tx)
	if _, err := q.ItemLockAgainstUse(ctx, queries.ItemLockAgainstUseParams{TenantID: tx.TenantID, ItemIds: ids}); err != nil {
		return err
	}
	rows, err := q.ItemListUsage(ctx, queries.ItemListUsageParams{TenantID: tx.TenantID, ItemIds: ids})
	if err != nil {
		return err
	}
	used := make(map[int64]usage, len(rows))
	for _, r := range rows {
		used[r.ItemID] = usage{Lots: r.HasLots, Orders: r.HasOrders}
	}
	for _, it := range items {
		was := stored[it.SKU]
		if err := checkInUse(was, it, used[was.ItemID]); err != nil {
			return err
		}
	}
	return nil
}

// writeItems brings the tables to what was pushed. Rows at their first revision
// were inserted just now, and are right already.
func writeItems(ctx context.Context, tx *pg.Tx, changed []itemRow) error {
	q := queries.New(tx)
	earlier := slices.DeleteFunc(slices.Clone(changed), func(row itemRow) bool { return row.revision == 1 })
	if len(earlier) > 0 {
		columns := itemColumns(tx.TenantID, earlier)
		if err := q.ItemUpdate(ctx, queries.ItemUpdateParams(columns)); err != nil {
			return err
		}
		if err := q.ItemUnitDelete(ctx, queries.ItemUnitDeleteParams{TenantID: tx.TenantID, ItemIds: columns.ItemIds}); err != nil {
			return err
		}
		if err := q.ItemGTINDelete(ctx, queries.ItemGTINDeleteParams{TenantID: tx.TenantID, ItemIds: columns.ItemIds}); err != nil {
			return err
		}
	}
	units := queries.ItemUnitInsertParams{TenantID: tx.TenantID}
	for _, row := range changed {
		for _, u := range row.Units {
			units.ItemIds = append(units.ItemIds, row.itemID)
			units.Units = append(units.Units, u.Unit)
			units.Numerators = append(units.Numerators, u.Ratio.Numerator)
			units.Denominators = append(units.Denominators, u.Ratio.Denominator)
		}
	}
	if len(units.Units) > 0 {
		if err := q.ItemUnitInsert(ctx, units); err != nil {
			return err
		}
	}
	return writeGTINs(ctx, tx, changed)
}

func writeGTINs(ctx context.Context, tx *pg.Tx, changed []itemRow) error {
	type owned struct {
		gtin
		itemID int64
	}
	var wanted []owned
	for _, row := range changed {
		for _, g := range row.GTINs {
			wanted = append(wanted, owned{g, row.itemID})
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	slices.SortFunc(wanted, func(a, b owned) int { return cmp.Compare(a.GTIN, b.GTIN) })
	params := queries.ItemGTINInsertParams{TenantID: tx.TenantID}
	for _, w := range wanted {
		params.Gtins = append(params.Gtins, w.GTIN)
		params.ItemIds = append(params.ItemIds, w.itemID)
		params.Units = append(params.Units, w.Unit)
	}
	q := queries.New(tx)
	free, err := q.ItemGTINInsert(ctx, params)
	if err != nil || len(free) == len(wanted) {
		return err
	}
	slices.Sort(free)
	i := slices.IndexFunc(wanted, func(w owned) bool { _, ok := slices.BinarySearch(free, w.GTIN); return !ok })
	taken := wanted[i]
	owner, err := q.ItemGTINOwner(ctx, queries.ItemGTINOwnerParams{TenantID: tx.TenantID, GTIN: taken.GTIN})
	if errors.Is(err, pgx.ErrNoRows) {
		// Given up by its owner since.
		return pg.ErrOvertaken
	}
	if err != nil {
		return err
	}
	return errs.Exists(taken.Field+".gtin", "GTIN_TAKEN", "GTIN %s belongs to item %q; a GTIN names one item: take it from that item first, or check it", taken.GTIN, owner)
}

func itemColumns(tenantID int64, rows []itemRow) queries.ItemInsertParams {
	c := queries.ItemInsertParams{TenantID: tenantID}
	for _, row := range rows {
		c.ItemIds = append(c.ItemIds, row.itemID)
		c.Skus = append(c.Skus, row.SKU)
		c.Names = append(c.Names, row.Name)
		c.Categories = append(c.Categories, row.Category)
		c.BaseUnits = append(c.BaseUnits, row.BaseUnit)
		c.Decimals = append(c.Decimals, int16(row.Decimals))
		c.Trackings = append(c.Trackings, row.Tracking)
		c.ExpiryTrackeds = append(c.ExpiryTrackeds, row.ExpiryTracked)
		c.ShelfLifeDays = append(c.ShelfLifeDays, row.ShelfLifeDays)
		c.Fefos = append(c.Fefos, row.FEFO)
		c.WarningDays = append(c.WarningDays, row.WarningDays)
		c.LotCodePatterns = append(c.LotCodePatterns, row.LotCodePattern)
		approval := qty.FromInt(-1) // none
		if row.ApprovalQuantity != nil {
			approval = *row.ApprovalQuantity
		}
		c.AdjustmentApprovalQuantities = append(c.AdjustmentApprovalQuantities, approval)
		c.WeightUnits = append(c.WeightUnits, row.WeightUnit)
		c.WeightDecimals = append(c.WeightDecimals, int16(row.WeightDecimals))
		c.Revisions = append(c.Revisions, row.revision)
	}
	return c
}
