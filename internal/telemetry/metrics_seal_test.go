package telemetry_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"

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

// A sealer that cannot go on is seen to fall behind, without the database being
// asked, and to catch up.
func TestSealer(t *testing.T) {
	db, url, operations := unsealed(t)
	head, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = head.Close(context.Background()) }()
	if _, err := head.Exec(t.Context(), "BEGIN; UPDATE log_head SET log_index = log_index"); err != nil {
		t.Fatal(err)
	}
	before := telemetrytest.Own(t)
	if _, told := before[lag]; told {
		t.Error("something is told of a sealer before there is one")
	}
	stop := seal(db)
	defer stop()
	eventually(t, "the sealer to wait", func() bool { return dbtest.Waiting(t, db) > 0 })
	behind := telemetrytest.Own(t)[lag]
	if further := telemetrytest.Own(t)[lag]; behind <= 0 || further <= behind {
		t.Errorf("the lag was %v s and then %v s", behind, further)
	}
	if _, err := head.Exec(t.Context(), "COMMIT"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the sealer to catch up", func() bool {
		now := telemetrytest.Own(t)
		return now["lottrail_log_sealed_total"]-before["lottrail_log_sealed_total"] == operations && now[lag] < behind
	})
	moved := telemetrytest.Own(t).Moved(before, "lottrail_log_delay")
	if moved["lottrail_log_delay_seconds_count"] != 1 || moved["lottrail_log_delay_seconds_sum"] <= 0 {
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
