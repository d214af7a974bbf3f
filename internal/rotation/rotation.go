// Package rotation says of what is consumed and shipped whether it was in rotation:
// whether a lot of the same item with an earlier last day could have been taken
// instead. Production and dispatch share it.
//
// Such a lot has stock at the same site, wherever there: what lies at another site would
// have to be brought first. It is not on hold, not in quarantine and not past its last
// day, nor, for shipments, past its removal date. Where last days are the same, any lot
// is as good as the other.
//
// What is guaranteed: the lots named were there and could be taken when the operation,
// with its own lots locked, looked. They are not locked themselves: a lot that is
// received, released or used up in the same moment may be seen or not, and whoever is
// refused for one that has just gone succeeds when he asks again.
package rotation

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/draw"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
)

// Line is what a rotation is judged by beside what is taken.
type Line interface {
	GetSku() string
	GetLotCode() string
	// GetOutOfRotationReason is the reason given, if any.
	GetOutOfRotationReason() string
}

// Judged is what was said of takings: nil of those of items whose expiry is not tracked,
// or which are drawn without a lot being named.
type Judged []*Judgement

// Look is a first look at the rotation of what is taken.
type Look struct {
	// For is the sales order that it is taken for: what is reserved for it could have
	// been taken, whichever its line; "" for none.
	For    string
	toShip bool
	// clear: nothing comes before any of the lots.
	clear bool
}

// Queue has the first look taken with the lookup of the lines, behind its locks. Most of
// what is taken is in rotation, and then it is all that is asked. Where a line names no
// lot, the lots are locked only later, and nothing is known by then.
func Queue[L Line](lookup *resolve.Lookup, tenantID int64, lines []L, toShip bool, at time.Time) *Look {
	look := &Look{toShip: toShip}
	var skus, lotCodes []string
	for _, l := range lines {
		if l.GetLotCode() == "" {
			return look
		}
		skus, lotCodes = append(skus, l.GetSku()), append(lotCodes, l.GetLotCode())
	}
	since := at.UTC().AddDate(0, 0, -1) // nowhere is it an earlier day
	lookup.Behind(func(batch *pgx.Batch) {
		batch.Queue(queries.RotationAnyEarlier, skus, lotCodes, tenantID, since).QueryRow(func(row pgx.Row) error {
			var earlier bool
			err := row.Scan(&earlier)
			look.clear = !earlier
			return err
		})
	})
	return look
}

