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
	if err := checkMoves(locations, stored); err != nil {
		return nil, 0, err
	}
	if err := checkSites(ctx, tx, locations, stored); err != nil {
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
		if reason := stored[l.Code].Reason; reason != nil {
			content.Deactivated, content.DeactivationReason = true, *reason
		}
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
	if err != nil {
		return nil, 0, err
	}
	if err := writeTree(ctx, tx, locations, stored, ids); err != nil {
		return nil, 0, err
	}
	after := newTree(locations, stored)
	for _, l := range now {
		l.Active = after.deactivated(l.Code) == ""
	}
	return now, changed, nil
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
	return readAbove(ctx, tx, tx.TenantID, codes)
}

// readAbove reads the locations with these codes and all above them, by code.
func readAbove(ctx context.Context, db queries.DBTX, tenantID int64, codes []string) (map[string]storedLocation, error) {
	slices.Sort(codes)
	rows, err := queries.New(db).LocationListWithAncestors(ctx, queries.LocationListWithAncestorsParams{
		TenantID: tenantID, Codes: slices.Compact(codes),
	})
	if err != nil {
		return nil, err
	}
	stored := make(map[string]storedLocation, len(rows))
	for _, r := range rows {
		stored[r.Code] = storedLocation{LocationID: r.LocationID, Code: r.Code, ParentID: r.ParentID, Kind: r.Kind, Active: r.Active, Reason: r.DeactivationReason}
	}
	return stored, nil
}

// checkSites refuses to take stock to another site, or to make a site of what has
// stock. Where a lot is changes by movements alone, and its dates are judged in the
// time zone of its site. Nor could stock be taken out of a site: a posting that looked
// a location up before this looks again when it has brought its stock (ledger.Post),
// and finds the site.
//
// What is moved by itself in the same batch is judged by itself.
func checkSites(ctx context.Context, tx *pg.Tx, locations []location, stored map[string]storedLocation) error {
	moved := changesSite(locations, stored)
	if len(moved) == 0 {
		return nil
	}
	var roots, batch []int64
	byID := make(map[int64]location, len(moved))
	for _, l := range moved {
		id := stored[l.Code].LocationID
		roots, byID[id] = append(roots, id), l
	}
	for _, l := range locations {
		batch = append(batch, stored[l.Code].LocationID)
	}
	branch, err := readBranch(ctx, tx, roots, batch)
	if err != nil {
		return err
	}
	at, stocks, err := branch.stock(ctx, tx)
	if err != nil || len(stocks) == 0 {
		return err
	}
	l := byID[at]
	field, would := l.Field+".parent_code", "come to another site"
	if l.Kind == kindSite {
		field, would = l.Field+".kind", "lie at a site of its own"
	}
	return errs.Precondition(field, "LOCATION_IN_USE", "what is in location %q would %s, which takes a movement: %s; move it out first", l.Code, would, describeStock(stocks))
}

// writeTree brings to the new tree what repeats it: what lies in what, and what is
// active. Nothing becomes inactive here (checkMoves).
func writeTree(ctx context.Context, tx *pg.Tx, locations []location, stored map[string]storedLocation, ids map[string]int64) error {
	var moved, open []int64
	for _, l := range locations {
		if was, found := stored[l.Code]; !found || was.ParentID != ids[l.ParentCode] {
			moved = append(moved, ids[l.Code])
		}
	}
	for _, l := range reopened(locations, stored) {
		open = append(open, ids[l.Code])
	}
	if len(moved) == 0 {
		return nil
	}
	// Each once, though what was moved may lie in what was moved.
	branch, err := readBranch(ctx, tx, moved, moved)
	if err != nil {
		return err
	}
	q := queries.New(tx)
	if err := q.LocationWithinDelete(ctx, queries.LocationWithinDeleteParams{TenantID: tx.TenantID, LocationIds: branch.ids}); err != nil {
		return err
	}
	if err := q.LocationWithinInsert(ctx, queries.LocationWithinInsertParams{TenantID: tx.TenantID, LocationIds: branch.ids}); err != nil {
		return err
	}
	if len(open) == 0 {
		return nil
	}
	return q.LocationOpen(ctx, queries.LocationOpenParams{TenantID: tx.TenantID, LocationIds: open})
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
