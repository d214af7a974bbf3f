package pg_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/lottrail/lottrail/internal/pg"
)

func turns() int { return max(1, runtime.GOMAXPROCS(0)/2) }

// No more work at once than have turns, all come to theirs, and who waits for somebody
// else holds nobody up.
func TestTurns(t *testing.T) {
	t.Parallel()
	readers := int32(turns() + 3)
	db := open(t, 4*readers) // all have seats that are not quick ones
	var working, most, resting atomic.Int32
	all := make(chan struct{}) // closed once all rest at the same time
	group, ctx := errgroup.WithContext(t.Context())
	work := func() {
		if n := working.Add(1); n > most.Load() {
			most.Store(n)
		}
		time.Sleep(20 * time.Millisecond)
		working.Add(-1)
	}
	for range readers {
		group.Go(func() error {
			return db.ReadLong(ctx, func(tx *pg.Snapshot) error {
				work()
				err := pg.Emitting(ctx, tx, func(struct{}) error {
					if resting.Add(1) == readers {
						close(all)
					}
					select {
					case <-all:
						return nil
					case <-time.After(10 * time.Second):
						return errors.New("not all could rest")
					}
				})(struct{}{})
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
			db := open(t, int32(4*(turns()+1)))
			group, ctx := errgroup.WithContext(t.Context())
			through := make(chan struct{})
			begun := make(chan struct{}, turns())
			for range turns() {
				group.Go(func() error {
					return db.ReadLong(ctx, func(tx *pg.Snapshot) error {
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
			err := db.ReadLong(short, func(tx *pg.Snapshot) error {
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

// Who has not worked for long is next until they had as much time as the others; time that
// nobody else wanted is not owed for long.
func TestTurnsOfQuickReads(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for name, c := range map[string]struct {
		given []pg.Given
		next  []bool
	}{
		"others alone":        {[]pg.Given{{false, 5 * ms}, {false, 20 * ms}, {false, time.Hour}}, []bool{true, true, true}},
		"quick ones alone":    {[]pg.Given{{true, 5 * ms}, {true, 20 * ms}}, []bool{false, false}},
		"as much":             {[]pg.Given{{false, 20 * ms}, {true, 6 * ms}, {true, 6 * ms}, {true, 9 * ms}, {false, ms}}, []bool{true, true, true, false, true}},
		"others for long":     {[]pg.Given{{false, time.Hour}, {true, 15 * ms}, {true, 15 * ms}}, []bool{true, true, false}},
		"quick ones for long": {[]pg.Given{{true, time.Hour}, {false, 15 * ms}, {false, 15 * ms}}, []bool{false, false, true}},
	} {
		if next := pg.QuickNext(c.given); !slices.Equal(next, c.next) {
			t.Errorf("%s: %v, want %v", name, next, c.next)
		}
	}
}
