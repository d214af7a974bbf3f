package pg_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/pg"
)

// Half of the connections are for slow readers, at least one, and who waits for a
// seat gives up with its call.
func TestSeats(t *testing.T) {
	t.Parallel()
	url := dbtest.URL(t)
	for conns, want := range map[int32]int{1: 1, 2: 1, 5: 2, 20: 10} {
		db, err := pg.Open(t.Context(), url, conns)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if got := db.Seats(); got != want {
			t.Errorf("%d connections have %d seats, want %d", conns, got, want)
		}
		var giveBack []func()
		for range want {
			give, err := db.TakeSeat(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			giveBack = append(giveBack, give)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		if _, err := db.TakeSeat(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("one more than there are: %v", err)
		}
		cancel()
		giveBack[0]()
		if _, err := db.TakeSeat(t.Context()); err != nil {
			t.Errorf("after one was given back: %v", err)
		}
	}
}
