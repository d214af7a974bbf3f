package pg_test

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/pg"
)

func turns() int { return max(1, runtime.GOMAXPROCS(0)/2) }

// No more work at once than have turns, all come to theirs, and who waits for somebody
// else holds nobody up.
func TestTurns(t *testing.T) {
	t.Parallel()
	db, err := pg.Open(t.Context(), dbtest.URL(t), 12)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var working, most, resting atomic.Int32
	all := make(chan struct{}) // closed once all rest at the same time
	group, ctx := errgroup.WithContext(t.Context())
	readers := int32(turns() + 3)
	work := func() {
		if n := working.Add(1); n > most.Load() {
			most.Store(n)
		}
		time.Sleep(20 * time.Millisecond)
		working.Add(-1)
	}
	for range readers {
		group.Go(func() error {
			return db.ReadInTurns(ctx, func(tx *pg.Snapshot) error {
				work()
				err := tx.Rest(ctx, func() error {
					if resting.Add(1) == readers {
						close(all)
					}
					select {
					case <-all:
						return nil
					case <-time.After(10 * time.Second):
						return errors.New("not all could rest")
					}
				})
				work()
				return err
			})
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	if int(most.Load()) > turns() {
		t.Errorf("%d at once, and there are %d turns", most.Load(), turns())
	}
}

// Who reads for long lets others in between two statements, also if it never rests; and
// who does nothing at all for long does not keep them out for ever.
func TestTurnsOfLongReads(t *testing.T) {
	t.Parallel()
	for name, statements := range map[string]bool{"between statements": true, "in the end": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, err := pg.Open(t.Context(), dbtest.URL(t), 12)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			group, ctx := errgroup.WithContext(t.Context())
			through := make(chan struct{})
			begun := make(chan struct{}, turns())
			for range turns() {
				group.Go(func() error {
					return db.ReadInTurns(ctx, func(tx *pg.Snapshot) error {
						begun <- struct{}{}
						for statements {
							batch := &pgx.Batch{}
							batch.Queue("SELECT pg_sleep(0.01)")
							if err := tx.SendBatch(ctx, batch).Close(); err != nil {
								return err
							}
							select {
							case <-through:
								return nil
							default:
							}
						}
						select {
						case <-through:
							return nil
						case <-ctx.Done():
							return ctx.Err()
						}
					})
				})
			}
			for range turns() {
				<-begun
			}
			short, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			err = db.ReadInTurns(short, func(tx *pg.Snapshot) error {
				if pg.HasTurn(tx) != statements {
					t.Errorf("has a turn: %t", pg.HasTurn(tx))
				}
				return nil
			})
			if err != nil || short.Err() != nil {
				t.Errorf("kept out: %v", err)
			}
			close(through)
			if err := group.Wait(); err != nil {
				t.Error(err)
			}
		})
	}
}
