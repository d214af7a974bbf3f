package trace

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/knownat"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
)

// filterBy resolves the keys of a filter. What does not exist is refused: a filter that is
// misspelt must not look like an empty trace.
func filterBy(ctx context.Context, tx *pg.Snapshot, f *lottrailv1.TraceFilter, q *lineage.Query) error {
	q.MaxDepth = f.GetMaxDepth()
	if f.GetFrom() != nil || f.GetUntil() != nil {
		from, until := told(f.GetFrom()), told(f.GetUntil())
		if err := checkWindow(from, until, q.AsOf, q.Attribute); err != nil {
			return err
		}
		q.Window = &lineage.Window{}
		if from != nil {
			q.Window.Since = *from
		}
		if until != nil {
			q.Window.Until = *until
		}
	}
	if err := filterItems(ctx, tx, f.GetSkus(), q); err != nil {
		return err
	}
	if err := filterCategories(ctx, tx, f.GetCategories(), q); err != nil {
		return err
	}
	return filterLocations(ctx, tx, f.GetLocationCodes(), q)
}

// told is a moment of a filter as the database has it; nil if none was given.
func told(t *timestamppb.Timestamp) *time.Time {
	if t == nil {
		return nil
	}
	moment := knownat.Clamp(t).Truncate(time.Microsecond)
	return &moment
}

func filterItems(ctx context.Context, tx *pg.Snapshot, skus []string, q *lineage.Query) error {
	if len(skus) == 0 {
		return nil
	}
	var keys resolve.Keys
	for i, sku := range skus {
		keys = append(keys, resolve.Key{Path: fmt.Sprintf("filter.skus[%d]", i), Value: sku})
	}
	items, err := resolve.Items(ctx, tx, q.TenantID, keys)
	for _, item := range items {
		q.ItemIDs = append(q.ItemIDs, item.ItemID)
	}
	return err
}

func filterCategories(ctx context.Context, tx *pg.Snapshot, categories []string, q *lineage.Query) error {
	if len(categories) == 0 {
		return nil
	}
	q.OfCategories = len(q.ItemIDs) == 0
	rows, err := queries.New(tx).LineageCategoryItemList(ctx, queries.LineageCategoryItemListParams{TenantID: q.TenantID, Categories: categories})
	if err != nil {
		return err
	}
	found := map[string]bool{}
	for _, r := range rows {
		found[r.Category] = true
		q.ItemIDs = append(q.ItemIDs, r.ItemID)
	}
	return checkFound("filter.categories", categories, found, "UNKNOWN_CATEGORY", "no item is of category %q", "check the names, or give the items their categories with UpsertItem")
}

func filterLocations(ctx context.Context, tx *pg.Snapshot, codes []string, q *lineage.Query) error {
	if len(codes) == 0 {
		return nil
	}
	rows, err := queries.New(tx).LineageLocationIDList(ctx, queries.LineageLocationIDListParams{TenantID: q.TenantID, Codes: codes})
	if err != nil {
		return err
	}
	found := map[string]bool{}
	for _, r := range rows {
		found[r.Code] = true
		q.LocationIDs = append(q.LocationIDs, r.LocationID)
	}
	return checkFound("filter.location_codes", codes, found, "UNKNOWN_LOCATION", "there is no location %q", "check the codes, or push the locations with UpsertLocation first")
}

// checkFound refuses keys of a list that are not there, all of them at once.
func checkFound(path string, keys []string, found map[string]bool, reason, format, remedy string) error {
	var missing []errs.Violation
	for i, key := range keys {
		if !found[key] {
			missing = append(missing, errs.Violation{Path: fmt.Sprintf("%s[%d]", path, i), Reason: reason, Message: fmt.Sprintf(format, key)})
		}
	}
	if missing == nil {
		return nil
	}
	return errs.NotFoundFields(remedy, missing)
}
