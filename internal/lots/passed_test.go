package lots_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

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
		INSERT INTO lot (tenant_id, lot_id, item_id, lot_code, inferred, supplier_id, supplier_lot_code, created_operation_id)
		SELECT 1, 1000000 + n, item_id, 'OLD-' || n, false, supplier_id, '', created_operation_id
		FROM lot, generate_series(1, 20000) AS n WHERE tenant_id = 1 AND lot_code = 'L1';
		INSERT INTO balance (tenant_id, lot_id, location_id, on_hand)
		SELECT 1, lot_id, location_id, 0 FROM lot, location WHERE lot_id > 1000000 AND location.code = 'DOCK-1';
		ANALYZE lot, balance`)
	if err != nil {
		t.Fatal(err)
	}
	var plans []struct {
		Plan struct {
			Hit  int     `json:"Shared Hit Blocks"`
			Read int     `json:"Shared Read Blocks"`
			Rows float64 `json:"Actual Rows"` // a fraction from PostgreSQL 18 on
		}
	}
	err = conn.QueryRow(ctx, "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) "+queries.LocationListContent,
		"", int64(1), "", "", int32(101), apitest.Dock, true).Scan(&plans)
	if err != nil {
		t.Fatal(err)
	}
	plan := plans[0].Plan
	if blocks := plan.Hit + plan.Read; plan.Rows != 1 || blocks > 100 {
		t.Errorf("%v rows out of %d blocks; want 1 row out of few, for %d lots are gone from there", plan.Rows, blocks, passed)
	}
	dbtest.Reconcile(t, api.DB)
}
