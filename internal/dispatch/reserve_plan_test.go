package dispatch_test

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/queries"
)

// manyReservations are 20,000 of 400 lots at 40 locations for 40 orders, of which nothing
// but the first and the last is there, written past the ledger: it is to be planned for.
const manyReservations = `
INSERT INTO lot (tenant_id, lot_id, item_id, lot_code, inferred, supplier_id, supplier_lot_code, created_operation_id, hold_count)
    SELECT 1, 5000000 + n, item.item_id, 'N' || n, false, 1, '', 1, 0 FROM generate_series(1, 400) AS n, item WHERE item.sku = 'BREAD';
INSERT INTO location (tenant_id, location_id, code, name, parent_id, kind, revision)
    SELECT 1, 6000000 + n, 'N' || n, '', site.location_id, 'storage', 1 FROM generate_series(1, 40) AS n, location AS site WHERE site.kind = 'site';
INSERT INTO sales_order (tenant_id, sales_order_id, code, customer_id, content, revision)
    SELECT 1, 7000000 + n, 'N' || n, 1, '{}', 1 FROM generate_series(1, 40) AS n;
INSERT INTO operation (tenant_id, operation_id, kind, occurred_at, principal, request_id, reason) VALUES (1, 8000000, 'reservation', now(), '', '', '');
INSERT INTO reservation (tenant_id, lot_id, number, location_id, sales_order_id, order_line_number, quantity, expires_at, operation_id)
    SELECT 1, 5000001 + n % 400, 1 + n / 400, 6000001 + n / 400 % 40, 7000001 + n / 400 % 40, 10, 1 + n % 2, now() + n * interval '1 second', 8000000
    FROM generate_series(0, 19999) AS n;
`

// A page of reservations is read by index, whatever it is of, also where there were none
// when its plan was made: only those of a lot are all read, and sorted.
func TestAPageOfReservationsIsReadByIndex(t *testing.T) {
	t.Parallel()
	d := newReserving(t)
	conn, err := d.DB.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	for _, sql := range []string{"PREPARE reservations AS " + queries.ReservationList, "EXECUTE reservations (1, 0, 0, 0, '1970-01-01', 0, 0, 0, '', 101)"} {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	owner, err := pgx.Connect(t.Context(), d.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = owner.Close(context.Background()) }()
	run := func(sql string) {
		t.Helper()
		if _, err := owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	run("SET session_replication_role = replica") // foreign keys are not what is looked at
	run(manyReservations)
	for _, analyzed := range []bool{false, true} {
		if analyzed {
			run("ANALYZE")
		}
		for name, c := range map[string]struct{ execute, index string }{
			"all":                      {"(1, 0, 0, 0, '1970-01-01', 0, 0, 0, '', 101)", "reservation_expiry_idx"},
			"in the middle":            {"(1, 0, 0, 0, now() + interval '2 hours', 5000001, 1, 6000001, 'active', 101)", "reservation_expiry_idx"},
			"for an order":             {"(1, 7000020, 0, 0, now() + interval '2 hours', 5000001, 1, 6000001, '', 101)", "reservation_order_idx"},
			"for an order, at a place": {"(1, 7000020, 0, 6000020, '1970-01-01', 0, 0, 0, '', 101)", "reservation_order_idx"},
			"at a place":               {"(1, 0, 0, 6000020, now() + interval '2 hours', 5000001, 1, 6000001, '', 101)", "reservation_location_idx"},
			"of a lot":                 {"(1, 0, 5000020, 0, '1970-01-01', 0, 0, 0, '', 101)", "reservation_pkey"},
			"of a lot, at a place":     {"(1, 0, 5000020, 6000020, '1970-01-01', 0, 0, 0, '', 101)", "reservation_pkey"},
		} {
			most, text := dbtest.Plan(t, conn.Conn(), "EXECUTE reservations "+c.execute)
			if most > 250 || most == 0 {
				t.Errorf("%s (analyzed: %v): a step with %d rows\n%s", name, analyzed, most, text)
			}
			if !strings.Contains(text, c.index) || strings.Contains(text, "Seq Scan") {
				t.Errorf("%s (analyzed: %v) is not read out of %s:\n%s", name, analyzed, c.index, text)
			}
		}
	}
}
