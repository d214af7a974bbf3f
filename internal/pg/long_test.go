package pg_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/pg"
)

// numbers reads the moment of its snapshot, emits 1 to n, and ends with err.
func numbers(ctx context.Context, tx *pg.Snapshot, n int, emit func(int) error, err error) error {
	emit = pg.Emitting(ctx, tx, emit)
	for i := 1; i <= n; i++ {
		if err := emit(i); err != nil {
			return err
		}
	}
	return err
}

func upTo(n int) (numbers []int) {
	for i := 1; i <= n; i++ {
		numbers = append(numbers, i)
	}
	return numbers
}

// In a quick seat nothing is sent before the read has ended and the seat is given back,
// then all of it, in order, and what went wrong last.
func TestQuickReadsAreHeldBack(t *testing.T) {
	t.Parallel()
	db := open(t, 4)
	sitDown(t, db)
	broke := errors.New("it broke")
	for name, fails := range map[string]error{"whole": nil, "broken": broke} {
		reading := false
		var got []int
		err := db.ReadLong(t.Context(), func(tx *pg.Snapshot) error {
			reading = true
			err := numbers(t.Context(), tx, 3, func(i int) error {
				if got = append(got, i); reading {
					t.Errorf("%s: %d is sent while there is more to read", name, i)
				}
				s, err := sit(t, db, time.Minute)
				if err != nil || !s.quick {
					t.Errorf("%s: the quick seat is kept: %v", name, err)
				}
				s.leave()
				return nil
			}, fails)
			reading = false
			return err
		})
		if !errors.Is(err, fails) || !slices.Equal(got, upTo(3)) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	gone := errors.New("gone")
	err := db.ReadLong(t.Context(), func(tx *pg.Snapshot) error {
		return numbers(t.Context(), tx, 3, func(i int) error {
			if i > 1 {
				t.Error("sent on to who is gone")
			}
			return gone
		}, nil)
	})
	if !errors.Is(err, gone) {
		t.Errorf("who is gone: %v", err)
	}
}

func pause(ctx context.Context, tx *pg.Snapshot, d time.Duration) error {
	batch := &pgx.Batch{}
	batch.Queue("SELECT pg_sleep($1)", d.Seconds())
	return tx.SendBatch(ctx, batch).Close()
}

// quickWork is how long reads may work in a quick seat where tests say so.
const quickWork = 100 * time.Millisecond

// What gets too much for a quick seat waits for another without holding anything, and is
// then read anew in a snapshot of then, and all of it sent once.
func TestOutgrown(t *testing.T) {
	t.Parallel()
	for name, tooMuch := range map[string]func(context.Context, *pg.Snapshot) error{
		"too many parts": func(ctx context.Context, tx *pg.Snapshot) error {
			return numbers(ctx, tx, pg.QuickParts, func(int) error { return nil }, nil)
		},
		"waiting for others": func(ctx context.Context, tx *pg.Snapshot) error {
			return tx.Rest(ctx, func() error { return nil })
		},
		"a long statement": func(ctx context.Context, tx *pg.Snapshot) error {
			_, err := tx.Exec(ctx, "SELECT pg_sleep($1)", 2*quickWork.Seconds())
			return err
		},
		"many statements": func(ctx context.Context, tx *pg.Snapshot) error {
			for range 20 {
				if err := pause(ctx, tx, quickWork/10); err != nil {
					return err
				}
			}
			return nil
		},
		"long between statements": func(ctx context.Context, tx *pg.Snapshot) error {
			time.Sleep(2 * quickWork)
			var one int
			_ = tx.QueryRow(ctx, "SELECT 1").Scan(&one) // whoever does not mind
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t, 4)
			sitters := sitDown(t, db)
			if name != "too many parts" && name != "waiting for others" {
				db.SetQuickWork(quickWork)
			}
			var reads int
			var first, second time.Time
			var got []int
			ended := make(chan error)
			go func() {
				ended <- db.ReadLong(t.Context(), func(tx *pg.Snapshot) error {
					reads++
					first, second = second, time.Time{}
					if err := tx.QueryRow(t.Context(), "SELECT now()").Scan(&second); err != nil {
						return err
					}
					err := numbers(t.Context(), tx, 3, func(i int) error { got = append(got, i); return nil }, nil)
					return errors.Join(err, tooMuch(t.Context(), tx))
				})
			}()
			waitFor(t, "the read to wait for another seat", func() bool { return db.Remaining() == 1 })
			waitFor(t, "its connection to be given back", func() bool { return int(db.Stat().AcquiredConns()) == len(sitters) })
			var then time.Time
			if err := db.QueryRow(t.Context(), "SELECT clock_timestamp()").Scan(&then); err != nil {
				t.Fatal(err)
			}
			sitters[0].leave()
			if err := <-ended; err != nil || reads != 2 || !slices.Equal(got, upTo(3)) {
				t.Errorf("read %d times, %v, %v", reads, got, err)
			}
			if !first.Before(then) || !second.After(then) {
				t.Errorf("read at %s and, after %s, at %s", first, then, second)
			}
		})
	}
}

// What turns out to be wide stays in a quick seat until somebody waits for one, and then
// makes way, at once or before its next statement.
func TestWideMakesWay(t *testing.T) {
	t.Parallel()
	for name, early := range map[string]bool{"others wait": true, "others come": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t, 4)
			sitters := sitDown(t, db)
			go func() {
				waitFor(t, "the wide one to wait", func() bool { return db.Remaining() == 1 })
				sitters[0].leave()
			}()
			ended, reads := make(chan error), 0
			err := db.ReadLong(t.Context(), func(tx *pg.Snapshot) error {
				if reads++; !pg.IsQuick(tx) {
					return <-ended
				}
				if err := pause(t.Context(), tx, 0); err != nil {
					return err
				}
				if !early {
					if err := tx.Wide(); err != nil {
						return fmt.Errorf("nobody waits, and still: %w", errors.New(err.Error()))
					}
				}
				go func() { ended <- db.ReadLong(t.Context(), func(*pg.Snapshot) error { return nil }) }()
				waitFor(t, "somebody to wait", func() bool { return db.Standing() == 1 })
				if early {
					return tx.Wide()
				}
				return pause(t.Context(), tx, 0)
			})
			if err != nil || reads != 2 {
				t.Errorf("read %d times, %v", reads, err)
			}
		})
	}
}

// Who leaves while waiting leaves nothing behind.
func TestLeavingTheLine(t *testing.T) {
	t.Parallel()
	db := open(t, 4)
	sitters := sitDown(t, db)
	ctx, leave := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		ended <- db.ReadLong(ctx, func(tx *pg.Snapshot) error {
			return numbers(ctx, tx, pg.QuickParts+1, func(i int) error { t.Errorf("got %d", i); return nil }, nil)
		})
	}()
	waitFor(t, "the read to wait for another seat", func() bool { return db.Remaining() == 1 })
	leave()
	if err := <-ended; !errors.Is(err, context.Canceled) || db.Standing() != 0 {
		t.Errorf("%v, and %d stand in line", err, db.Standing())
	}
	for _, s := range sitters {
		s.leave()
	}
	waitFor(t, "connections to be given back", func() bool { return db.Stat().AcquiredConns() == 0 })
	if again := sitDown(t, db); len(again) != len(sitters) {
		t.Errorf("%d seats are left of %d", len(again), len(sitters))
	}
}

func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Errorf("waited in vain for %s", what)
			return
		}
	}
}
