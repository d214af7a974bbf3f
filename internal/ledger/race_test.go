package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pg"
)

// tally counts outcomes by what they are.
type tally struct {
	mu     sync.Mutex
	counts map[string]int
}

func (c *tally) add(err error) {
	name := "done"
	var e *pgconn.PgError
	switch {
	case errors.As(err, &e):
		name = e.Code
	case errors.Is(err, pg.ErrOvertaken):
		name = "overtaken"
	case err != nil:
		name = err.Error()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts == nil {
		c.counts = map[string]int{}
	}
	c.counts[name]++
}

// Whatever the order in which callers name lots, they are locked in one order:
// nobody waits for somebody who waits for him. Nothing is retried here, so every
// deadlock would be seen.
func TestLocksAreTakenInOneOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const lots, clients, each = 6, 12, 20
	var ids []int64
	for i := range lots {
		ids = append(ids, w.make(fmt.Sprintf("L-%d", i), "1000"))
	}
	var outcomes tally
	var group sync.WaitGroup
	for client := range clients {
		group.Go(func() {
			for i := range each {
				// Half of them forwards, half backwards, each from another lot on.
				op := transfer()
				for n := range lots {
					at := (client + i + n) % lots
					if client%2 == 0 {
						at = lots - 1 - at
					}
					op.Movements = append(op.Movements, move(ids[at], "0.001", w.home, w.away))
				}
				_, err := w.tryPost(op)
				outcomes.add(err)
			}
		})
	}
	group.Wait()
	if len(outcomes.counts) != 1 || outcomes.counts["done"] != clients*each {
		t.Errorf("outcomes %v, want done %d times", outcomes.counts, clients*each)
	}
	for _, id := range ids {
		if got := w.onHand(id, w.away); got != "0.24" {
			t.Errorf("lot %d: %s moved, want 0.24", id, got)
		}
	}
	dbtest.Reconcile(t, w.db)
}

// Two operations that bring the same codes into being, named in opposite order:
// one does it, the others are overtaken and none deadlocks.
func TestNewLotsInOppositeOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const rounds, clients = 12, 8
	for round := range rounds {
		codes := []string{fmt.Sprintf("A-%d", round), fmt.Sprintf("B-%d", round), fmt.Sprintf("C-%d", round)}
		var outcomes tally
		var group sync.WaitGroup
		for client := range clients {
			group.Go(func() {
				outcomes.add(w.try(func(ctx context.Context, tx *pg.Tx) error {
					var lots []ledger.NewLot
					for i := range codes {
						if client%2 == 0 {
							i = len(codes) - 1 - i
						}
						lots = append(lots, w.newLot(ctx, tx, codes[i]))
					}
					_, err := ledger.Post(ctx, tx, nil, w.output("1", lots...))
					return err
				}))
			})
		}
		group.Wait()
		if outcomes.counts["done"] != 1 || outcomes.counts["overtaken"] != clients-1 {
			t.Errorf("round %d: outcomes %v, want done once and overtaken %d times", round, outcomes.counts, clients-1)
		}
	}
	dbtest.Reconcile(t, w.db)
}

// A code that is taken while the operation is under way: ErrOvertaken, which is
// tried again, and not a violated constraint. Should the other not commit after
// all, it goes through.
func TestNewLotCodeIsTakenMeanwhile(t *testing.T) {
	t.Parallel()
	for _, commits := range []bool{true, false} {
		t.Run(fmt.Sprintf("commits=%v", commits), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			makeLot := func(ctx context.Context, tx *pg.Tx) error {
				_, err := ledger.Post(ctx, tx, nil, w.output("1", w.newLot(ctx, tx, "L-1")))
				return err
			}
			second := make(chan error, 1)
			errRollback := errors.New("rolled back on purpose")
			err := w.try(func(ctx context.Context, tx *pg.Tx) error {
				if err := makeLot(ctx, tx); err != nil {
					return err
				}
				go func() { second <- w.try(makeLot) }()
				dbtest.UntilWaiting(t, w.db, 1, "the second output")
				if commits {
					return nil
				}
				return errRollback
			})
			if commits != (err == nil) {
				t.Fatal(err)
			}
			err = <-second
			if commits && (!errors.Is(err, pg.ErrOvertaken) || !pg.Retryable(err)) {
				t.Errorf("second = %v, want ErrOvertaken", err)
			}
			if !commits && err != nil {
				t.Errorf("second = %v, want it done", err)
			}
			dbtest.Reconcile(t, w.db)
		})
	}
}

// A consumption that waits for the lot while a hold commits is refused and names
// the hold, and one that waits while a hold is released goes through: what was
// read before the wait decides nothing.
func TestHoldCommitsWhileAnotherWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	lot := w.make("L-1", "10")
	// whileWaiting posts op, starts the consumption, sees it wait, and commits.
	whileWaiting := func(op *ledger.Operation, quantity string) error {
		t.Helper()
		waiting := make(chan error, 1)
		w.write(func(ctx context.Context, tx *pg.Tx) error {
			if _, err := post(ctx, tx, op); err != nil {
				return err
			}
			go func() {
				_, err := w.tryPost(w.consumption(lot, quantity))
				waiting <- err
			}()
			dbtest.UntilWaiting(t, w.db, 1, "the consumption")
			return nil
		})
		return <-waiting
	}
	wantRefusal(t, whileWaiting(hold(lot, "glass found"), "1"), errs.KindFailedPrecondition, "LOT_HELD", "lines[0]", "hold 1 (glass found)")
	wantRefusal(t, whileWaiting(hold(lot, "again"), "1"), errs.KindFailedPrecondition, "LOT_HELD", "lines[0]", "hold 1 (glass found), hold 2 (again)")
	wantRefusal(t, whileWaiting(release(lot, 1), "1"), errs.KindFailedPrecondition, "LOT_HELD", "lines[0]", ": hold 2 (again);")
	if err := whileWaiting(release(lot, 2), "1"); err != nil {
		t.Errorf("consumption that waited for a release: %v", err)
	}
	// The same with the balance: what was moved away or consumed is gone, what
	// came is there.
	wantRefusal(t, whileWaiting(transfer(move(lot, "8", w.home, w.away)), "2"), errs.KindFailedPrecondition, "INSUFFICIENT_STOCK", "lines[0]", "only 1 KGM")
	if err := whileWaiting(transfer(move(lot, "8", w.away, w.home)), "9"); err != nil {
		t.Errorf("consumption that waited for stock to come: %v", err)
	}
	dbtest.Reconcile(t, w.db)
}

// The last unit goes once.
func TestTheLastUnitGoesOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const rounds, clients = 10, 8
	for round := range rounds {
		lot := w.make(fmt.Sprintf("L-%d", round), "1")
		var done, refused int
		var mu sync.Mutex
		var group sync.WaitGroup
		for range clients {
			group.Go(func() {
				_, err := w.tryPost(w.consumption(lot, "1"))
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					done++
				case errs.Reason(err) == "INSUFFICIENT_STOCK":
					refused++
				default:
					t.Error(err)
				}
			})
		}
		group.Wait()
		if done != 1 || refused != clients-1 {
			t.Errorf("round %d: %d done and %d refused", round, done, refused)
		}
	}
	dbtest.Reconcile(t, w.db)
}
