package bench_test

import (
	"io"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/bench"
	"github.com/lottrail/lottrail/internal/dbtest"
)

// The timeline and the bare query tell the same, and the lot has in the end what it had.
func TestTimelines(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	report, err := bench.Run(t.Context(), bench.Target{GRPC: api.GRPC, Database: api.URL}, tiny(bench.Timelines), bench.NewProgress(io.Discard, false))
	if err != nil {
		t.Fatal(err)
	}
	f := report.Timelines
	if f.Movements <= 10_000 || len(f.Pages) != 4 || f.Pages[3].Rows != f.Movements {
		t.Errorf("timelines %+v", f)
	}
	for _, p := range f.Pages {
		if min(p.Service, p.Query) <= 0 || p.Ratio.Least > p.Ratio.Median || p.Ratio.Median > p.Ratio.Most || p.Rows < 100 {
			t.Errorf("timeline %+v", p)
		}
	}
	var text strings.Builder
	if err := report.Print(&text); err != nil || !strings.Contains(text.String(), "The timeline of a lot with 10,0") || !strings.Contains(text.String(), "one in the middle") {
		t.Errorf("%v\n%s", err, text.String())
	}
	api.Sealed(t)
	dbtest.CheckLog(t, api.DB)
	if conn, err := pgx.Connect(t.Context(), api.URL); err != nil {
		t.Error(err)
	} else {
		defer conn.Close(t.Context())
		if err := bench.Reconcile(t.Context(), conn); err != nil {
			t.Error(err)
		}
	}
	t.Log(text.String())
}
