package bench_test

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/bench"
	"github.com/lottrail/lottrail/internal/bench/plant"
	"github.com/lottrail/lottrail/internal/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func tiny(parts ...string) bench.Options {
	return bench.Options{
		Shape: plant.Shape{Lots: plant.MinLots, Seed: 1}, Parts: parts,
		Duration: 20 * time.Millisecond, Rounds: 2, Repeats: 2, Recalls: 2, Clients: []int{1, 3}, Tracers: 6, Plan: true,
	}
}

// The service and the bare statements answer the same and write the same, or the
// whole fails. What it then says of itself is what was measured.
func TestRun(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	report, err := bench.Run(t.Context(), bench.Target{GRPC: api.GRPC, Database: api.URL}, tiny(bench.Usual()...), bench.NewProgress(io.Discard, false))
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Reconcile(t, api.DB)
	if p := report.Plant; p.Lots != plant.MinLots || p.Rows["lot"] != plant.MinLots || p.Loaded <= 0 {
		t.Errorf("plant %+v", p)
	}
	if m := report.Machine; m.CPUs < 1 || m.PostgreSQL == "" || m.Settings["fsync"] == "" || m.Database == 0 {
		t.Errorf("machine %+v", m)
	}
	checkTraces(t, report)
	checkCrowd(t, report.Crowd)
	checkPostings(t, report.Postings)
	if r := report.Recall; r.Lots < plant.MinLots/10 || r.Written["hold"] != float64(r.Lots) || r.Written["recall_run"] != float64(r.Runs) || r.Ratio.Least <= 0 ||
		r.PageBytes == 0 || min(r.Activation, r.Bare, r.PacketFirst, r.Packet, r.PageFirst, r.Page) <= 0 {
		t.Errorf("recall %+v", r)
	}
	checkPrinted(t, report)
}

func checkTraces(t *testing.T, report *bench.Report) {
	t.Helper()
	if len(report.Traces) != 2 {
		t.Fatalf("%d traces", len(report.Traces))
	}
	for i, f := range report.Traces {
		if reach := []int{report.Plant.HotReach, report.Plant.TypicalReach}[i]; f.Lots != reach || f.Edges < f.Lots || f.Shipments == 0 {
			t.Errorf("%s: %d lots, %d edges, %d shipments; it reaches %d", f.Lot, f.Lots, f.Edges, f.Shipments, reach)
		}
		if min(f.First, f.Behind, f.Whole, f.Query, f.IDs, f.Floor) <= 0 || f.First > f.Behind || f.Behind > f.Whole || f.Floor > f.Query || f.Ratio.Least > f.Ratio.Median || f.Ratio.Median > f.Ratio.Most || !strings.Contains(f.Plan, "Recursive Union") {
			t.Errorf("%s: %+v", f.Lot, f)
		}
	}
}

func checkCrowd(t *testing.T, f *bench.CrowdFigures) {
	t.Helper()
	if f.Clients != 3 || f.Alone.PerSecond <= 0 || f.Beside.PerSecond <= 0 || f.Beside.P99 < f.Beside.Median || f.Ratio.Least <= 0 || len(f.Traces) != 2 {
		t.Errorf("%+v", f)
	}
	for _, c := range f.Traces {
		// Two rounds, in each of which everybody had one at least.
		if c.Clients != 3 || c.Fewest < 2 || c.Done < 6 || c.Least <= 0 || c.Least > c.Median || c.Median > c.Most {
			t.Errorf("%+v", c)
		}
	}
}

