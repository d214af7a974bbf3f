package lots_test

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

// stockUp gives an item so many lots, a day apart, past the ledger: half of them are
// used up, and of each of the others there are 10 in one of two bins.
func (s *store) stockUp(sku string, lots int) {
	s.t.Helper()
	s.exec(`INSERT INTO lot (tenant_id, lot_id, item_id, lot_code, inferred, supplier_id, supplier_lot_code, expiry_date, created_operation_id, received_at, stocked)
		SELECT 1, 5000000 + n, item.item_id, 'N' || n, false, party.party_id, '', current_date + 10 + n / 10, operation.operation_id, now() - n * interval '1 hour', n > $1::int
		FROM generate_series(1, 2 * $1::int) AS n, item, party, (SELECT min(operation_id) AS operation_id FROM operation) AS operation
		WHERE item.sku = $2 AND party.code = 'SUP-1'`, lots, sku)
	s.exec(`INSERT INTO balance (tenant_id, lot_id, location_id, on_hand)
		SELECT 1, 5000000 + n, location.location_id, CASE WHEN n > $1::int THEN 10 ELSE 0 END
		FROM generate_series(1, 2 * $1::int) AS n
		JOIN location ON location.code = CASE n % 2 WHEN 0 THEN 'SHELF-1/ZONE/BIN-1' ELSE 'SHELF-1/ZONE/BIN-2' END`, lots)
}

// build gives the zone so many bins, past the catalog.
func (s *store) build(bins int) {
	s.t.Helper()
	s.exec(`INSERT INTO location (tenant_id, location_id, code, name, parent_id, kind, revision)
		SELECT 1, 6000000 + n, 'B' || n, '', zone.location_id, 'storage', 1 FROM generate_series(1, $1::int) AS n, location AS zone WHERE zone.code = $2`, bins, zone)
	s.exec(`INSERT INTO location_within (tenant_id, outer_id, code, location_id)
		SELECT 1, above.outer_id, 'B' || n, 6000000 + n FROM generate_series(1, $1::int) AS n, location AS zone
		JOIN location_within AS above USING (location_id) WHERE zone.code = $2
		UNION ALL SELECT 1, 6000000 + n, 'B' || n, 6000000 + n FROM generate_series(1, $1::int) AS n`, bins, zone)
}

// What a proposal reads costs what is read, and not what the item has, also where the
// tables were empty when it was planned.
func TestAProposalCostsWhatItLooksAt(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.receive(oil, "FIRST", "LTR", apitest.Dock, "2024-01-01", "2024-03-20")
	conn, err := s.DB.Acquire(t.Context())
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
	run("SET enable_sort = off")
	run("PREPARE lots (bigint, bigint, date, timestamptz, text, integer) AS " + queries.FefoLotList)
	run("PREPARE expired (bigint, bigint, date, integer) AS " + queries.FefoLotListExpired)
	run("PREPARE named (text[], bigint, bigint) AS " + queries.FefoLotListByCode)
	run("PREPARE stocks (bigint, bigint, bigint, bigint[]) AS " + queries.FefoStockList)
	run("EXECUTE lots (1, 0, '2000-01-01', '2000-01-01', '', 50)")
	run("EXECUTE stocks (1, 0, 0, '{}')")
	const lots, page = 10_000, 50
	s.stockUp(oil, lots)
	s.build(2000)
	var item, site int64
	var ids, codes string
	err = conn.QueryRow(t.Context(), `SELECT item.item_id, location.location_id,
		(SELECT '{' || string_agg((5000000 + n)::text, ',') || '}' FROM generate_series($1::int + 1, $1::int + $2::int) AS n),
		(SELECT '{' || string_agg('N' || n, ',') || '}' FROM generate_series(1, $2::int) AS n)
		FROM item, location WHERE item.sku = $3 AND location.code = 'PLANT'`, lots, page, oil).Scan(&item, &site, &ids, &codes)
	if err != nil {
		t.Fatal(err)
	}
	for _, analyzed := range []bool{false, true} {
		if analyzed {
			s.exec("ANALYZE")
		}
		for execute, index := range map[string]string{
			fmt.Sprintf("lots (1, %d, current_date, '9999-01-01', '', %d)", item, page):              "lot_rotation_idx",
			fmt.Sprintf("lots (1, %d, current_date + 1510, '2000-01-01', 'N15000', %d)", item, page): "lot_rotation_idx",
			fmt.Sprintf("expired (1, %d, current_date + 1510, %d)", item, page):                      "lot_rotation_idx",
			fmt.Sprintf("stocks (1, %d, %d, '%s')", site, site, ids):                                 "balance_pkey",
			fmt.Sprintf("named ('%s', 1, %d)", codes, item):                                          "lot_code_key",
		} {
			var text []byte
			if err := conn.QueryRow(t.Context(), "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE "+execute, pgx.QueryExecModeSimpleProtocol).Scan(&text); err != nil {
				t.Fatalf("%s: %v", execute, err)
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
			// A row and what belongs to it are some look-ups by key.
			plan, most := plans[0].Plan, (page+1)*15
			if plan.Rows != page || plan.Hit+plan.Read > most || !strings.Contains(string(text), `"`+index+`"`) || strings.Contains(string(text), "Seq Scan") {
				t.Errorf("%s (analyzed: %v): %v rows out of %d blocks, want %d out of at most %d:\n%s", execute, analyzed, plan.Rows, plan.Hit+plan.Read, page, most, text)
			}
			// No step has in its hands what else lies at the site.
			if rows, text := dbtest.Plan(t, conn.Conn(), "EXECUTE "+execute); rows > 4*page {
				t.Errorf("%s (analyzed: %v): a step with %d rows\n%s", execute, analyzed, rows, text)
			}
		}
	}
	run("RESET enable_sort")
	same(t, "proposal", s.propose(pickLine(oil, "12", "LTR", zone)), []string{
		"10 LTR of N10009@SHELF-1/ZONE/BIN-2 FIRST_EXPIRED, 2 LTR of N10008@SHELF-1/ZONE/BIN-1 NEXT_EXPIRED, not 10 of FIRST LOT_EXPIRED",
	})
}
