package dbtest

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/pg"
)

// unstocked finds lots that say that there is something of them where there is nothing,
// or the other way round.
const unstocked = `
SELECT item.sku || '/' || lot.lot_code || CASE WHEN lot.stocked THEN ' is stocked, and empty' ELSE ' is not stocked, and not empty' END
FROM lot
JOIN item USING (tenant_id, item_id)
WHERE lot.stocked <> EXISTS (SELECT FROM balance WHERE balance.tenant_id = lot.tenant_id AND balance.lot_id = lot.lot_id AND balance.on_hand > 0)
ORDER BY 1`

// checkStocked checks that lots know whether there is anything of them: what is first
// expired, first out is read from those alone that say so.
func checkStocked(t testing.TB, db *pg.DB) {
	t.Helper()
	rows, err := db.Query(context.Background(), unstocked)
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