// Judge judges takings whose lots are locked, in one round trip, and in none if there is
// nothing to judge or the first look found nothing.
//
// Errors: OUT_OF_ROTATION.
func Judge[L Line](ctx context.Context, tx *pg.Tx, look *Look, lines []L, takings []draw.Taking) (Judged, error) {
	judged := make(Judged, len(takings))
	var at []int // of what is judged, in takings
	for i := range takings {
		if item := takings[i].Item; item.ExpiryTracked && item.Tracking != resolve.TrackingNone {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return judged, nil
	}
	asked := make([]taking, len(at))
	for n, i := range at {
		asked[n] = toTaking(&takings[i], lines[takings[i].Line].GetOutOfRotationReason())
	}
	if !look.clear {
		if err := find(ctx, tx, takings, at, asked, look); err != nil {
			return nil, err
		}
	}
	judgements, err := judge(asked)
	if err != nil {
		return nil, err
	}
	for n, i := range at {
		judged[i] = &judgements[n]
	}
	return judged, nil
}

func toTaking(t *draw.Taking, reason string) taking {
	return taking{
		path: fmt.Sprintf("lines[%d]", t.Line), sku: t.Item.SKU, lot: t.Lot.LotCode, unit: t.Item.BaseUnit, lastDay: lastDay(t),
		key: stockKey{t.Lot.LotID, t.From.LocationID}, quantity: t.Quantity, reason: reason,
	}
}

func lastDay(t *draw.Taking) time.Time {
	switch {
	case t.Lot.ExpiryDate != nil:
		return *t.Lot.ExpiryDate
	case t.Lot.BestBeforeDate != nil:
		return *t.Lot.BestBeforeDate
	}
	return noLastDay
}

// source is where other lots could have been taken from.
type source struct{ itemID, siteID int64 }

// find looks for what comes before each of the takings that are asked about.
func find(ctx context.Context, tx *pg.Tx, takings []draw.Taking, at []int, asked []taking, look *Look) error {
	params := queries.RotationListEarlierParams{TenantID: tx.TenantID, SalesOrderCode: look.For, ToShip: look.toShip}
	keys := map[int64]map[stockKey]bool{} // what is taken of an item
	for n, i := range at {
		t := &takings[i]
		params.ItemIds, params.LocationIds = append(params.ItemIds, t.Item.ItemID), append(params.LocationIds, t.From.LocationID)
		params.Days, params.RotationDays = append(params.Days, t.Day), append(params.RotationDays, asked[n].lastDay)
		if keys[t.Item.ItemID] == nil {
			keys[t.Item.ItemID] = map[stockKey]bool{}
		}
		keys[t.Item.ItemID][asked[n].key] = true
		// All that is taken may come first, and is not there to be taken.
		params.RowLimit = max(params.RowLimit, int32(len(keys[t.Item.ItemID])+maxPassed)) //nolint:gosec // at most as many as a request takes
	}
	sites, earlier, enforced := map[int64]int64{}, map[source][]Stock{}, map[int64]bool{}
	batch := &pgx.Batch{}
	batch.Queue(queries.RotationListSite, tx.TenantID, params.LocationIds).Query(func(rows pgx.Rows) error {
		all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[queries.RotationListSiteRow])
		for _, r := range all {
			sites[r.LocationID] = r.SiteID
		}
		return err
	})
	// Lots are to be read in their order, as far as they are needed, and not all of them
	// to be sorted.
	batch.Queue("SET LOCAL enable_sort = off")
	batch.Queue(queries.RotationListEarlier, tx.TenantID, params.SalesOrderCode, params.ToShip, params.RowLimit, params.ItemIds, params.LocationIds, params.Days, params.RotationDays).Query(func(rows pgx.Rows) error {
		all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[queries.RotationListEarlierRow])
		for _, r := range all {
			from := source{r.ItemID, r.SiteID}
			earlier[from], enforced[r.ItemID] = append(earlier[from], Stock{r.LotID, r.LotCode, r.LastDay, r.LocationID, r.LocationCode, r.Available}), r.Fefo
		}
		return err
	})
	batch.Queue("SET LOCAL enable_sort = on")
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return err
	}
	for n, i := range at {
		itemID := takings[i].Item.ItemID
		asked[n].earlier, asked[n].enforced = earlier[source{itemID, sites[takings[i].From.LocationID]}], enforced[itemID]
	}
	return nil
}

// Record queues what was judged, beside the movements that were posted for the takings.
func Record(ctx context.Context, tx *pg.Tx, judged Judged, movementIDs []int64) error {
	rows, passed := queries.RotationInsertParams{TenantID: tx.TenantID}, queries.RotationPassedInsertParams{TenantID: tx.TenantID}
	for i, j := range judged {
		if j == nil {
			continue
		}
		rows.MovementIds, rows.InRotations, rows.Reasons = append(rows.MovementIds, movementIDs[i]), append(rows.InRotations, j.InRotation), append(rows.Reasons, j.Reason)
		for n, s := range j.Passed {
			passed.MovementIds, passed.Places = append(passed.MovementIds, movementIDs[i]), append(passed.Places, int32(n+1)) //nolint:gosec // at most maxPassed
			passed.LotIds, passed.LocationIds = append(passed.LotIds, s.LotID), append(passed.LocationIds, s.LocationID)
			passed.LastDays, passed.Quantities = append(passed.LastDays, s.LastDay), append(passed.Quantities, s.Quantity)
		}
	}
	q := queries.New(tx.Queued(nil))
	if len(rows.MovementIds) > 0 {
		if err := q.RotationInsert(ctx, rows); err != nil {
			return err
		}
	}
	if len(passed.MovementIds) > 0 {
		return q.RotationPassedInsert(ctx, passed)
	}
	return nil
}
