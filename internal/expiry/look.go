package expiry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

const (
	// lookMost is how many lots a look finds at most. Whoever looks looks again at once
	// if there are as many.
	lookMost = 5000
	// batch is how many lots a transaction locks.
	batch = 100
	// attempts is how often a transaction is tried that loses to others.
	attempts = 5
)

// Looked is what came of a look.
type Looked struct {
	Held, Alerted int // lots
	// More says whether there are more than were looked at.
	More bool
	// Next is when a day begins next at one of the sites.
	Next time.Time
}

// Look holds what is past its last day and tells of what comes near it, as it stands
// at a moment.
func Look(ctx context.Context, db *pg.DB, tenantID int64, now time.Time) (looked Looked, err error) {
	q := queries.New(db)
	sites, err := q.ExpirySiteList(ctx, tenantID)
	if err != nil {
		return looked, err
	}
	due := queries.ExpiryListDueParams{TenantID: tenantID, RowLimit: lookMost}
	var zones []*time.Location
	for _, site := range sites {
		zone, err := civil.Zone(site.TimeZone)
		if err != nil {
			return looked, fmt.Errorf("site %d: %w", site.LocationID, err)
		}
		zones = append(zones, zone)
		due.SiteIds, due.Days = append(due.SiteIds, site.LocationID), append(due.Days, civil.DayOf(now, zone))
	}
	looked.Next = nextMidnight(zones, now)
	if len(sites) == 0 {
		return looked, nil
	}
	lots, err := q.ExpiryListDue(ctx, due)
	if err != nil {
		return looked, err
	}
	looked.More = len(lots) == lookMost
	for some := range slices.Chunk(lots, batch) {
		held, alerted, failed := deal(ctx, db, tenantID, some, now)
		if failed != nil {
			// Others may be at a lot for long: that is no reason to leave the rest.
			err = errors.Join(err, failed)
			continue
		}
		looked.Held, looked.Alerted = looked.Held+held, looked.Alerted+alerted
	}
	return looked, err
}

// deal does with lots what is to be done, in one transaction, which is tried again if
// it loses to others.
func deal(ctx context.Context, db *pg.DB, tenantID int64, lotIDs []int64, now time.Time) (held, alerted int, err error) {
	author := pg.Author{TenantID: tenantID, Principal: Principal}
	for range attempts {
		err = db.Write(ctx, author, func(tx *pg.Tx) (err error) {
			held, alerted, err = dealOnce(ctx, tx, lotIDs, now)
			return err
		})
		if !pg.Retryable(err) {
			break
		}
	}
	return held, alerted, err
}

// dealOnce locks the lots first, and so whoever else deals with them has either done
// so, which is then found, or waits.
func dealOnce(ctx context.Context, tx *pg.Tx, lotIDs []int64, now time.Time) (held, alerted int, err error) {
	locked, err := ledger.Lock(ctx, tx, lotIDs)
	if err != nil {
		return 0, 0, err
	}
	rows, err := queries.New(tx).ExpiryLotList(ctx, queries.ExpiryLotListParams{TenantID: tx.TenantID, LotIds: lotIDs})
	if err != nil {
		return 0, 0, err
	}
	zones, err := zonesOf(ctx, tx, locked)
	if err != nil {
		return 0, 0, err
	}
	var holds, alerts []*found
	for _, r := range rows {
		lot := locked[r.LotID]
		has := record{warningDays: r.WarningDays, round: r.Round, held: r.Held, alerted: r.Alerted}
		switch decide(lot, has, today(lot, zones, now)) {
		case hold:
			holds = append(holds, &found{lot, r.Round})
		case alert:
			alerts = append(alerts, &found{lot, r.Round})
		}
	}
	if err := post(ctx, tx, locked, ledger.KindHold, holds, now); err != nil {
		return 0, 0, err
	}
	return len(holds), len(alerts), post(ctx, tx, locked, ledger.KindExpiryAlert, alerts, now)
}

// found is a lot about which something is to be done.
type found struct {
	lot   *ledger.LockedLot
	round int32
}

// kinds are what lot_expiry calls the operations.
var kinds = map[ledger.Kind]string{ledger.KindHold: "hold", ledger.KindExpiryAlert: "alert"}

// reasons are those of the operations; each hold has its own beside.
var reasons = map[ledger.Kind]string{ledger.KindHold: "past the last day", ledger.KindExpiryAlert: "near the last day"}

// post makes one operation for all of the lots, and that it was posted.
func post(ctx context.Context, tx *pg.Tx, locked ledger.Locked, kind ledger.Kind, lots []*found, now time.Time) error {
	if len(lots) == 0 {
		return nil
	}
	op := &ledger.Operation{Kind: kind, OccurredAt: now.Truncate(time.Microsecond), Reason: reasons[kind]}
	rows := queries.ExpiryInsertParams{TenantID: tx.TenantID, Kind: kinds[kind]}
	for _, f := range lots {
		if kind == ledger.KindHold {
			op.Holds = append(op.Holds, ledger.HoldChange{LotID: f.lot.LotID, Code: ledger.HoldExpiry, Reason: reason(f.lot)})
		}
		rows.LotIds, rows.Rounds = append(rows.LotIds, f.lot.LotID), append(rows.Rounds, f.round)
		rows.LastDays = append(rows.LastDays, *f.lot.LastDay())
	}
	posted, err := ledger.Post(ctx, tx, locked, op)
	if err != nil {
		return err
	}
	rows.OperationID = posted.OperationID
	return queries.New(tx.Queued(nil)).ExpiryInsert(ctx, rows)
}
