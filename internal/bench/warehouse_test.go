package bench_test

import (
	"io"
	"maps"
	"strings"
	"testing"

	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/bench"
	"github.com/lottrail/lottrail/internal/bench/plant"
	"github.com/lottrail/lottrail/internal/dbtest"
)

// What is in the hall is in the books, and pickers write what the script writes.
func TestWarehouse(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	report, err := bench.Run(t.Context(), bench.Target{GRPC: api.GRPC, Database: api.URL}, tiny(bench.Warehouse), bench.NewProgress(io.Discard, false))
	if err != nil {
		t.Fatal(err)
	}
	f := report.Warehouse
	if f.Balances != plant.MinLots || f.ItemLots != plant.MinLots/10 || f.Contents[1].Rows != f.Balances || f.Contents[0].Rows != 100 {
		t.Errorf("warehouse %+v", f)
	}
	for i, picks := range []int{4, 12} {
		if f.Proposals[i].Rows != picks {
			t.Errorf("%d picks, want %d", f.Proposals[i].Rows, picks)
		}
	}
	for _, r := range append(f.Proposals, f.Contents...) {
		if min(r.Service, r.Query) <= 0 || r.Ratio.Least > r.Ratio.Median || r.Ratio.Median > r.Ratio.Most {
			t.Errorf("%+v", r)
		}
	}
	pick := bench.Written{"request": 1, "operation": 1, "log": 1, "movement": 1, "transfer": 1}
	if want := map[string]bench.Written{"picks from one lot": pick, "proposals, then picks": pick}; !maps.EqualFunc(f.Pickers.PerCall, want, maps.Equal) {
		t.Errorf("rows a call %v, want %v", f.Pickers.PerCall, want)
	}
	var text strings.Builder
	err = report.Print(&text)
	for _, part := range []string{"an item with 100 lots", "a hall with 20 bins and 1,000 balances", "the first page", "proposals, then picks"} {
		if err != nil || !strings.Contains(text.String(), part) {
			t.Errorf("%v, no %q in\n%s", err, part, text.String())
		}
	}
	dbtest.Reconcile(t, api.DB)
	t.Log(text.String())
}
