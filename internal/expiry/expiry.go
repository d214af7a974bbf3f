// Package expiry holds lots back by itself once they are past their last day, and
// tells when they come within their item's warning days.
//
// The last day of a lot is its expiry date, else its best-before date. It is judged by
// the calendars of the sites where the lot lies: a hold is on the whole lot, so the
// site counts where the day is furthest.
//
// Invariant: a lot is held, and told of, once for each last day that it has had,
// however many instances look, whenever they were down, and whatever people did with
// the hold since. The row in lot_expiry says that it was; it is looked for, and
// written, with the lot locked. A hold that somebody has released is not placed again,
// unless the last day is changed.
package expiry

import (
	"context"
	"time"

	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

// Principal is who the operations are recorded for that the service makes by itself.
const Principal = "lottrail/expiry"

// furthest is where the day begins first: what is judged for a lot that lies nowhere.
var furthest = time.FixedZone("UTC+14", 14*60*60)

// Today is the latest day that calendars show at the sites where a lot lies.
func Today(ctx context.Context, tx *pg.Tx, lot *ledger.LockedLot, now time.Time) (time.Time, error) {
	zones, err := zonesOf(ctx, tx, ledger.Locked{lot.LotID: lot})
	if err != nil {
		return time.Time{}, err
	}
	return today(lot, zones, now), nil
}

// zonesOf are the time zones of the places where lots lie.
func zonesOf(ctx context.Context, tx *pg.Tx, locked ledger.Locked) (map[int64]*time.Location, error) {
	places := []int64{}
	for _, lot := range locked {
		for locationID := range lot.OnHand {
			places = append(places, locationID)
		}
	}
	zones := make(map[int64]*time.Location, len(places))
	if len(places) == 0 {
		return zones, nil
	}
	rows, err := queries.New(tx).ExpiryZoneList(ctx, queries.ExpiryZoneListParams{TenantID: tx.TenantID, LocationIds: places})
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if zones[r.LocationID], err = civil.Zone(r.TimeZone); err != nil {
			return nil, err
		}
	}
	return zones, nil
}

// Change is what a change of a lot's last day means for the hold that the service has
// placed because the lot was past it: the releases that belong into the same operation,
// if it is past it no more. Else the hold stands for the new day, too.
func Change(ctx context.Context, tx *pg.Tx, lot *ledger.LockedLot, last *time.Time, today time.Time) ([]ledger.HoldChange, error) {
	if len(lot.Holds) == 0 || sameDay(last, lot.LastDay()) {
		return nil, nil
	}
	q := queries.New(tx)
	standing, err := q.ExpiryListHold(ctx, queries.ExpiryListHoldParams{TenantID: tx.TenantID, LotID: lot.LotID})
	if err != nil || len(standing) == 0 {
		return nil, err
	}
	var releases []ledger.HoldChange
	if last == nil || !today.After(*last) {
		for _, h := range standing {
			releases = append(releases, ledger.HoldChange{LotID: lot.LotID, Release: h.Number})
		}
		return releases, nil
	}
	rounds, err := q.ExpiryLotList(ctx, queries.ExpiryLotListParams{TenantID: tx.TenantID, LotIds: []int64{lot.LotID}})
	if err != nil {
		return nil, err
	}
	return nil, queries.New(tx.Queued(nil)).ExpiryInsert(ctx, queries.ExpiryInsertParams{
		TenantID: tx.TenantID, Kind: "hold", OperationID: standing[0].OperationID,
		LotIds: []int64{lot.LotID}, Rounds: []int32{rounds[0].Round + 1}, LastDays: []time.Time{*last},
	})
}

func sameDay(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}
