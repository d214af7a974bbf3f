package pg_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/pg"
)

func open(t *testing.T, conns int32) *pg.DB {
	t.Helper()
	db, err := pg.Open(t.Context(), dbtest.URL(t), conns)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

// sitter is a read that does nothing but take a seat.
type sitter struct {
	quick bool
	leave func()
}

// sit returns once a read has got a seat, or an error if it gets none within a while.
func sit(t *testing.T, db *pg.DB, within time.Duration) (sitter, error) {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	seated, ended := make(chan bool, 1), make(chan error, 1)
	go func() {
		ended <- db.ReadLong(ctx, func(tx *pg.Snapshot) error {
			seated <- pg.IsQuick(tx)
			// Its turn is for others.
			return pg.Rest(ctx, tx, func() { <-ctx.Done() })
		})
	}()
	end := func() error { leave(); return <-ended }
	select {
	case quick := <-seated:
		return sitter{quick, func() { _ = end() }}, nil
	case <-time.After(within):
		return sitter{}, end()
	}
}

// sitDown has reads take seats until there is none but quick ones.
func sitDown(t *testing.T, db *pg.DB) (sitters []sitter) {
	t.Helper()
	for {
		s, err := sit(t, db, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if s.quick {
			s.leave()
			return sitters
		}
		sitters = append(sitters, s)
	}
}

// Half of the connections are for long reads, and a quarter of those for quick ones, but
// one that is the only one is for all. Who waits gives up with its call.
func TestSeats(t *testing.T) {
	t.Parallel()
	for conns, want := range map[int32]struct{ long, quick int }{
		1: {1, 0}, 2: {1, 0}, 4: {1, 1}, 5: {1, 1}, 8: {3, 1}, 20: {8, 2},
	} {
		db := open(t, conns)
		if got := db.Seats(); got != want.long+want.quick {
			t.Errorf("%d connections have %d seats, want %v", conns, got, want)
		}
		var last sitter
		for i := range want.long + want.quick {
			s, err := sit(t, db, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			if s.quick != (i >= want.long) {
				t.Errorf("%d connections: seat %d is quick: %t, want %v", conns, i, s.quick, want)
			}
			last = s
		}
		if _, err := sit(t, db, 50*time.Millisecond); !errors.Is(err, context.Canceled) {
			t.Errorf("one more than there are: %v", err)
		}
		if n := db.Standing(); n != 0 {
			t.Errorf("%d stand in line", n)
		}
		last.leave()
		s, err := sit(t, db, time.Minute)
		if err != nil || s.quick != last.quick {
			t.Errorf("after one was given back: %v, %v", s, err)
		}
	}
}
