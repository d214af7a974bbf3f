package ledger

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/ledger/internal/ledgerdb"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/qty"
)

// LockedLot is a lot whose row is locked until the transaction ends: what it
// says stays true so long.
type LockedLot struct {
	Lot
	LotID    int64
	ItemID   int64
	SKU      string
	BaseUnit string
	// WeightUnit is what the item is weighed in, empty if it is not.
	WeightUnit string
	HoldCount  int32
	// Holds are the active ones.
	Holds []ActiveHold
	// OnHand is by location id; locations with nothing are missing.
	OnHand map[int64]qty.Decimal
	// Reservations are those that have not expired, in the order of their numbers.
	Reservations []Reservation
	// ReservedUntil is when the last of them expires, and may be past; nil if there is
	// none. ReservationCount is how many there have ever been.
	ReservedUntil    *time.Time
	ReservationCount int32
	// Weights are those of OnHand, nil if the item is not weighed.
	Weights map[int64]qty.Decimal
}

// ActiveHold is a hold that stands.
type ActiveHold struct {
	Number int32
	Reason string
	// RecallID is the recall that it is part of, 0 if none.
	RecallID int64
	// LocationID is the location that it is on what lies there, 0 for all of the lot.
	LocationID int64
	Code       HoldCode
	Until      *time.Time
}

// Locked are lots locked for one transaction.
type Locked map[int64]*LockedLot

// Lock locks lots in the order of their ids and reads all that decides on them.
// Lots that do not exist are missing from the answer.
//
// Holds and balances are read in later statements than the lock: one statement
// that locks and looks up sees what was there before it waited, and so would
// miss a hold that was committing meanwhile. Holds and reservations are asked for only
// where the lots say that there are some.
func Lock(ctx context.Context, tx *pg.Tx, lotIDs []int64) (Locked, error) {
	ids := slices.Clone(lotIDs)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	locked := make(Locked, len(ids))
	if len(ids) == 0 {
		return locked, nil
	}
	batch := &pgx.Batch{}
	batch.Queue(ledgerdb.LotLock, tx.TenantID, ids).Query(locked.readLots)
	locked.queueBalances(ctx, tx, batch, ledgerdb.BalanceListOfLots, ids)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return nil, err
	}
	return locked, locked.readMarks(ctx, tx)
}

// QueueLock is Lock for lots by sku and lot code, at the end of a batch that somebody
// is about to send: the answer is there when it was, and done was called.
func QueueLock(ctx context.Context, tx *pg.Tx, batch *pgx.Batch, skus, lotCodes []string) (locked Locked, done func() error) {
	locked = make(Locked, len(skus))
	batch.Queue(ledgerdb.LotLockByKey, tx.TenantID, skus, lotCodes).Query(locked.readLots)
	locked.queueBalances(ctx, tx, batch, ledgerdb.BalanceListByKey, skus, lotCodes)
	return locked, func() error { return locked.readMarks(ctx, tx) }
}

// queueBalances reads balances, with either query, and the clock: who is recorded with
// that time is recorded behind all who had the lots locked before.
func (l Locked) queueBalances(ctx context.Context, tx *pg.Tx, batch *pgx.Batch, sql string, keys ...any) {
	began := time.Now()
	batch.Queue(sql, append([]any{tx.TenantID}, keys...)...).Query(func(rows pgx.Rows) error {
		if len(l) > 0 {
			measureLock(ctx, len(l), began)
		}
		return eachRow(rows, func(r ledgerdb.BalanceListOfLotsRow) {
			tx.LockedAt = r.LockedAt
			if r.LotID == nil {
				return
			}
			if lot := l[*r.LotID]; lot != nil { // else made since the locks were taken
				lot.OnHand[*r.LocationID] = *r.OnHand
				if r.Weight != nil {
					lot.Weights[*r.LocationID] = *r.Weight
				}
			}
		})
	})
}

// readMarks reads the active holds of those lots that have some, and what of them is
// reserved.
func (l Locked) readMarks(ctx context.Context, tx *pg.Tx) error {
	var held, reserved []int64
	for id, lot := range l {
		if lot.HoldCount > 0 {
			held = append(held, id)
		}
		if lot.ReservedUntil != nil && lot.ReservedUntil.After(tx.LockedAt) {
			reserved = append(reserved, id)
		}
	}
	batch := &pgx.Batch{}
	if len(held) > 0 {
		batch.Queue(ledgerdb.HoldListOfLots, tx.TenantID, held).Query(func(rows pgx.Rows) error { return eachRow(rows, l.addHold) })
	}
	if len(reserved) > 0 {
		batch.Queue(ledgerdb.ReservationListLive, tx.TenantID, reserved, tx.LockedAt).Query(func(rows pgx.Rows) error { return eachRow(rows, l.addReservation) })
	}
	if batch.Len() == 0 {
		return nil
	}
	return tx.SendBatch(ctx, batch).Close()
}

func (l Locked) readLots(rows pgx.Rows) error {
	return eachRow(rows, func(r ledgerdb.LotLockRow) {
		l[r.LotID] = &LockedLot{
			Lot: Lot{
				LotCode: r.LotCode, Inferred: r.Inferred, SupplierID: r.SupplierID, SupplierLotCode: r.SupplierLotCode,
				RunID: r.RunID, ProductionDate: r.ProductionDate, BestBeforeDate: r.BestBeforeDate, ExpiryDate: r.ExpiryDate, RemovalDate: r.RemovalDate,
			},
			LotID: r.LotID, ItemID: r.ItemID, SKU: r.SKU, BaseUnit: r.BaseUnit, WeightUnit: r.WeightUnit, HoldCount: r.HoldCount,
			OnHand: map[int64]qty.Decimal{}, ReservedUntil: r.ReservedUntil, ReservationCount: r.ReservationCount,
		}
		if r.WeightUnit != "" {
			l[r.LotID].Weights = map[int64]qty.Decimal{}
		}
	})
}

func (l Locked) addHold(r ledgerdb.HoldListOfLotsRow) {
	lot := l[r.LotID]
	hold := ActiveHold{Number: r.Number, Reason: r.Reason, Code: HoldCode(r.ReasonCode), Until: r.Until}
	if r.LocationID != nil {
		hold.LocationID = *r.LocationID
	}
	if r.RecallID != nil {
		hold.RecallID = *r.RecallID
	}
	lot.Holds = append(lot.Holds, hold)
}

func eachRow[T any](rows pgx.Rows, fn func(T)) error {
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[T])
	for _, row := range all {
		fn(row)
	}
	return err
}
