package knownat

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

// AsOf is the moment of the goods that a caller asks about, nil if none was asked about.
// One that has not passed is refused with IN_THE_FUTURE: what is recorded until then
// would change the answer.
func AsOf(ctx context.Context, db *pg.DB, asked *timestamppb.Timestamp) (*time.Time, error) {
	if asked == nil {
		return nil, nil
	}
	moment := Clamp(asked).Truncate(time.Microsecond) // as the database has it
	now, err := queries.New(db).KnownAtClock(ctx)
	if err != nil {
		return nil, err
	}
	if !moment.Before(now) {
		return nil, errs.Invalid("as_of", inTheFuture, "%s is not past by the database's clock; ask about an earlier moment, or leave as_of out for the goods as they stand",
			moment.Format(time.RFC3339Nano))
	}
	return &moment, nil
}
