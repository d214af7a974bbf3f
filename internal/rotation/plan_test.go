package rotation_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/queries"
)

// Looking for what comes before a lot reads the first of an item's lots, and not all
// 10,000 of them, also where the tables were empty when it was planned.
func TestItCostsWhatItFinds(t *testing.T) {
	t.Parallel()
	d := newDairy(t)
	d.receive(milk, "LATE", apitest.Dock, 3000)
	conn, err := d.DB.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	run := func(sql string) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	run("SET enable_sort = off") // as Judge does
	run("PREPARE earlier (bigint, text, boolean, integer, bigint[], bigint[], date[], date[]) AS " + queries.RotationListEarlier)
	run("EXECUTE earlier (1, '', true, 6, '{0}', '{0}', '{2000-01-01}', '{2000-01-01}')")
	fill(t, d.URL)
	var item, dock int64
	if err := conn.QueryRow(t.Context(), "SELECT item_id, location_id FROM item, location WHERE sku = $1 AND code = $2", milk, apitest.Dock).Scan(&item, &dock); err != nil {
		t.Fatal(err)
	}
	const most = 6
	for _, analyzed := range []bool{false, true} {
		if analyzed {
			exec(t, d.URL, "ANALYZE")
		}
		var text []byte
		execute := fmt.Sprintf("earlier (1, '', true, %d, '{%d}', '{%d}', '{%s}', '{%s}')", most, item, dock, inDays(0), inDays(2999))
		if err := conn.QueryRow(t.Context(), "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE "+execute, pgx.QueryExecModeSimpleProtocol).Scan(&text); err != nil {
			t.Fatal(err)
		}
		var plans []struct {
			Plan struct {
				Hit  int     `json:"Shared Hit Blocks"`
				Read int     `json:"Shared Read Blocks"`
				Rows float64 `json:"Actual Rows"`
			}
		}
		if err := json.Unmarshal(text, &plans); err != nil {
			t.Fatal(err)
		}
		if plan := plans[0].Plan; plan.Rows != most || plan.Hit+plan.Read > 40*most || !strings.Contains(string(text), `"lot_rotation_idx"`) || strings.Contains(string(text), "Seq Scan") {
			t.Errorf("analyzed %v: %v rows out of %d blocks:\n%s", analyzed, plan.Rows, plan.Hit+plan.Read, text)
		}
	}
	run("RESET enable_sort")
	if got, err := d.ship("SH-1", "MILK/LATE 1 DOCK-1 because of the plan"); err != nil || strings.Count(got, " of N") != 5 {
		t.Errorf("%s, %v", got, err)
	}
}

func exec(t *testing.T, url, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

// fill gives the item 10,000 lots more of which there is something, and as many that are
// used up and come before them.
func fill(t *testing.T, url string) {
	t.Helper()
	exec(t, url, `INSERT INTO lot (tenant_id, lot_id, item_id, lot_code, inferred, supplier_id, supplier_lot_code, expiry_date, created_operation_id, stocked)
		SELECT 1, 5000000 + n, item.item_id, 'N' || n, false, party.party_id, '', current_date + 10 + n / 10, operation.operation_id, n > 10000
		FROM generate_series(1, 20000) AS n, item, party, (SELECT min(operation_id) AS operation_id FROM operation) AS operation
		WHERE item.sku = 'MILK' AND party.code = 'SUP-1'`)
	exec(t, url, `INSERT INTO balance (tenant_id, lot_id, location_id, on_hand)
		SELECT 1, 5000000 + n, location.location_id, CASE WHEN n > 10000 THEN 10 ELSE 0 END
		FROM generate_series(1, 20000) AS n JOIN location ON location.code = 'SHELF-1'`)
}

// What was judged is only ever added.
func TestRoleCannotChangeWhatWasJudged(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	for _, sql := range []string{"UPDATE rotation SET reason = ''", "DELETE FROM rotation", "UPDATE rotation_passed SET place = 1", "DELETE FROM rotation_passed"} {
		if _, err := db.Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "42501") {
			t.Errorf("%s: %v", sql, err)
		}
	}
}
