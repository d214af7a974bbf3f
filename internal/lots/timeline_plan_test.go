package lots_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/queries"
)

// exec carries a statement out as the database's owner.
func (s *store) exec(sql string, args ...any) {
	s.t.Helper()
	conn, err := pgx.Connect(s.t.Context(), s.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = conn.Close(s.t.Context()) }()
	if _, err := conn.Exec(s.t.Context(), sql, args...); err != nil {
		s.t.Fatalf("%s: %v", sql, err)
	}
}

// moveOften has a lot moved between two places so many times, a microsecond apart, past
// the ledger.
func (s *store) moveOften(lot string, times int) {
	s.t.Helper()
	s.exec(`INSERT INTO operation (tenant_id, operation_id, kind, occurred_at, recorded_at, principal, request_id, reason)
		SELECT 1, 5000000 + n, 'transfer', now(), now() + n * interval '1 microsecond', 'mover', '', '' FROM generate_series(1, $1::int) AS n`, times)
	s.exec(`INSERT INTO movement (tenant_id, movement_id, operation_id, kind, lot_id, quantity, from_location_id, to_location_id, entered_quantity, entered_unit, occurred_at, recorded_at)
		SELECT 1, 5000000 + n, 5000000 + n, 'transfer', lot.lot_id, 1, CASE n % 2 WHEN 1 THEN dock.location_id ELSE shelf.location_id END,
		       CASE n % 2 WHEN 1 THEN shelf.location_id ELSE dock.location_id END, 1, 'KGM', now(), operation.recorded_at
		FROM generate_series(1, $1::int) AS n, operation, lot, location AS dock, location AS shelf
		WHERE operation.operation_id = 5000000 + n AND lot.lot_code = $2 AND dock.code = 'DOCK-1' AND shelf.code = 'SHELF-1'`, times, lot)
	s.exec(`INSERT INTO unlogged (tenant_id, operation_id, recorded_at) SELECT tenant_id, operation_id, recorded_at FROM operation WHERE operation_id > 5000000`)
}

// A page of a lot costs what is on it, wherever it lies among 10,000 movements, also
// where the tables were empty when its plan was made.
func TestAPageCostsWhatIsOnIt(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.ReceiveLot(t, apitest.Flour, "L1", "10", "KGM", apitest.Dock)
	conn, err := s.DB.Acquire(t.Context())
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
	run("PREPARE timeline (bigint, bigint, timestamptz, bigint, bigint, timestamptz, bigint, bigint, bigint, integer, integer) AS " + queries.TimelineListMovement)
	run("PREPARE movements (bigint, bigint, timestamptz, bigint, bigint, integer) AS " + queries.LotListMovement)
	const empty = "1, 0, '2000-01-01', 0, 0"
	run("EXECUTE timeline (" + empty + ", '2999-01-01', 0, 0, NULL, 1, 101)")
	run("EXECUTE movements (" + empty + ", 101)")

	const moved, page = 10_000, 100
	s.moveOften("L1", moved)
	s.Sealed(t)
	var lotID int64
	var middle string
	if err := conn.QueryRow(t.Context(), "SELECT lot_id, (SELECT recorded_at FROM operation WHERE operation_id = 5005000)::text FROM lot WHERE lot_code = 'L1'").Scan(&lotID, &middle); err != nil {
		t.Fatal(err)
	}
	for _, analyzed := range []bool{false, true} {
		if analyzed {
			s.exec("ANALYZE")
		}
		for name, execute := range map[string]string{
			"first":               "timeline (1, %d, '1970-01-01', 0, 0, '9999-01-01', 0, 0, NULL, 1, 101)",
			"last":                "timeline (1, %d, '1970-01-01', 0, 0, '9999-01-01', 0, 0, NULL, -1, 101)",
			"in the middle":       "timeline (1, %d, 'MIDDLE', 0, 0, '9999-01-01', 0, 0, NULL, 1, 101)",
			"back from there":     "timeline (1, %d, '1970-01-01', 0, 0, 'MIDDLE', 0, 0, NULL, -1, 101)",
			"known":               "timeline (1, %d, 'MIDDLE', 0, 0, '9999-01-01', 0, 0, 1000000, 1, 101)",
			"movements":           "movements (1, %d, '1970-01-01', 0, 0, 101)",
			"movements in middle": "movements (1, %d, 'MIDDLE', 0, 0, 101)",
		} {
			var text []byte
			err := conn.QueryRow(t.Context(), "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE "+strings.ReplaceAll(fmt.Sprintf(execute, lotID), "MIDDLE", middle), pgx.QueryExecModeSimpleProtocol).Scan(&text)
			if err != nil {
				t.Fatal(err)
			}
			var plans []struct {
				Plan struct {
					Hit  int     `json:"Shared Hit Blocks"`
					Read int     `json:"Shared Read Blocks"`
					Rows float64 `json:"Actual Rows"`
				}
			}
			if err := json.Unmarshal(text, &plans); err != nil {
				t.Fatal(err)
			}
			// A row and what belongs to it are a handful of look-ups by key.
			plan, most := plans[0].Plan, (page+1)*25
			if plan.Rows != page+1 || plan.Hit+plan.Read > most || !strings.Contains(string(text), `"movement_lot_idx"`) {
				t.Errorf("%s (analyzed: %v): %v rows out of %d blocks, want %d out of at most %d:\n%s", name, analyzed, plan.Rows, plan.Hit+plan.Read, page+1, most, text)
			}
		}
	}
	// And it is right: everything, both ways, in pages.
	for _, backward := range []bool{false, true} {
		entries := s.timeline(&pb.GetLotTimelineRequest{Sku: apitest.Flour, LotCode: "L1", NewestFirst: backward}, 999)
		if len(entries) != moved+1 {
			t.Fatalf("%d entries, want %d", len(entries), moved+1)
		}
		for i, e := range entries[1:moved] {
			if e.OnHandBefore.Value != "10" || e.OnHandAfter.Value != "10" || e.RecordedAt.AsTime().Equal(entries[i].RecordedAt.AsTime()) || e.RecordedAt.AsTime().Before(entries[i].RecordedAt.AsTime()) != backward {
				t.Fatalf("entry %d of %v after %v", i+1, e, entries[i])
			}
		}
	}
	// What kinds leave out is passed over a part at a time, and counted.
	for _, backward := range []bool{false, true} {
		req := &pb.GetLotTimelineRequest{Sku: apitest.Flour, LotCode: "L1", NewestFirst: backward, Kinds: []pb.OperationKind{pb.OperationKind_OPERATION_KIND_RECEIPT}}
		var found []string
		pages := 0
		for {
			resp, err := s.Lots.GetLotTimeline(t.Context(), req)
			must(t, resp, err)
			pages++
			found = append(found, tellEntries(resp.Entries)...)
			if req.PageToken = resp.NextPageToken; req.PageToken == "" {
				break
			}
		}
		if len(found) != 1 || !strings.HasPrefix(found[0], "RECEIPT 0>10: ") || pages < 10 || pages > 12 {
			t.Errorf("backward %v: %q in %d pages", backward, found, pages)
		}
	}
	dbtest.CheckLog(t, s.DB)
}
