package badinput_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// digester tells whether anything in the database is different: the table of
// request ids included, for a refused request keeps none. The log is left out, which
// the service moves operations into in its own time: no operation is without its row
// in operation.
type digester struct {
	pool  *pgxpool.Pool
	query string
}

func newDigester(t testing.TB, url string) *digester {
	t.Helper()
	ctx := context.Background()
	// Not as the service, which need not be able to read everything.
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	rows, err := pool.Query(ctx, `
		SELECT tablename FROM pg_tables
		WHERE schemaname = 'public' AND tablename NOT IN ('unlogged', 'log', 'log_head')
		ORDER BY tablename`)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	var parts []string
	for _, table := range tables {
		name := pgx.Identifier{table}.Sanitize()
		parts = append(parts, fmt.Sprintf(
			"SELECT '%s' AS name, count(*) || ' rows ' || coalesce(md5(string_agg(x::text, chr(10) ORDER BY x::text)), '') AS sum FROM %s AS x", table, name))
	}
	return &digester{pool: pool, query: strings.Join(parts, " UNION ALL ")}
}

// sums are the number of rows and a hash over them, by table.
func (d *digester) sums(t testing.TB) map[string]string {
	t.Helper()
	rows, err := d.pool.Query(context.Background(), d.query)
	if err != nil {
		t.Fatal(err)
	}
	type sum struct{ Name, Sum string }
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[sum])
	if err != nil {
		t.Fatal(err)
	}
	sums := make(map[string]string, len(all))
	for _, s := range all {
		sums[s.Name] = s.Sum
	}
	return sums
}

// same checks that nothing is different from before, and returns what is now.
func (d *digester) same(t testing.TB, before map[string]string) map[string]string {
	t.Helper()
	now := d.sums(t)
	for _, table := range slices.Sorted(maps.Keys(now)) {
		if now[table] != before[table] {
			t.Errorf("something was left in table %s: %s, before %s", table, now[table], before[table])
		}
	}
	return now
}
