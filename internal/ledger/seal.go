package ledger

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/ledger/internal/ledgerdb"
	"github.com/lottrail/lottrail/internal/pg"
)

// sealMost is how many operations are taken into the log in one transaction.
const sealMost = 5000

// Sealed is what one call of Seal added to a tenant's log.
type Sealed struct {
	// Entries is how many operations were added; if none, the rest is zero.
	Entries int
	// Index is that of the last of them.
	Index int64
	// SealedAt is when, the same for all of them. It is read before the commit:
	// whoever asks what was sealed by a moment has to wait until nobody has the head
	// locked who may have read the clock before it.
	SealedAt time.Time
	// Oldest is when the first of them was recorded.
	Oldest time.Time
	// Full says that there may be more.
	Full bool
}

// Seal adds to a tenant's log what it can see of the operations that are not in
// it, the earliest recorded first, and gives them the next indexes. Any number of
// callers may be at it at once: they do it one after the other, under the lock on
// the tenant's head.
//
// An operation that saw another one's effect gets the later index:
//
//   - It was recorded later. recorded_at is read from the database's clock once the
//     document, the run and the lots are locked, or where there are no lots to lock
//     when the operation is written. What an operation builds on was made by others
//     who had one of these locked: it was committed, and recorded, before.
//   - It is not visible alone. A transaction becomes visible before its locks are
//     given up, and whoever then sees it, by a lock or not, is visible after it: a
//     snapshot that has the later one has the earlier one, too. What is taken here
//     is one snapshot, begun after the lock on the head was got, so also after all
//     that was sealed before was committed. An operation that comes into sight
//     only later was seen by none that is in the log already.
//   - What the limit leaves behind was recorded later than all that is taken.
//
// Only a clock that is set back between two operations of the same moment of
// sealing could turn them round.
func Seal(ctx context.Context, db *pg.DB, tenantID int64) (Sealed, error) {
	return seal(ctx, db, tenantID, sealMost)
}

func seal(ctx context.Context, db *pg.DB, tenantID int64, most int32) (Sealed, error) {
	var sealed Sealed
	err := pgx.BeginTxFunc(ctx, db.Pool, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, func(tx pgx.Tx) error {
		q := ledgerdb.New(tx)
		if err := lockHead(ctx, q, tenantID); err != nil {
			return err
		}
		row, err := q.LogSeal(ctx, ledgerdb.LogSealParams{TenantID: tenantID, Most: most})
		if errors.Is(err, pgx.ErrNoRows) {
			return nil // there was nothing to seal
		}
		sealed = Sealed{
			Entries: int(row.Entries), Index: row.LogIndex, SealedAt: row.SealedAt, Oldest: row.Oldest,
			Full: row.Entries == int64(most),
		}
		return err
	})
	if err != nil {
		return Sealed{}, err
	}
	return sealed, nil
}

func lockHead(ctx context.Context, q *ledgerdb.Queries, tenantID int64) error {
	locked, err := q.LogHeadLock(ctx, tenantID)
	if err != nil || locked == 1 {
		return err
	}
	if err := q.LogHeadInsert(ctx, tenantID); err != nil {
		return err
	}
	_, err = q.LogHeadLock(ctx, tenantID)
	return err
}
