package dbtest

import (
	"context"
	"maps"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/pg"
)

// reconcile finds balances that are not the sum of movements in less the sum of
// movements out, and movements at real locations that have no balance. Virtual
// locations have ids below 1,000.
const reconcile = `
WITH flow AS (
    SELECT tenant_id, lot_id, to_location_id AS location_id, quantity FROM movement
    UNION ALL
    SELECT tenant_id, lot_id, from_location_id, -quantity FROM movement
), net AS (
    SELECT tenant_id, lot_id, location_id, sum(quantity) AS quantity
    FROM flow WHERE location_id >= 1000
    GROUP BY tenant_id, lot_id, location_id
)
SELECT coalesce(item.sku, '?') || '/' || coalesce(lot.lot_code, '?') || ' at ' || coalesce(location.code, '?')
       || ': balance ' || coalesce(balance.on_hand::text, 'missing') || ', movements ' || coalesce(net.quantity::text, 'missing')
FROM net
FULL JOIN balance USING (tenant_id, lot_id, location_id)
LEFT JOIN lot USING (tenant_id, lot_id)
LEFT JOIN item USING (tenant_id, item_id)
LEFT JOIN location USING (tenant_id, location_id)
WHERE coalesce(balance.on_hand, 0) <> coalesce(net.quantity, 0) OR coalesce(balance.on_hand, 0) < 0
ORDER BY 1`

// Reconcile checks the ledger's first invariant over the whole database: every
// balance is the sum of its movements, and none is below zero.
func Reconcile(t testing.TB, db *pg.DB) {
	t.Helper()
	rows, err := db.Query(context.Background(), reconcile)
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	wrong, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	for _, line := range wrong {
		t.Errorf("balance is not the sum of its movements: %s", line)
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

// Waiting is how many transactions in the database wait for a lock at this
// moment.
func Waiting(t testing.TB, db *pg.DB) int {
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
