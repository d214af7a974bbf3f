package knownat_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/knownat"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pg"
)

// What was known at a time is the same whenever it is asked, also while somebody
// is sealing who read the clock before that time and has not committed yet. That
// one is held up here by a row in the log that stands in the way for a while.
func TestASealerUnderWayIsWaitedFor(t *testing.T) {
	t.Parallel()
	url := dbtest.URL(t)
	db, err := pg.Open(t.Context(), url, 10)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	ctx := context.Background()
	watcher := connect(t, url)
	h := newHouse(t, db, 1)
	first := h.seal(t, 1)
	h.hold(t)
	release := standInTheWay(t, connect(t, url), first.Index+1)

	sealing := make(chan ledger.Sealed, 1)
	go func() {
		sealed, err := ledger.Seal(ctx, db, 1)
		if err != nil {
			t.Error(err)
		}
		sealing <- sealed
	}()
	dbtest.UntilWaiting(t, watcher, 1, "the sealer")
	moment := clock(t, db)

	answer := make(chan *knownat.Point, 1)
	ask := func() {
		point, err := knownat.Resolve(ctx, db, 1, at(moment))
		if err != nil {
			t.Error(err)
		}
		answer <- point
	}
	go ask()
	dbtest.UntilWaiting(t, watcher, 2, "the question")
	release()
	sealed, point := <-sealing, <-answer
	if sealed.Entries == 0 || !sealed.SealedAt.Before(moment) {
		t.Fatalf("sealed %+v, to be before %s", sealed, moment)
	}
	go ask()
	if again := <-answer; point == nil || again == nil || again.LogIndex != point.LogIndex {
		t.Errorf("known at %s: first %s, then %s", moment, point, again)
	}
}

// connect connects as a user who may see what others wait for.
func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// standInTheWay has whoever writes an index of the log wait until it is released.
func standInTheWay(t *testing.T, conn *pgx.Conn, index int64) (release func()) {
	t.Helper()
	ctx := context.Background()
	tx, err := conn.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	tag, err := tx.Exec(ctx, `
		INSERT INTO log (tenant_id, log_index, operation_id, sealed_at)
		SELECT tenant_id, $1, operation_id, clock_timestamp() FROM unlogged WHERE tenant_id = 1 ORDER BY recorded_at LIMIT 1`, index)
	if err != nil || tag.RowsAffected() != 1 {
		t.Fatalf("%s, %v", tag, err)
	}
	return func() {
		if err := tx.Rollback(ctx); err != nil {
			t.Error(err)
		}
	}
}
