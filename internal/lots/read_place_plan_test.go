package lots_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

// fullHall is a site with 2,000 bins in 40 aisles and 100,000 balances in them, and
// another with 500 empty ones, written past the ledger: it is there to be planned for.
const fullHall = `
SET session_replication_role = replica; -- foreign keys are not what is looked at
INSERT INTO item (tenant_id, item_id, sku, name, category, base_unit, decimals, tracking, expiry_tracked, shelf_life_days, fefo, warning_days, revision)
    SELECT 1, 2000 + i, 'I' || i, '', '', 'KGM', 3, 'lot', false, 0, false, 0, 1 FROM generate_series(1, 300) i;
INSERT INTO location (tenant_id, location_id, code, name, parent_id, kind, time_zone, revision)
    SELECT 1, 3000 + i, 'SITE-' || i, '', NULL, 'site', 'UTC', 1 FROM generate_series(1, 2) i
    UNION ALL SELECT 1, 4000 + i, 'AISLE-' || i, '', 3001, 'storage', NULL, 1 FROM generate_series(1, 40) i
    UNION ALL SELECT 1, 10000 + i, 'BIN-' || to_char(i, 'FM0000'), '', 4001 + i % 40, 'storage', NULL, 1 FROM generate_series(1, 2000) i
    UNION ALL SELECT 1, 20000 + i, 'BIN-' || to_char(4 * i, 'FM0000') || '-B', '', 3002, 'storage', NULL, 1 FROM generate_series(1, 500) i;
INSERT INTO revision (tenant_id, subject, subject_id, revision, content, principal)
    SELECT 1, 'location', location_id, 1, jsonb_build_object('code', code), '' FROM location WHERE location_id >= 1000;
INSERT INTO location_within (tenant_id, outer_id, code, location_id)
    WITH RECURSIVE up AS (SELECT location_id, code, location_id AS outer_id, parent_id FROM location WHERE location_id >= 1000
        UNION ALL SELECT up.location_id, up.code, l.location_id, l.parent_id FROM up JOIN location l ON l.location_id = up.parent_id)
    SELECT 1, outer_id, code, location_id FROM up;
INSERT INTO operation (tenant_id, operation_id, kind, occurred_at, principal, request_id, reason) VALUES (1, 5000, 'receipt', now(), '', '', '');
INSERT INTO lot (tenant_id, lot_id, item_id, lot_code, inferred, supplier_id, supplier_lot_code, created_operation_id, hold_count)
    SELECT 1, 100000 + i, 2001 + i % 50, 'L' || i, false, 1, '', 5000, 0 FROM generate_series(1, 20000) i;
INSERT INTO balance (tenant_id, lot_id, location_id, on_hand)
    SELECT 1, 100000 + i, 10001 + (i + 400 * j) % 2000, 5 FROM generate_series(1, 20000) i, generate_series(0, 4) j;
INSERT INTO movement (tenant_id, movement_id, operation_id, kind, lot_id, quantity, from_location_id, to_location_id, receipt_line_id, entered_quantity, entered_unit, occurred_at, recorded_at)
    SELECT 1, 200000 + i, 5000, 'receipt', 100000 + i, 25, 1, 4001, 1000 + i, 25, 'KGM', now(), now() FROM generate_series(1, 20000) i;
RESET session_replication_role;
`

// A page of what is under a location is read by index, wherever it lies: no step of
// the plan has more rows in its hands than lie in the bins that the page shows, and
// none sorts what is under the location. So it is with the locations under one.
func TestPagesOfAFullHall(t *testing.T) {
	t.Parallel()
	url := dbtest.URL(t)
	owner, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = owner.Close(context.Background()) }()
	db, err := pg.Open(t.Context(), url, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, sql := range []string{fullHall, "VACUUM ANALYZE location, location_within, balance, lot, item, movement, revision"} {
		if _, err := owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	conn, err := db.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	for _, prepare := range []string{
		"PREPARE contents (integer, bigint, text, text, text, text, text, text, boolean, date) AS " + queries.LocationListContent,
		"PREPARE locations AS " + queries.LocationListUnder,
	} {
		if _, err := conn.Exec(t.Context(), prepare); err != nil {
			t.Fatal(err)
		}
	}
	const all, none = "'\U0010FFFF'", "null, null"
	for name, execute := range map[string]string{
		"first page":          fmt.Sprintf("contents (101, 1, 'SITE-1', '', %s, '', '', '', %s)", all, none),
		"page in the midst":   fmt.Sprintf("contents (101, 1, 'SITE-1', 'BIN-1000', %s, 'I25', 'L3', '', %s)", all, none),
		"page of an aisle":    fmt.Sprintf("contents (101, 1, 'AISLE-7', 'BIN-1000', %s, '', '', '', %s)", all, none),
		"one bin":             fmt.Sprintf("contents (101, 1, 'BIN-1000', 'BIN-1000', 'BIN-1000', '', '', '', %s)", none),
		"site itself":         fmt.Sprintf("contents (101, 1, 'SITE-1', 'SITE-1', 'SITE-1', '', '', '', %s)", none),
		"locations of a site": "locations (1, 3001, 'BIN-1000', '', null, 101)",
		"few of them":         "locations (1, 3002, 'BIN-1000', '', null, 101)",
	} {
		rows, text := dbtest.Plan(t, conn.Conn(), "EXECUTE "+execute)
		if rows > 500 {
			t.Errorf("%s: a step with %d rows\n%s", name, rows, text)
		}
		if !strings.Contains(text, "location_within_pkey") || strings.Contains(text, "Seq Scan") || strings.Contains(text, "item_sku_key") {
			t.Errorf("%s is not read by index:\n%s", name, text)
		}
		t.Logf("%s:\n%s", name, text)
	}
}
