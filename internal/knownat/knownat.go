// Package knownat tells how far the records go that an answer is read from, and
// where they stood at a moment of the past.
//
// Known at an index of the log is what the operations up to it made, and nothing
// else. Known at a time is known at the last index that was sealed by then. Either
// stays the same for ever: indexes are never given anew, and whoever seals after a
// time was asked about gives a later one.
package knownat

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

// Point is a place in the log. Where a nil Point is taken, it is now: all that a
// snapshot sees.
type Point struct {
	// LogIndex is the last operation that was known, 0 if none was.
	LogIndex int64
	// SealedAt is when that one got its index; nil if LogIndex is 0.
	SealedAt *time.Time
}

// Resolve finds the point that a caller asks about, nil if none was asked about.
// It goes before the snapshot that the answer is read from, so that the point lies
// in it. A moment that has not passed is refused with IN_THE_FUTURE.
func Resolve(ctx context.Context, db *pg.DB, tenantID int64, asked *lottrailv1.KnownAt) (*Point, error) {
	switch moment := asked.GetMoment().(type) {
	case *lottrailv1.KnownAt_LogIndex:
		return atIndex(ctx, db, tenantID, moment.LogIndex)
	case *lottrailv1.KnownAt_Time:
		return atTime(ctx, db, tenantID, Clamp(moment.Time))
	}
	return nil, nil
}

const inTheFuture = "IN_THE_FUTURE"

func atIndex(ctx context.Context, db *pg.DB, tenantID, index int64) (*Point, error) {
	row, err := queries.New(db).KnownAtIndex(ctx, queries.KnownAtIndexParams{TenantID: tenantID, LogIndex: index})
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return nil, err
	}
	if index > row.HeadIndex {
		return nil, errs.Invalid("known_at.log_index", inTheFuture, "%d is beyond the end of the log, which is at %d; ask about an index that there is, or leave known_at out for the records as they stand",
			index, row.HeadIndex)
	}
	return &Point{index, row.SealedAt}, nil
}

// Clamp brings a moment into the range that the database knows: before 1970
// nothing was known, and the year 9999 has not come.
func Clamp(t *timestamppb.Timestamp) time.Time {
	const last = 253402300799 // 9999-12-31T23:59:59Z
	return time.Unix(min(max(t.GetSeconds(), 0), last), int64(min(max(t.GetNanos(), 0), 999_999_999))).UTC()
}
