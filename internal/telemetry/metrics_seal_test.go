package telemetry_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/telemetry/telemetrytest"
)

// unsealed makes a database in which operations wait for a sealer.
func unsealed(t *testing.T) (db *pg.DB, url string, operations float64) {
	t.Helper()
	url = dbtest.URL(t)
	db, err := pg.Open(t.Context(), url, 5)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	graph, err := lineagetest.Parse(plant)
	if err != nil {
		t.Fatal(err)
	}
	lineagetest.Load(t, db, 1, graph)
	if err := db.QueryRow(t.Context(), "SELECT count(*) FROM unlogged").Scan(&operations); err != nil || operations == 0 {
		t.Fatalf("%v operations to seal, %v", operations, err)
	}
	return db, url, operations
}

// seal runs a sealer until stop is called.
func seal(db *pg.DB) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		ledger.NewSealer(db).Run(ctx, slog.New(slog.DiscardHandler))
	}()
	return func() {
		cancel()
		<-ended
	}
}

const lag = "lottrail_log_lag_seconds"

// holdHead locks the tenant's head until release is called. It returns once the
// lock is asked for and, if nobody else has it, got.
func holdHead(t *testing.T, url string) (got <-chan error, release func()) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	answered := make(chan error, 1)
	go func() {
		_, err := conn.Exec(context.Background(), "BEGIN; UPDATE log_head SET log_index = log_index")
		answered <- err
	}()
	return answered, func() {
		if _, err := conn.Exec(t.Context(), "COMMIT"); err != nil {
			t.Error(err)
		}
	}
}

// A sealer that cannot go on is seen to fall behind, without the database being
// asked; then to be at it, with more left; then to have caught up.
func TestSealer(t *testing.T) {
	db, url, operations := unsealed(t)
	const many = 12000 // sealed 5,000 at once
	for _, statement := range []string{
		"INSERT INTO operation (tenant_id, operation_id, kind, occurred_at, principal, request_id, reason) SELECT 1, 1000000 + n, 'transfer', now(), '', n, '' FROM generate_series(1, $1) AS n",
		"INSERT INTO unlogged (tenant_id, operation_id, recorded_at) SELECT tenant_id, operation_id, recorded_at FROM operation WHERE operation_id BETWEEN 1000001 AND 1000000 + $1",
	} {
		if _, err := db.Exec(t.Context(), statement, many); err != nil {
			t.Fatal(err)
		}
	}
	got, release := holdHead(t, url)
	if err := <-got; err != nil {
		t.Fatal(err)
	}
	before := telemetrytest.Own(t)
	if _, told := before[lag]; told {
		t.Error("something is told of a sealer before there is one")
	}
	sealed := func() float64 { return telemetrytest.Own(t).Moved(before)["lottrail_log_sealed_total"] }
	stop := seal(db)
	defer stop()
	dbtest.UntilWaiting(t, db, 1, "the sealer")
	stuck := time.Now()
	for taken := 5000.0; taken <= 10000; taken += 5000 {
		// Whoever asks for the head now gets it after the sealer's next transaction.
		got, next := holdHead(t, url)
		dbtest.UntilWaiting(t, db, 2, "the next behind the sealer")
		release()
		if err := <-got; err != nil {
			t.Fatal(err)
		}
		release = next
		dbtest.UntilWaiting(t, db, 1, "the sealer again")
		least := time.Since(stuck).Seconds()
		now := telemetrytest.Own(t)
		if n, left := sealed(), now["lottrail_log_backlog"]; n != taken || left != operations+many-taken {
			t.Errorf("%v sealed, %v left", n, left)
		}
		if now[lag] < least {
			t.Errorf("the lag is %v s, after %v s with operations left", now[lag], least)
		}
	}
	behind := time.Since(stuck).Seconds()
	release()
	eventually(t, "the sealer to catch up", func() bool {
		now := telemetrytest.Own(t)
		return sealed() == operations+many && now["lottrail_log_backlog"] == 0 && now[lag] < behind
	})
	moved := telemetrytest.Own(t).Moved(before, "lottrail_log_delay")
	if moved["lottrail_log_delay_seconds_count"] != 3 || moved["lottrail_log_delay_seconds_sum"] <= 0 {
		t.Errorf("%v", moved)
	}
	stop()
	if _, told := telemetrytest.Own(t)[lag]; told {
		t.Error("something is told of a sealer that has ended")
	}
}

// What the sealer does is a trace of its own. Looks that find nothing are none.
func TestSealingIsATraceOfItsOwn(t *testing.T) {
	_, collected, flush := tracing(t)
	db, _, _ := unsealed(t)
	index := func() (n int) {
		if err := db.QueryRow(t.Context(), "SELECT coalesce(max(log_index), 0) FROM log").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	stop := seal(db)
	eventually(t, "the sealer to seal", func() bool { return index() > 0 })
	stop()
	flush()
	collected.mu.Lock()
	defer collected.mu.Unlock()
	roots, statements := map[string]int{}, map[string]int{}
	var sealTrace string
	for _, span := range collected.spans {
		if len(span.ParentSpanId) == 0 {
			roots[span.Name]++
			sealTrace = fmt.Sprintf("%x", span.TraceId)
		}
	}
	for _, span := range collected.spans {
		if fmt.Sprintf("%x", span.TraceId) == sealTrace {
			statements[span.Name]++
		}
	}
	if len(roots) != 1 || roots["seal"] != 1 || statements["LogSeal"] == 0 || statements["COMMIT"] != 1 {
		t.Errorf("roots %v, in the last %v", roots, statements)
	}
}
