package ledger_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pg"
)

// checkLog checks the log and returns its operations in their order.
func checkLog(t testing.TB, db *pg.DB) []int64 {
	t.Helper()
	dbtest.CheckLog(t, db)
	return column[int64](t, db, "SELECT operation_id FROM log WHERE tenant_id = 1 ORDER BY log_index")
}

func column[T any](t testing.TB, db *pg.DB, query string) []T {
	t.Helper()
	rows, err := db.Query(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	values, err := pgx.CollectRows(rows, pgx.RowTo[T])
	if err != nil {
		t.Fatal(err)
	}
	return values
}

func mustSeal(t testing.TB, db *pg.DB) ledger.Sealed {
	t.Helper()
	sealed, err := ledger.Seal(context.Background(), db, 1)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

// Two instances hand out ids from blocks of their own, so that ids do not stand
// for an order; the log does.
func TestSealInTheOrderOfRecording(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	lot := w.make("L", "100")
	other, err := pg.Open(t.Context(), w.db.Config().ConnString(), 2)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	for i := range 10 {
		instance := &world{t: t, db: []*pg.DB{w.db, other}[i%2]}
		instance.mustPost(transfer(move(lot, "1", w.home, w.away)))
	}
	want := column[int64](t, w.db, "SELECT operation_id FROM operation ORDER BY recorded_at")
	if slices.IsSorted(want) {
		t.Error("the ids are in order, so the test shows nothing")
	}
	for _, step := range []struct {
		entries int
		full    bool
	}{{4, true}, {4, true}, {3, false}, {0, false}} {
		sealed, err := ledger.SealUpTo(t.Context(), w.db, 1, 4)
		if err != nil || sealed.Entries != step.entries || sealed.Full != step.full {
			t.Errorf("%+v, %v, want %+v", sealed, err, step)
		}
		checkLog(t, w.db)
	}
	if got := checkLog(t, w.db); !slices.Equal(got, want) {
		t.Errorf("the log has %v, recorded was %v", got, want)
	}
}

// What Seal says is what is in the log.
func TestSealSaysWhatItDid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.make("A", "1")
	w.make("B", "1")
	if sealed := mustSeal(t, w.db); sealed.Index != 2 || sealed.Entries != 2 || sealed.Full {
		t.Errorf("%+v", sealed)
	}
	lot := w.make("C", "1")
	first := column[time.Time](t, w.db, "SELECT recorded_at FROM unlogged")[0]
	w.mustPost(hold(lot, "why"))
	sealed := mustSeal(t, w.db)
	at := column[time.Time](t, w.db, "SELECT sealed_at FROM log WHERE log_index IN (3, 4) UNION ALL SELECT sealed_at FROM log_head")
	if sealed.Index != 4 || sealed.Entries != 2 || !sealed.Oldest.Equal(first) || len(at) != 3 {
		t.Errorf("%+v, %v", sealed, at)
	}
	for _, is := range at {
		if !is.Equal(sealed.SealedAt) {
			t.Errorf("sealed at %v, %v", sealed.SealedAt, is)
		}
	}
	if sealed := mustSeal(t, w.db); sealed != (ledger.Sealed{}) {
		t.Errorf("nothing was there to seal: %+v", sealed)
	}
}

// An operation that is not committed yet gets its place later, though it was
// recorded first: nobody can have seen it.
func TestSealLeavesWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	slow, quick := w.make("SLOW", "1"), w.make("QUICK", "1")
	mustSeal(t, w.db)
	var first, second *ledger.Posted
	w.write(func(ctx context.Context, tx *pg.Tx) (err error) {
		if first, err = post(ctx, tx, transfer(move(slow, "1", w.home, w.away))); err != nil {
			return err
		}
		second = w.mustPost(transfer(move(quick, "1", w.home, w.away)))
		if sealed := mustSeal(t, w.db); sealed.Entries != 1 {
			t.Errorf("%+v, want the other operation alone", sealed)
		}
		return nil
	})
	mustSeal(t, w.db)
	if got := checkLog(t, w.db)[2:]; !slices.Equal(got, []int64{second.OperationID, first.OperationID}) {
		t.Errorf("the log has %v, want %v, %v", got, second.OperationID, first.OperationID)
	}
}

// A clock that was set back does not take the log with it.
func TestSealedAtNeverGoesBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.make("A", "1")
	future := time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
	if _, err := w.db.Exec(t.Context(), "UPDATE log_head SET sealed_at = $1", future); err != nil {
		t.Fatal(err)
	}
	if sealed := mustSeal(t, w.db); !sealed.SealedAt.Equal(future) {
		t.Errorf("sealed at %v, want %v", sealed.SealedAt, future)
	}
}

// Each tenant has a log of its own, also one that came without a head.
func TestSealByTenant(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.make("A", "1")
	for _, statement := range []string{
		"INSERT INTO tenant (tenant_id, name) VALUES (2, 'other')",
		`INSERT INTO operation (tenant_id, operation_id, kind, occurred_at, principal, request_id, reason)
		 SELECT 2, operation_id, kind, occurred_at, principal, request_id, '' FROM operation`,
		"INSERT INTO unlogged (tenant_id, operation_id, recorded_at) SELECT 2, operation_id, recorded_at FROM unlogged",
	} {
		if _, err := w.db.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				if _, err := ledger.Seal(t.Context(), w.db, 2); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
	}
	if got := column[int64](t, w.db, "SELECT tenant_id * 10 + log_index FROM log"); !slices.Equal(got, []int64{21}) {
		t.Errorf("%v, want the second tenant's alone", got)
	}
	mustSeal(t, w.db)
	checkLog(t, w.db)
	if keys := column[string](t, w.db, "SELECT DISTINCT log_key::text FROM log_head"); len(keys) != 2 {
		t.Errorf("two logs have the keys %v", keys)
	}
}

// What is in the log stays as it is, whatever the service does.
func TestServiceRoleCannotChangeTheLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, statement := range []string{"UPDATE log SET log_index = 1", "DELETE FROM log", "TRUNCATE log", "UPDATE unlogged SET recorded_at = now()", "DELETE FROM log_head"} {
		_, err := w.db.Exec(t.Context(), statement)
		var refused *pgconn.PgError
		if !errors.As(err, &refused) || refused.Code != "42501" {
			t.Errorf("%s: %v, want 42501 insufficient_privilege", statement, err)
		}
	}
}
