package bench_test

import (
	"io"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/bench"
)

// A script that writes other rows than the service, or a query that finds others, is
// no measure of it. Here the database does something else for the one than for the
// other, by the role that it works as.
func TestWhatDiffersIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ part, sql, says string }{
		"the script writes less": {bench.Postings, `
			CREATE FUNCTION drop_bare() RETURNS trigger LANGUAGE plpgsql AS $$
			BEGIN IF current_user = 'lottrail_service' THEN RETURN NEW; END IF; RETURN NULL; END $$;
			CREATE TRIGGER drop_bare BEFORE INSERT ON receipt_variance FOR EACH ROW EXECUTE FUNCTION drop_bare();`,
			"the service writes"},
		"the statement holds less": {bench.Recall, `
			CREATE FUNCTION drop_bare() RETURNS trigger LANGUAGE plpgsql AS $$
			BEGIN IF current_user = 'lottrail_service' OR NEW.run_id % 2 = 0 THEN RETURN NEW; END IF; RETURN NULL; END $$;
			CREATE TRIGGER drop_bare BEFORE INSERT ON recall_run FOR EACH ROW EXECUTE FUNCTION drop_bare();`,
			"the bare statement"},
		"the query finds less": {bench.Traces, `
			ALTER TABLE balance ENABLE ROW LEVEL SECURITY;
			CREATE POLICY little ON balance TO lottrail_service USING (on_hand < 5000);`,
			"lots"},
		"the query holds more": {bench.Warehouse, `
			ALTER TABLE hold ENABLE ROW LEVEL SECURITY;
			CREATE POLICY none ON hold TO lottrail_service USING (false);`,
			"proposes otherwise"},
		"the query lists more": {bench.Warehouse, `
			ALTER TABLE item ENABLE ROW LEVEL SECURITY;
			CREATE POLICY little ON item TO lottrail_service USING (sku <> 'STOCK-05');`,
			"tells of"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := apitest.Start(t)
			conn, err := pgx.Connect(t.Context(), api.URL)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close(t.Context())
			if _, err := conn.Exec(t.Context(), c.sql); err != nil {
				t.Fatal(err)
			}
			_, err = bench.Run(t.Context(), bench.Target{GRPC: api.GRPC, Database: api.URL}, tiny(c.part), bench.NewProgress(io.Discard, false))
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("ended with %v, want %q", err, c.says)
			}
		})
	}
}
