package oplog_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// owner connects to the database as a user who may do everything.
func owner(t testing.TB, api *apitest.API) *pgx.Conn {
	t.Helper()
	conn := must[*pgx.Conn](t)(pgx.Connect(context.Background(), api.URL))
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func exec(t testing.TB, conn *pgx.Conn, statement string, args ...any) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), statement, args...); err != nil {
		t.Fatalf("%v in %s", err, statement)
	}
}

// planted is an operation that was put into the database directly: larger than
// callers could make it in a test's time.
type planted struct {
	kind, reason           string
	movements              int // of the first lots, a kilogram each
	placed, released, kept int // holds on the first lots, of a recall
	dated, alerted         int // first lots
}

const plantedLots = 2500

// plant puts operations behind what is in the log, and waits until they are in it.
func plant(t testing.TB, api *apitest.API, operations ...planted) {
	t.Helper()
	conn := owner(t, api)
	exec(t, conn, `
		INSERT INTO operation (tenant_id, operation_id, kind, occurred_at, principal, request_id, reason)
		VALUES (1, 7000000, 'receipt', now(), 'planter', 'planted', '')`)
	exec(t, conn, fmt.Sprintf(`
		INSERT INTO lot (tenant_id, lot_id, item_id, lot_code, inferred, supplier_id, supplier_lot_code, created_operation_id)
		SELECT 1, 8000000 + n, item_id, 'P-' || lpad(n::text, 5, '0'), false, party_id, '', 7000000
		FROM generate_series(1, %d) AS n, item, party WHERE sku = 'FLOUR' AND party.code = 'SUP-1'`, plantedLots))
	exec(t, conn, "INSERT INTO recall (tenant_id, recall_id, case_number, class, reason, state) VALUES (1, 9000000, 'RC/1', '1', 'glass', 'closed')")
	for i, o := range operations {
		id := 7000001 + i
		exec(t, conn, `
			INSERT INTO operation (tenant_id, operation_id, kind, occurred_at, principal, request_id, reason, recall_id)
			VALUES (1, $1, $2::text, now(), 'planter', $3, $4, CASE WHEN $2::text LIKE 'recall%' THEN 9000000 END)`, id, o.kind, fmt.Sprint("planted-", i), o.reason)
		exec(t, conn, `
			INSERT INTO movement (tenant_id, movement_id, operation_id, kind, lot_id, quantity, from_location_id, to_location_id, entered_quantity, entered_unit, occurred_at)
			SELECT 1, $1::bigint * 100000 + n, $1, 'transfer', 8000000 + n, 1, f.location_id, t.location_id, 1, 'KGM', now()
			FROM generate_series(1, $2::int) AS n, location AS f, location AS t WHERE f.code = 'DOCK-1' AND t.code = 'SHELF-1'`, id, o.movements)
		exec(t, conn, `
			INSERT INTO hold (tenant_id, lot_id, number, placed_operation_id, reason, recall_id)
			SELECT 1, 8000000 + n, 1, $1, 'glass', 9000000 FROM generate_series(1, $2::int) AS n`, id, o.placed)
		exec(t, conn, "UPDATE hold SET released_operation_id = $1 WHERE lot_id - 8000000 <= $2", id, o.released)
		exec(t, conn, `
			INSERT INTO recall_keep (tenant_id, recall_id, lot_id, operation_id)
			SELECT 1, 9000000, 8000000 + n, $1 FROM generate_series(1, $2::int) AS n`, id, o.kept)
		exec(t, conn, `
			INSERT INTO lot_date_change (tenant_id, lot_id, number, operation_id, retest_reference)
			SELECT 1, 8000000 + n, 1, $1, 'LAB-1' FROM generate_series(1, $2::int) AS n`, id, o.dated)
		exec(t, conn, `
			INSERT INTO lot_expiry (tenant_id, lot_id, kind, round, last_day, operation_id)
			SELECT 1, 8000000 + n, 'alert', 0, '2026-03-31', $1 FROM generate_series(1, $2::int) AS n`, id, o.alerted)
		exec(t, conn, "INSERT INTO unlogged SELECT tenant_id, operation_id, recorded_at FROM operation WHERE operation_id = $1", id)
	}
	api.Sealed(t)
}

// whole puts the parts of cut entries together again, and checks that they were cut
// as they may be.
func whole(t testing.TB, entries []*pb.LogEntry) []*pb.LogEntry {
	t.Helper()
	var all []*pb.LogEntry
	continued := false
	for _, e := range entries {
		if n := len(e.Operation.Movements) + len(e.Operation.Holds) + len(e.Operation.DateChanges) + len(e.Operation.ExpiryAlerts); n > 1000 || e.Continued && n == 0 {
			t.Errorf("entry %d: %d facts", e.LogIndex, n)
		}
		if continued {
			last := all[len(all)-1]
			if e.LogIndex != last.LogIndex {
				t.Fatalf("entry %d was to be continued, and then comes %d", last.LogIndex, e.LogIndex)
			}
			last.Operation.Movements = append(last.Operation.Movements, e.Operation.Movements...)
			last.Operation.Holds = append(last.Operation.Holds, e.Operation.Holds...)
			last.Operation.DateChanges = append(last.Operation.DateChanges, e.Operation.DateChanges...)
			last.Operation.ExpiryAlerts = append(last.Operation.ExpiryAlerts, e.Operation.ExpiryAlerts...)
		} else {
			all = append(all, proto.CloneOf(e))
		}
		continued = e.Continued
	}
	if continued {
		t.Errorf("the last entry was to be continued")
	}
	return all
}
