package recall

import (
	"context"

	"github.com/lottrail/lottrail/internal/pg"
)

// planAnew has every statement of a transaction planned for the tables as they are
// and for the ids that it is given. A plan that was made before an activation takes
// the holds for few, and would go through all of them again for each lot.
const planAnew = "SET LOCAL plan_cache_mode = force_custom_plan"

// planOnce takes that back before thousands of rows are written, for each of their
// foreign keys would be planned anew, too.
const planOnce = "SET LOCAL plan_cache_mode = auto"

// read runs fn in one snapshot.
func (s *Service) read(ctx context.Context, fn func(*pg.Snapshot) error) error {
	return s.db.Read(ctx, plannedAnew(ctx, fn))
}

func plannedAnew(ctx context.Context, fn func(*pg.Snapshot) error) func(*pg.Snapshot) error {
	return func(tx *pg.Snapshot) error {
		if _, err := tx.Exec(ctx, planAnew); err != nil {
			return err
		}
		return fn(tx)
	}
}
