package dbtest

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Plan carries a statement out, and returns the most rows that a step of it had in its
// hands, and the whole plan.
func Plan(t testing.TB, conn *pgx.Conn, statement string) (most int, text string) {
	t.Helper()
	type node struct {
		Type  string  `json:"Node Type"`
		Rows  float64 `json:"Actual Rows"`
		Loops float64 `json:"Actual Loops"`
		Plans []node
	}
	var plans []struct{ Plan node }
	if err := conn.QueryRow(t.Context(), "EXPLAIN (ANALYZE, FORMAT JSON) "+statement, pgx.QueryExecModeSimpleProtocol).Scan(&plans); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	var walk func(n node)
	walk = func(n node) {
		most = max(most, int(n.Rows*n.Loops))
		for _, p := range n.Plans {
			walk(p)
		}
	}
	walk(plans[0].Plan)
	rows, err := conn.Query(t.Context(), "EXPLAIN "+statement, pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return most, strings.Join(lines, "\n")
}