func checkPostings(t *testing.T, f *bench.PostingFigures) {
	t.Helper()
	want := map[string]bench.Written{
		"receipts of 5 lots":    {"request": 1, "operation": 1, "log": 1, "receipt": 1, "receipt_line": 5, "receipt_variance": 5, "lot": 5, "balance": 5, "movement": 5},
		"runs of 4 lots into 1": {"request": 4, "operation": 4, "log": 4, "run": 1, "lot": 1, "balance": 1, "movement": 5, "rotation": 4},
		"shipments of 5 lots":   {"request": 1, "operation": 1, "log": 1, "shipment": 1, "shipment_line": 5, "movement": 5, "rotation": 5},
		"consuming one hot lot": {"request": 1, "operation": 1, "log": 1, "movement": 1, "rotation": 1},
	}
	if !maps.EqualFunc(f.PerCall, want, maps.Equal) {
		t.Errorf("rows a call %v, want %v", f.PerCall, want)
	}
	var names []string
	for _, k := range f.Kinds {
		names = append(names, k.Name)
		if k.Service <= 0 || k.Script <= 0 || k.Ratio.Median <= 0 || k.Median <= 0 || k.P99 < k.Median {
			t.Errorf("%+v", k)
		}
	}
	documents := []string{"receipts of 5 lots", "runs of 4 lots into 1", "shipments of 5 lots"}
	if !slices.Equal(names, append(slices.Concat(documents, documents), "consuming one hot lot")) {
		t.Errorf("measured %q", names)
	}
	if f.NoBench == "" && (f.PgBench[1] <= 0 || f.PgBench[3] <= 0) {
		t.Errorf("pgbench %v", f.PgBench)
	}
	if f.Unsealed > 0 {
		t.Errorf("%d are not in the log", f.Unsealed)
	}
}

func checkPrinted(t *testing.T, report *bench.Report) {
	t.Helper()
	var text strings.Builder
	if err := report.Print(&text); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"A plant of 1,000 lots", "whole ÷ query", "1.2 ", "2.0 ", "5 ms ", "service ÷ script", "beside ÷ alone", "fewest by one client", "activation ÷ bare", "Recursive Union", "movement 5"} {
		if !strings.Contains(text.String(), part) {
			t.Errorf("no %q in\n%s", part, text.String())
		}
	}
	encoded, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	var back struct {
		Traces []struct{ WholeMs float64 }
		Plant  struct{ Lots int }
	}
	if err := json.Unmarshal(encoded, &back); err != nil || back.Plant.Lots != plant.MinLots || back.Traces[0].WholeMs <= 0 {
		t.Errorf("as JSON: %+v, %v", back, err)
	}
}

// Whatever breaks the books is found, wherever it came from.
func TestChecksFindWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		sql   string
		check func(context.Context, *pgx.Conn) error
		says  string
	}{
		"a balance":     {"UPDATE balance SET on_hand = on_hand + 1 WHERE (lot_id, location_id) = (SELECT lot_id, location_id FROM balance LIMIT 1)", bench.Reconcile, "1 balances"},
		"a lost one":    {"DELETE FROM balance WHERE on_hand > 0", bench.Reconcile, "1000 balances"},
		"a movement":    {"DELETE FROM movement WHERE movement_id = (SELECT min(movement_id) FROM movement)", bench.Reconcile, "1 balances"},
		"a reference":   {"SET session_replication_role = replica; DELETE FROM run WHERE run_id = (SELECT min(run_id) FROM run)", bench.References, "movement_run_fkey"},
		"an order line": {"SET session_replication_role = replica; DELETE FROM sales_order_line WHERE line_number = 2", bench.References, "shipment_line_order_line_fkey"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, err := pgx.Connect(t.Context(), dbtest.URL(t))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close(context.Background())
			p, err := plant.Make(plant.Shape{Lots: plant.MinLots, Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := plant.Load(t.Context(), conn, p, func(string, int, int) {}); err != nil {
				t.Fatal(err)
			}
			if err := c.check(t.Context(), conn); err != nil {
				t.Fatalf("before: %v", err)
			}
			if _, err := conn.Exec(t.Context(), c.sql); err != nil {
				t.Fatal(err)
			}
			if err := c.check(t.Context(), conn); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("found %v, want %q", err, c.says)
			}
		})
	}
}
