package expiry_test

import (
	"fmt"
	"strings"
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/queries"
)

// A look costs what is past its last day or near it, and not what is in stock.
func TestALookCostsWhatIsDue(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.receive(t, milk, "LTR", auckland, &pb.ReceiptLine{ExpiryDate: "2030-01-31"}, "PAST-1", "PAST-2")
	h.receive(t, milk, "LTR", auckland, &pb.ReceiptLine{ExpiryDate: "2030-02-05"}, "NEAR")
	conn, err := h.DB.Acquire(t.Context())
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
	var site int64
	if err := conn.QueryRow(t.Context(), "SELECT location_id FROM location WHERE code = 'AKL'").Scan(&site); err != nil {
		t.Fatal(err)
	}
	run("PREPARE due (bigint, date[], bigint[], integer) AS " + queries.ExpiryListDue)
	execute := fmt.Sprintf("EXECUTE due (1, '{2030-02-01}', '{%d}', 5000)", site)
	run(execute)
	run("RESET ROLE")
	run(`INSERT INTO lot (tenant_id, lot_id, item_id, lot_code, inferred, supplier_id, supplier_lot_code, expiry_date, created_operation_id)
		SELECT 1, 5000000 + n, item_id, 'N' || n, false, supplier_id, '', DATE '2030-03-01' + n, created_operation_id
		FROM generate_series(1, 5000) AS n, lot WHERE lot_code = 'NEAR'`)
	run(`INSERT INTO balance (tenant_id, lot_id, location_id, on_hand)
		SELECT 1, 5000000 + n, location_id, 10 FROM generate_series(1, 5000) AS n, location WHERE code = 'AKL-1'`)
	for _, analyzed := range []bool{false, true} {
		if analyzed {
			run("ANALYZE")
		}
		most, text := dbtest.Plan(t, conn.Conn(), execute)
		if most > 20 || !strings.Contains(text, "lot_rotation_idx") || strings.Contains(text, "Seq Scan") {
			t.Errorf("analyzed %v: a step with %d rows\n%s", analyzed, most, text)
		}
	}
	run("SET ROLE lottrail_service")
	if got := look(t, h.DB, "2030-02-01T00:00:00Z"); got.Held != 2 || got.Alerted != 1 {
		t.Errorf("%+v, want 2 held and 1 told of", got)
	}
}
