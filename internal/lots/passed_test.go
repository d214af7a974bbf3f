package lots_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/queries"
)

// What has passed a place and is gone does not make it slower to look at.
func TestWhatHasPassedCostsNothing(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	api.ReceiveLot(t, apitest.Flour, "L1", "2", "BAG", apitest.Dock)
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, api.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	const passed = 20_000
	_, err = conn.Exec(ctx, `
		INSERT INTO lot (tenant_id, lot_id, item_id, lot_code, inferred, supplier_id, supplier_lot_code, created_operation_id, stocked)
		SELECT 1, 1000000 + n, item_id, 'OLD-' || n, false, supplier_id, '', created_operation_id, false
		FROM lot, generate_series(1, 20000) AS n WHERE tenant_id = 1 AND lot_code = 'L1';
		INSERT INTO balance (tenant_id, lot_id, location_id, on_hand)
		SELECT 1, lot_id, location_id, 0 FROM lot, location WHERE lot_id > 1000000 AND location.code = 'DOCK-1';
		ANALYZE lot, balance`)
	if err != nil {
		t.Fatal(err)
	}
	rows, blocks := cost(t, conn, queries.LocationListContent, int32(101), int64(1), apitest.Dock, "", "\U0010FFFF", "", "", "", nil, nil)
	if rows != 1 || blocks > 100 {
		t.Errorf("%v rows out of %d blocks; want 1 row out of few, for %d lots are gone from there", rows, blocks, passed)
	}
	dbtest.Reconcile(t, api.DB)
}

// cost carries a query out, and returns how many rows it found in how many blocks.
func cost(t *testing.T, conn *pgx.Conn, sql string, args ...any) (rows float64, blocks int) {
	t.Helper()
	var plans []struct {
		Plan struct {
			Hit  int     `json:"Shared Hit Blocks"`
			Read int     `json:"Shared Read Blocks"`
			Rows float64 `json:"Actual Rows"` // a fraction from PostgreSQL 18 on
		}
	}
	if err := conn.QueryRow(t.Context(), "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) "+sql, args...).Scan(&plans); err != nil {
		t.Fatal(err)
	}
	plan := plans[0].Plan
	return plan.Rows, plan.Hit + plan.Read
}

// What was known of a place costs what is there and what has happened since, not
// what passed it before.
func TestWhatHadPassedCostsNothing(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	api.ReceiveLot(t, apitest.Flour, "L1", "2", "BAG", apitest.Dock)
	api.Sealed(t)
	conn, err := pgx.Connect(t.Context(), api.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	const passed = 20_000
	_, err = conn.Exec(t.Context(), `
		INSERT INTO operation (tenant_id, operation_id, kind, occurred_at, principal, request_id, reason)
		SELECT 1, 5000000 + n, 'transfer', now(), '', '', '' FROM generate_series(1, 40000) AS n;
		INSERT INTO movement (tenant_id, movement_id, operation_id, kind, lot_id, quantity, from_location_id, to_location_id, entered_quantity, entered_unit, occurred_at)
		SELECT 1, 5000000 + n, 5000000 + n, 'transfer', lot.lot_id, 1, CASE n % 2 WHEN 1 THEN dock.location_id ELSE shelf.location_id END,
		       CASE n % 2 WHEN 1 THEN shelf.location_id ELSE dock.location_id END, 1, 'KGM', now()
		FROM generate_series(1, 40000) AS n, lot, location AS dock, location AS shelf
		WHERE lot.lot_code = 'L1' AND dock.code = 'DOCK-1' AND shelf.code = 'SHELF-1';
		INSERT INTO log (tenant_id, log_index, operation_id, sealed_at)
		SELECT 1, log_head.log_index + n, 5000000 + n, log_head.sealed_at FROM generate_series(1, 40000) AS n, log_head;
		UPDATE log_head SET log_index = log_index + 40000;
		ANALYZE operation, movement, log, log_head`)
	if err != nil {
		t.Fatal(err)
	}
	end := api.Sealed(t)
	api.ReceiveLot(t, apitest.Flour, "L2", "2", "BAG", apitest.Dock)
	api.Sealed(t)
	rows, blocks := cost(t, conn, queries.KnownAtLocationListContent, int64(1), end, apitest.Dock, "", "\U0010FFFF", "", "", "", nil, nil, int32(101))
	if rows != 1 || blocks > 200 {
		t.Errorf("%v rows out of %d blocks; want 1 row out of few, for %d movements were before", rows, blocks, 2*passed)
	}
	if resp, err := api.Lots.ListLocationContents(t.Context(), &pb.ListLocationContentsRequest{LocationCode: apitest.Dock, KnownAt: index(end)}); err != nil || len(resp.Contents) != 1 {
		t.Errorf("%v, %v; want one lot", resp, err)
	}
	dbtest.Reconcile(t, api.DB)
}
