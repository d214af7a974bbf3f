package dbtest

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/reconcile"
)

// Reconcile checks the ledger's first invariant over the whole database, as the service
// does for its callers: every balance is the sum of its movements, every lot's mass is
// accounted for, every hold is counted. And that lots know whether there is anything of
// them, and what is reserved is there.
func Reconcile(t testing.TB, db *pg.DB) {
	t.Helper()
	ctx := context.Background()
	checkStocked(t, db)
	checkReserved(t, db)
	rows, err := db.Query(ctx, "SELECT tenant_id FROM tenant")
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	tenants, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	for _, tenantID := range tenants {
		err := db.Read(ctx, func(tx *pg.Snapshot) error {
			_, err := reconcile.Run(ctx, tx, tenantID, reconcile.Scope{}, func(part reconcile.Part) error {
				for _, difference := range part.Differences {
					t.Errorf("reconcile: %v", difference)
				}
				return nil
			})
			return err
		})
		if err != nil {
			t.Fatalf("dbtest: %v", err)
		}
	}
}

// Rows counts the rows of every table, so that a test can say that something
// left nothing behind. The log is left out, which the service moves operations into
// in its own time: no operation is without its row in operation.
func Rows(t testing.TB, db *pg.DB) map[string]int {
	t.Helper()
	ctx := context.Background()
	rows, err := db.Query(ctx, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('goose_db_version', 'unlogged', 'log', 'log_head')")
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	counts := make(map[string]int, len(tables))
	for _, table := range tables {
		var n int
		if err := db.QueryRow(ctx, "SELECT count(*) FROM "+pgx.Identifier{table}.Sanitize()).Scan(&n); err != nil {
			t.Fatalf("dbtest: %v", err)
		}
		counts[table] = n
	}
	return counts
}

// SameRows checks that no table has another number of rows than before.
func SameRows(t testing.TB, db *pg.DB, before map[string]int) {
	t.Helper()
	now := Rows(t, db)
	for _, table := range slices.Sorted(maps.Keys(now)) {
		if now[table] != before[table] {
			t.Errorf("table %s has %d rows, had %d", table, now[table], before[table])
		}
	}
}

// UntilWaiting waits until at least so many transactions in the database wait for a lock,
// and fails if they never do. What is said to wait is named. It may look by a connection of
// its own, where those of the service are all taken.
func UntilWaiting(t testing.TB, db asker, want int, what string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); waiting(t, db) < want; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s does not wait: %d transactions wait for a lock, want %d", what, waiting(t, db), want)
		}
	}
}

// asker is a pool or a connection.
type asker interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// waiting is how many transactions wait for a lock at this moment.
func waiting(t testing.TB, db asker) int {
	t.Helper()
	var n int
	err := db.QueryRow(context.Background(), `
		SELECT count(DISTINCT pid) FROM pg_locks JOIN pg_stat_activity USING (pid)
		WHERE NOT granted AND pg_stat_activity.datname = current_database()`).Scan(&n)
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	return n
}
