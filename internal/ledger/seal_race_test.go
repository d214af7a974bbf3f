package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/ledger"
)

// owner connects as a user who may do everything, unlike the service.
func (w *world) owner() *pgx.Conn {
	w.t.Helper()
	conn, err := pgx.Connect(context.Background(), w.db.Config().ConnString())
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// Whoever waited for the head sees what was committed meanwhile: what was taken by
// the one before him and what was posted since.
func TestSealLooksAfterItsTurnHasCome(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.make("A", "1")
	waited := make(chan ledger.Sealed)
	err := pgx.BeginFunc(t.Context(), w.db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), "SELECT FROM log_head WHERE tenant_id = 1 FOR NO KEY UPDATE"); err != nil {
			return err
		}
		go func() { waited <- mustSeal(t, w.db) }()
		dbtest.UntilWaiting(t, w.db, 1, "the other sealer")
		w.make("B", "1")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if sealed := <-waited; sealed.Entries != 2 {
		t.Errorf("%+v, want both", sealed)
	}
	checkLog(t, w.db)
}

func until(t testing.TB, otherwise string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal(otherwise)
		}
	}
}

// Many post to few lots while several seal, in small bites and large.
func TestSealUnderLoad(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const clients, each, sealers = 8, 40, 4
	lots := []int64{w.make("A", "1000"), w.make("B", "1000"), w.make("C", "1000")}
	var posting, sealing sync.WaitGroup
	for client := range clients {
		posting.Go(func() {
			for i := range each {
				op := transfer(move(lots[i%2], "1", w.home, w.away), move(lots[(client+i)%3], "1", w.home, w.away))
				if i%10 == 9 {
					op = hold(lots[i%3], fmt.Sprintf("%d of %d", i, client))
				}
				w.mustPost(op)
			}
		})
	}
	ctx, stop := context.WithCancel(t.Context())
	for n := range sealers {
		sealing.Go(func() {
			for ctx.Err() == nil {
				if _, err := ledger.SealUpTo(context.Background(), w.db, 1, int32(1+10*n)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	posting.Wait()
	stop()
	sealing.Wait()
	for mustSeal(t, w.db).Entries > 0 {
		continue
	}
	if got := checkLog(t, w.db); len(got) != len(lots)+clients*each {
		t.Errorf("%d in the log, want %d", len(got), len(lots)+clients*each)
	}
}

// A sealing that is given up half way has done nothing.
func TestSealIsWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.make("A", "1")
	w.make("B", "1")
	err := pgx.BeginFunc(t.Context(), w.owner(), func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), "SELECT FROM unlogged WHERE tenant_id = 1 FOR UPDATE"); err != nil {
			return err
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() {
			_, err := ledger.Seal(ctx, w.db, 1)
			ended <- err
		}()
		dbtest.UntilWaiting(t, w.db, 1, "the sealer")
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("it ended with %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := checkLog(t, w.db); len(got) > 0 {
		t.Errorf("in the log: %v", got)
	}
	if sealed := mustSeal(t, w.db); sealed.Entries != 2 {
		t.Errorf("%+v", sealed)
	}
	checkLog(t, w.db)
}
