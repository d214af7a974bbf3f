package dbtest

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/pg"
)

// unreserved finds reservations that are not the sum of their changes, more reserved
// than there is, and lots that do not know of their reservations.
const unreserved = `
SELECT 'reservation ' || r.number || ' of lot ' || r.lot_id || ' has ' || r.quantity || ', and its changes are ' || coalesce(sum(c.quantity), 0)
FROM reservation AS r
LEFT JOIN reservation_change AS c USING (tenant_id, lot_id, number, location_id)
GROUP BY r.tenant_id, r.lot_id, r.number, r.location_id
HAVING r.quantity <> coalesce(sum(c.quantity), 0)
UNION ALL
SELECT sum(r.quantity) || ' of lot ' || r.lot_id || ' are reserved at ' || r.location_id || ', where ' || coalesce(max(balance.on_hand), 0) || ' are on hand'
FROM reservation AS r
LEFT JOIN balance USING (tenant_id, lot_id, location_id)
WHERE r.expires_at > now()
GROUP BY r.tenant_id, r.lot_id, r.location_id
HAVING sum(r.quantity) > coalesce(max(balance.on_hand), 0)
UNION ALL
SELECT 'lot ' || lot.lot_id || ' is reserved until ' || coalesce(lot.reserved_until::text, 'never') || ' and has had ' || lot.reservation_count
FROM lot
JOIN reservation AS r USING (tenant_id, lot_id)
WHERE lot.reservation_count < r.number OR r.quantity > 0 AND r.expires_at > now() AND lot.reserved_until IS DISTINCT FROM greatest(lot.reserved_until, r.expires_at)`

// checkReserved checks that what is reserved is there, and that lots say so: whoever
// takes of a lot looks for reservations only where it does.
func checkReserved(t testing.TB, db *pg.DB) {
	t.Helper()
	rows, err := db.Query(context.Background(), unreserved)
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	wrong, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	for _, line := range wrong {
		t.Error(line)
	}
}
