package knownat

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

func atTime(ctx context.Context, db *pg.DB, tenantID int64, moment time.Time) (*Point, error) {
	moment = moment.Truncate(time.Microsecond) // as the database has it
	row, err := queries.New(db).KnownAtTime(ctx, queries.KnownAtTimeParams{TenantID: tenantID, Moment: moment})
	if err == nil && moment.Before(row.HeadSealedAt) {
		// Whoever seals next gives no earlier time than the last.
		return &Point{row.LogIndex, row.SealedAt}, nil
	}
	if errors.Is(err, pgx.ErrNoRows) {
		// A tenant's log begins with what is sealed first, and be it nothing.
		_, err = ledger.Seal(ctx, db, tenantID)
	}
	if err == nil {
		row, err = settle(ctx, db, tenantID, moment)
	}
	switch {
	case pg.Retryable(err):
		return nil, errs.Aborted("known_at.time", "CONTENTION", "what is being added to the log took too long to wait for; send the same request again")
	case err != nil:
		return nil, err
	}
	if !moment.Before(row.Now) {
		return nil, errs.Invalid("known_at.time", inTheFuture, "%s is not past by the database's clock; ask about an earlier moment, or leave known_at out for the records as they stand",
			moment.Format(time.RFC3339Nano))
	}
	return &Point{row.LogIndex, row.SealedAt}, nil
}

// settle finds the last index by a moment after which nothing was sealed so far.
// Somebody may be sealing who read the clock before that moment and commits after
// the question: so it takes the lock of whoever seals. Those who get it later read
// their clock later.
//
// The lock is an exclusive one, for which everybody queues: shared ones can follow
// each other for as long as there are questions, and nobody would seal. It ends
// with the statements, in one round trip, and leaves nothing to be waited for on
// disk.
func settle(ctx context.Context, db *pg.DB, tenantID int64, moment time.Time) (queries.KnownAtTimeRow, error) {
	var row queries.KnownAtTimeRow
	batch := &pgx.Batch{}
	batch.Queue("SELECT set_config('synchronous_commit', 'off', true)")
	batch.Queue(queries.KnownAtLockHead, tenantID)
	batch.Queue(queries.KnownAtTime, tenantID, moment).Query(func(rows pgx.Rows) (err error) {
		row, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[queries.KnownAtTimeRow])
		return err
	})
	err := db.SendBatch(ctx, batch).Close()
	return row, err
}
