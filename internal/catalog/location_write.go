package catalog

import (
	"context"
	"slices"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/revision"
)

// upsertLocations writes locations, each code once, and returns them in order
// as they stand now and how many changed.
//
// One transaction at a time changes the tree of a tenant (LocationLockTree).
// Locking the ancestors of what is moved would let others pass, but the way up
// may change while its locks are being waited for; locations change rarely, so
// the lock that is plainly enough is the better one.
func upsertLocations(ctx context.Context, tx *pg.Tx, locations []location) ([]*lottrailv1.Location, int32, error) {
	q := queries.New(tx)
	if _, err := q.LocationLockTree(ctx, queries.LocationLockTreeParams{TenantID: tx.TenantID, GuardID: ledger.Supplier}); err != nil {
		return nil, 0, err
	}
	stored, err := readTree(ctx, tx, locations)
	if err != nil {
		return nil, 0, err
	}
	if err := checkTree(locations, stored); err != nil {
		return nil, 0, err
	}
	if err := checkSitesEmpty(ctx, tx, locations, stored); err != nil {
		return nil, 0, err
	}
	ids := make(map[string]int64, len(stored)+len(locations))
	for code, s := range stored {
		ids[code] = s.LocationID
	}
	for _, l := range locations {
		if _, found := ids[l.Code]; found {
			continue
		}
		if ids[l.Code], err = tx.NextID(ctx); err != nil {
			return nil, 0, err
		}
	}
	now := make([]*lottrailv1.Location, 0, len(locations))
	pushed := make([]revision.Pushed, 0, len(locations))
	for _, l := range locations {
		content := fromLocation(l)
		now = append(now, content)
		pushed = append(pushed, revision.Pushed{ID: ids[l.Code], Content: content})
	}
	results, err := revision.PushAll(ctx, tx, revision.Location, pushed)
	if err != nil {
		return nil, 0, err
	}
	for i, r := range results {
		now[i].Revision = r.Number
	}
	changed, err := writeLocations(ctx, tx, locations, ids, results)
	return now, changed, err
}

// writeLocations brings the table to what was pushed, and returns how many
// changed.
func writeLocations(ctx context.Context, tx *pg.Tx, locations []location, ids map[string]int64, results []revision.Result) (int32, error) {
	fresh, earlier := queries.LocationInsertParams{TenantID: tx.TenantID}, queries.LocationInsertParams{TenantID: tx.TenantID}
	for i, r := range results {
		switch {
		case !r.Changed:
		case r.Number == 1:
			addLocation(&fresh, locations[i], ids, r.Number)
		default:
			addLocation(&earlier, locations[i], ids, r.Number)
		}
	}
	q := queries.New(tx)
	// New ones first: they may be the parents of those that were there.
	if len(fresh.Codes) > 0 {
		if err := q.LocationInsert(ctx, fresh); err != nil {
			return 0, err
		}
	}
	if len(earlier.Codes) > 0 {
		if err := q.LocationUpdate(ctx, queries.LocationUpdateParams(earlier)); err != nil {
			return 0, err
		}
	}
	return int32(len(fresh.Codes) + len(earlier.Codes)), nil
}

// readTree reads the locations of a batch, their parents, and all above them.
func readTree(ctx context.Context, tx *pg.Tx, locations []location) (map[string]storedLocation, error) {
	var codes []string
	for _, l := range locations {
		codes = append(codes, l.Code)
		if l.ParentCode != "" {
			codes = append(codes, l.ParentCode)
		}
	}
	slices.Sort(codes)
	rows, err := queries.New(tx).LocationListWithAncestors(ctx, queries.LocationListWithAncestorsParams{
		TenantID: tx.TenantID, Codes: slices.Compact(codes),
	})
	if err != nil {
		return nil, err
	}
	stored := make(map[string]storedLocation, len(rows))
	for _, r := range rows {
		stored[r.Code] = storedLocation{LocationID: r.LocationID, Code: r.Code, ParentID: r.ParentID, Kind: r.Kind}
	}
	return stored, nil
}

// checkSitesEmpty refuses to make a site of a location that has stock, which
// could not be taken out of it any more. A posting that looked the location up
// before this looks again when it has brought its stock (ledger.Post), and finds
// the site.
func checkSitesEmpty(ctx context.Context, tx *pg.Tx, locations []location, stored map[string]storedLocation) error {
	var ids []int64
	for _, l := range locations {
		if becomesSite(l, stored) {
			ids = append(ids, stored[l.Code].LocationID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	q := queries.New(tx)
	if _, err := q.LocationLockAgainstStock(ctx, queries.LocationLockAgainstStockParams{TenantID: tx.TenantID, LocationIds: ids}); err != nil {
		return err
	}
	used, err := q.LocationListWithStock(ctx, queries.LocationListWithStockParams{TenantID: tx.TenantID, LocationIds: ids})
	if err != nil {
		return err
	}
	for _, l := range locations {
		if becomesSite(l, stored) && slices.Contains(used, stored[l.Code].LocationID) {
			return errs.Precondition(l.Field+".kind", "LOCATION_IN_USE", "location %q has stock, which a site cannot have; move it to a location within the site first", l.Code)
		}
	}
	return nil
}

func addLocation(c *queries.LocationInsertParams, l location, ids map[string]int64, revision int32) {
	c.LocationIds = append(c.LocationIds, ids[l.Code])
	c.Codes = append(c.Codes, l.Code)
	c.Names = append(c.Names, l.Name)
	c.ParentIds = append(c.ParentIds, ids[l.ParentCode]) // 0, none, for a site
	c.Kinds = append(c.Kinds, l.Kind)
	c.Glns = append(c.Glns, l.GLN)
	c.TimeZones = append(c.TimeZones, l.TimeZone)
	c.Revisions = append(c.Revisions, revision)
}
