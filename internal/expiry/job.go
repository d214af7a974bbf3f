package expiry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

const (
	// rest is how long the job rests between two looks, and share what part of the time
	// it takes at most for looking: a look goes through all that is past its last day or
	// near it. Where a day begins, it looks at once.
	rest  = time.Minute
	share = 20
	// retry is how long it rests after a failure.
	retry = 5 * time.Second
	// lookTimeout is what a look at one tenant may take.
	lookTimeout = 5 * time.Minute
)

// Job looks for lots that are past their last day, or near it, as long as it runs: when
// it begins, so that nothing is missed that came due while nobody looked, then every
// minute, and when a day begins at a site. Several instances may run one each.
type Job struct {
	db  *pg.DB
	now func() time.Time
}

// NewJob makes a job that goes by a clock. It does nothing until it runs.
func NewJob(db *pg.DB, now func() time.Time) *Job { return &Job{db, now} }

// Run looks until ctx ends. Nothing else ends it: what fails is tried again, and told
// when it begins and when it is over. What a look was at when ctx ended is rolled back,
// and done by the next.
func (j *Job) Run(ctx context.Context, log *slog.Logger) {
	told := &progress{}
	defer told.observe()()
	failing := false
	for pause := time.Duration(0); wait(ctx, pause); {
		began := time.Now()
		next, err := j.round(ctx, log)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			pause = retry
			if !failing {
				log.ErrorContext(ctx, "lots past their date are not being held; trying on", "error", err)
			}
		} else {
			told.complete()
			pause = max(min(max(rest, share*time.Since(began)), next.Sub(j.now())), time.Millisecond)
			if failing {
				log.InfoContext(ctx, "lots past their date are being held again")
			}
		}
		failing = err != nil
	}
}

// wait says whether ctx has not ended meanwhile.
func wait(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// round looks at all tenants, and says when a day begins next at a site of one.
func (j *Job) round(ctx context.Context, log *slog.Logger) (next time.Time, err error) {
	next = j.now().Add(rest)
	tenants, err := queries.New(j.db).ExpiryTenantList(ctx)
	if err != nil {
		return next, err
	}
	var failed []error
	for _, tenantID := range tenants {
		begins, err := j.look(ctx, tenantID, log)
		if err != nil {
			failed = append(failed, fmt.Errorf("tenant %d: %w", tenantID, err))
			continue
		}
		if begins.Before(next) {
			next = begins
		}
	}
	return next, errors.Join(failed...)
}

// look looks at a tenant until nothing is left.
func (j *Job) look(ctx context.Context, tenantID int64, log *slog.Logger) (next time.Time, err error) {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	for {
		looked, err := tracedLook(ctx, j.db, tenantID, j.now())
		if err != nil {
			return next, err
		}
		if looked.Held+looked.Alerted > 0 {
			log.InfoContext(ctx, "lots near their date or past it", "tenant", tenantID, "held", looked.Held, "alerted", looked.Alerted)
		}
		// What was found and is not to be dealt with is found again: more of the same is
		// for the next round.
		if !looked.More || looked.Held+looked.Alerted == 0 {
			return looked.Next, nil
		}
	}
}
