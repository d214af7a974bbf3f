package recall

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

const (
	// rounds is how often the lots are locked anew because more was affected than had
	// been known.
	rounds = 10
	// tries is how often what was found late is tried to be had without waiting for
	// it in earnest, with longer and longer pauses.
	tries = 6
)

// fix locks all that some lots went into, so that it cannot become more until the
// transaction ends.
//
// What is affected is found by walking, and grows while it is walked: lots are
// consumed and put out meanwhile. But whoever consumes a lot has it locked, and
// whoever puts out of a run has that locked. So the walk is locked, runs first and
// then lots, and walked again: what leads on from locked lots and runs is all there
// is. If there is nothing new, that is it.
//
// What is new must not be waited for while lots are held, for it may be waiting for
// them: somebody consumes into a new run and wants more of our lot. It is tried for
// a moment. If it cannot be had, the lots are let go, and the runs are not: the new
// ones are waited for, each of which is one less that can make the scope grow, and
// then the lots are locked again. A run is locked by one who has no other run, so
// waiting for runs in several goes ends too, but for two cases that are activated
// at once: one of those is then told of a deadlock and tries again.
func fix(ctx context.Context, tx *pg.Tx, seeds []int64) (scope, ledger.Locked, error) {
	lots, runs, err := lineage.Cone(ctx, tx, tx.TenantID, seeds, nil)
	if err != nil {
		return scope{}, nil, err
	}
	f := &fixing{tx: tx, runs: map[int64]bool{}}
	for range rounds {
		if err := f.lockRuns(ctx, runs); err != nil {
			return scope{}, nil, err
		}
		if _, err := tx.Exec(ctx, "SAVEPOINT lots"); err != nil {
			return scope{}, nil, err
		}
		settled, err := f.lockLots(ctx, lots)
		if err != nil {
			return scope{}, nil, err
		}
		if settled {
			return f.scope(), f.lots, nil
		}
		if _, err := tx.Exec(ctx, "ROLLBACK TO SAVEPOINT lots"); err != nil {
			return scope{}, nil, err
		}
		if lots, runs, err = lineage.Cone(ctx, tx, tx.TenantID, seeds, nil); err != nil {
			return scope{}, nil, err
		}
	}
	return scope{}, nil, pg.ErrOvertaken
}

// fixing is what is locked so far.
type fixing struct {
	tx   *pg.Tx
	runs map[int64]bool // for good
	// Since the savepoint:
	lots     ledger.Locked
	lateRuns map[int64]bool
}

func (f *fixing) scope() scope {
	runs := slices.Concat(slices.Collect(maps.Keys(f.runs)), slices.Collect(maps.Keys(f.lateRuns)))
	slices.Sort(runs)
	return scope{lots: slices.Sorted(maps.Keys(f.lots)), runs: runs, fixed: true}
}

// lockRuns locks the runs that are not locked yet.
func (f *fixing) lockRuns(ctx context.Context, runs []int64) error {
	var fresh []int64
	for _, id := range runs {
		if !f.runs[id] {
			fresh = append(fresh, id)
		}
	}
	locked, err := queries.New(f.tx).RecallRunLock(ctx, queries.RecallRunLockParams{TenantID: f.tx.TenantID, RunIds: fresh})
	for _, id := range locked {
		f.runs[id] = true
	}
	return err
}

// lockLots locks lots, and then whatever else turns out to be affected, if that can
// be had at once. It says whether everything that is affected is locked.
func (f *fixing) lockLots(ctx context.Context, lots []int64) (settled bool, err error) {
	f.lateRuns = map[int64]bool{}
	if f.lots, err = ledger.Lock(ctx, f.tx, lots); err != nil {
		return false, err
	}
	// What was locked last, and so has to be walked on from.
	newLots, newRuns := lots, slices.Collect(maps.Keys(f.runs))
	var waitLots, waitRuns []int64
	pause := time.Millisecond
	for try := 0; try < tries; {
		foundLots, foundRuns, err := lineage.Cone(ctx, f.tx, f.tx.TenantID, newLots, newRuns)
		if err != nil {
			return false, err
		}
		waitLots, waitRuns = f.missing(append(waitLots, foundLots...), append(waitRuns, foundRuns...))
		if len(waitLots)+len(waitRuns) == 0 {
			return true, nil
		}
		if newLots, newRuns, err = f.tryLock(ctx, waitLots, waitRuns); err != nil {
			return false, err
		}
		if len(newLots)+len(newRuns) > 0 {
			continue
		}
		if err := sleep(ctx, pause); err != nil {
			return false, err
		}
		try, pause = try+1, 2*pause
	}
	return false, nil
}

// missing leaves out what is locked, and what is named twice.
func (f *fixing) missing(lots, runs []int64) ([]int64, []int64) {
	lots = slices.DeleteFunc(lots, func(id int64) bool { return f.lots[id] != nil })
	runs = slices.DeleteFunc(runs, func(id int64) bool { return f.runs[id] || f.lateRuns[id] })
	slices.Sort(lots)
	slices.Sort(runs)
	return slices.Compact(lots), slices.Compact(runs)
}

// tryLock locks those that nobody else has, and returns them.
func (f *fixing) tryLock(ctx context.Context, lots, runs []int64) (gotLots, gotRuns []int64, err error) {
	q := queries.New(f.tx)
	if gotRuns, err = q.RecallRunTryLock(ctx, queries.RecallRunTryLockParams{TenantID: f.tx.TenantID, RunIds: runs}); err != nil {
		return nil, nil, err
	}
	if gotLots, err = q.RecallLotTryLock(ctx, queries.RecallLotTryLockParams{TenantID: f.tx.TenantID, LotIds: lots}); err != nil {
		return nil, nil, err
	}
	locked, err := ledger.Lock(ctx, f.tx, gotLots) // for what is to be known of them
	maps.Copy(f.lots, locked)
	for _, id := range gotRuns {
		f.lateRuns[id] = true
	}
	if err == nil && len(gotRuns) > 0 {
		// The recall comes after whatever was done to these runs.
		err = f.tx.QueryRow(ctx, "SELECT clock_timestamp()").Scan(&f.tx.LockedAt)
	}
	return gotLots, gotRuns, err
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
