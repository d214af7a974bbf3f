package pg_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"errors"

	"github.com/lottrail/lottrail/internal/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// The service's role may add to the ledger and never change it.
func TestServiceRoleCannotChangeTheLedger(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	for table, column := range map[string]string{"operation": "kind", "movement": "kind", "output_share": "share"} {
		for _, statement := range []string{"UPDATE " + table + " SET " + column + " = " + column, "DELETE FROM " + table, "TRUNCATE " + table + " CASCADE"} {
			_, err := db.Exec(context.Background(), statement)
			var e *pgconn.PgError
			if !errors.As(err, &e) || e.Code != "42501" {
				t.Errorf("%s: %v, want 42501 insufficient_privilege", statement, err)
			}
		}
	}
	// RESET ROLE would undo it: what matters is that the service never does.
	var role string
	if err := db.QueryRow(context.Background(), "SELECT current_user").Scan(&role); err != nil || role != "lottrail_service" {
		t.Errorf("current_user = %q, %v", role, err)
	}
}
