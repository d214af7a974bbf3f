package lots_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/queries"
)

// A report of what expires costs what expires in the time asked about, and not what is
// in stock, also where the tables were empty when it was planned.
func TestAReportOfWhatExpiresCostsWhatExpires(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.receive(oil, "FIRST", "LTR", apitest.Dock, "2024-01-01", "2024-03-20")
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
	run("PREPARE stock (bigint, integer, date, boolean, date[], boolean, integer, text, text, text, text, bigint[], bigint, text) AS " + queries.ExpiryListStock)
	run("EXECUTE stock (1, 11, '-infinity', true, '{2000-01-01}', true, 30, '', '', '', '', '{0}', 0, '')")
	const lots, page = 10_000, 10
	s.stockUp(oil, lots)
	s.build(2000)
	var site int64
	if err := conn.QueryRow(t.Context(), "SELECT location_id FROM location WHERE code = 'PLANT'").Scan(&site); err != nil {
		t.Fatal(err)
	}
	// Ten lots have their last day on each day from the 1,010th on.
	for _, analyzed := range []bool{false, true} {
		if analyzed {
			s.exec("ANALYZE")
		}
		for name, c := range map[string]struct {
			execute string
			most    int
		}{
			"all that is past":        {"stock (1, 100, '-infinity', true, ARRAY[current_date], false, 0, '', '', '', '', '{%d}', 0, '')", 100},
			"a page of a window":      {"stock (1, 11, '-infinity', false, ARRAY[current_date], true, 1019, '', '', '', '', '{%d}', 0, '')", 200},
			"its last":                {"stock (1, 11, current_date + 1019, true, ARRAY[current_date], true, 1019, '', '', 'OIL', 'N1', '{%d}', 0, '')", 50},
			"a window of one item":    {"stock (1, 11, '-infinity', false, ARRAY[current_date], true, 1019, 'OIL', '', '', '', '{%d}', 0, '')", 200},
			"all of it, to sum it up": {"stock (1, 200001, '-infinity', true, ARRAY[current_date], true, 1019, '', '', '', '', '{%d}', 0, '')", 400},
		} {
			most, text := dbtest.Plan(t, conn.Conn(), "EXECUTE "+fmt.Sprintf(c.execute, site))
			if most > c.most || !strings.Contains(text, "lot_rotation_idx") || strings.Contains(text, "Seq Scan") {
				t.Errorf("%s (analyzed: %v): a step with %d rows\n%s", name, analyzed, most, text)
			}
		}
	}
}
