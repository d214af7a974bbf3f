package ledger

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/lottrail/lottrail/internal/ledger/internal/ledgerdb"
	"github.com/lottrail/lottrail/internal/pg"
)

const (
	// sealTick is how long the sealer rests at most between two looks, and half of it
	// at least, so that those of several instances do not keep step.
	sealTick = 100 * time.Millisecond
	// sealRetry is how long it rests after a failure.
	sealRetry = time.Second
	// sealTimeout is what a look and what follows from it may take: longer than any
	// statement, and not for ever if the network swallows the answer.
	sealTimeout = 90 * time.Second
)

// Sealer keeps the logs of all tenants up to date as long as it runs, and tells
// who waits in this process that one has grown, whichever instance it was that
// sealed. Several instances may run one each.
type Sealer struct {
	db      *pg.DB
	sealing sealing

	mu   sync.Mutex
	ends map[int64]*logEnd // by tenant
}

// logEnd is the last that was heard of the end of a tenant's log.
type logEnd struct {
	index int64
	moved chan struct{} // closed when there is news
}

// NewSealer makes a sealer. It does nothing until it runs.
func NewSealer(db *pg.DB) *Sealer { return &Sealer{db: db, ends: map[int64]*logEnd{}} }

// Run seals until ctx ends, and then what there is to seal. Nothing else ends it:
// what fails is tried again, and told when it begins and when it is over.
func (s *Sealer) Run(ctx context.Context, log *slog.Logger) {
	defer s.sealing.observe()()
	defer s.last(ctx)
	failing := false
	for rest := time.Duration(0); wait(ctx, rest); {
		began := time.Now()
		more, err := s.round(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			rest = sealRetry
			if !failing {
				log.ErrorContext(ctx, "operations are not getting into the log; trying on", "error", err)
				s.tellAll()
			}
		case more:
			rest = 0
		default:
			// Half of the time at most: a transaction that goes on for hours, a backup
			// say, keeps all that was deleted from unlogged meanwhile in the way of a look.
			rest = max(sealTick/2+rand.N(sealTick/2), time.Since(began))
		}
		if err == nil && failing {
			log.InfoContext(ctx, "operations are getting into the log again")
		}
		failing = err != nil
	}
}

// last is a round more, so that nothing waits for the next start. It does not wait
// long: then it does.
func (s *Sealer) last(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sealRetry)
	defer cancel()
	_, _ = s.round(ctx)
}

// wait says whether ctx has not ended meanwhile.
func wait(ctx context.Context, rest time.Duration) bool {
	if rest == 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(rest)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// round looks for work, which costs one cheap query where there is none, and does
// it: one transaction for each tenant that has some. It says whether there is more.
func (s *Sealer) round(ctx context.Context) (more bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, sealTimeout)
	defer cancel()
	began := time.Now()
	heads, err := ledgerdb.New(s.db).LogHeadList(ctx)
	if err != nil {
		return false, err
	}
	var failed []error
	var left int64
	for _, head := range heads {
		s.tell(head.TenantID, head.LogIndex)
		if !head.Pending {
			continue
		}
		sealed, behind, err := tracedSeal(ctx, s.db, head.TenantID)
		if err != nil {
			failed = append(failed, fmt.Errorf("tenant %d: %w", head.TenantID, err))
			continue
		}
		if sealed.Entries > 0 {
			s.tell(head.TenantID, sealed.Index)
		}
		more = more || sealed.Full
		left += behind
	}
	s.sealing.left.Store(left)
	if !more && len(failed) == 0 {
		s.sealing.caughtUp.Store(&began)
	}
	return more, errors.Join(failed...)
}

// tell wakes who waits for the log's end to move. It also moves back: when the
// database was restored from a backup.
func (s *Sealer) tell(tenantID, index int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	end := s.end(tenantID)
	if end.index == index {
		return
	}
	close(end.moved)
	end.index, end.moved = index, make(chan struct{})
}

// tellAll wakes everybody, to find out for themselves: who waits while the database
// is away would take it for quiet.
func (s *Sealer) tellAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, end := range s.ends {
		close(end.moved)
		end.moved = make(chan struct{})
	}
}

// end is to be called with s.mu held.
func (s *Sealer) end(tenantID int64) *logEnd {
	if s.ends[tenantID] == nil {
		s.ends[tenantID] = &logEnd{moved: make(chan struct{})}
	}
	return s.ends[tenantID]
}

var closed = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// Moved returns a channel that is closed once a tenant's log may have another end
// than the given index, at which whoever asks has read it to its end.
func (s *Sealer) Moved(tenantID, index int64) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	end := s.end(tenantID)
	if end.index > index {
		return closed
	}
	return end.moved
}
