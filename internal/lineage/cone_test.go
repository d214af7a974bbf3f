package lineage_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

func TestCone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, graph, from, want string }{
		{"alone", "mill -> a/1 9", "a/1", "a/1"},
		{"shipped only", "mill -> a/1 9\n a/1 5 => shop", "a/1", "a/1"},
		{"chain", "mill -> a/1 9\n r#1: a/1 5 -> b/1 5\n r#2: b/1 4 -> c/1 4", "a/1", "a/1 b/1 c/1 r#1 r#2"},
		{"not backward", "mill -> a/1 9 + x/1 9\n r#1: a/1 5 + x/1 1 -> b/1 5\n r#2: x/1 4 -> c/1 4", "a/1", "a/1 b/1 r#1"},
		{"no output yet", "mill -> a/1 5\n open r#1: a/1 5 ->", "a/1", "a/1 r#1"},
		{"diamond", "mill -> a/1 10\n r#1: a/1 1 -> b/1 5\n r#2: a/1 2 -> c/1 5\n r#3: b/1 1 + c/1 1 -> d/1 5", "a/1", "a/1 b/1 c/1 d/1 r#1 r#2 r#3"},
		{"loop", "mill -> a/1 10\n r#1: a/1 1 + c/1 1 -> b/1 5 + x/1 1\n r#2: b/1 1 -> c/1 5", "c/1", "b/1 c/1 r#1 r#2 x/1"},
		{"two lots", "mill -> a/1 9 + a/2 9\n r#1: a/1 5 -> b/1 5\n r#2: a/2 4 -> b/2 4", "a/1 a/2", "a/1 a/2 b/1 b/2 r#1 r#2"},
		{"a run", "mill -> a/1 9\n r#1: a/1 5 -> b/1 5\n r#2: b/1 4 -> c/1 4", "r#1", "b/1 c/1 r#1 r#2"},
		{"a run and a lot", "mill -> a/1 9 + a/2 9\n r#1: a/1 5 -> b/1 5\n r#2: a/2 4 -> b/2 4", "r#1 a/2", "a/2 b/1 b/2 r#1 r#2"},
		{"nothing", "mill -> a/1 9", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			db := dbtest.Open(t)
			world := lineagetest.Load(t, db, 1, parse(t, c.graph))
			if got := cone(t, db, world, strings.Fields(c.from)...); got != c.want {
				t.Errorf("cone %q, want %q", got, c.want)
			}
		})
	}
}

// Whatever the graph, the cone is what a plain search in memory finds.
func TestRandomCones(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	var tenant atomic.Int64
	tenant.Store(100)
	rapid.Check(t, func(r *rapid.T) {
		g, lots := lineagetest.Random(r)
		world := lineagetest.Load(t, db, tenant.Add(1), g)
		seeds := rapid.SliceOfNDistinct(rapid.SampledFrom(lots), 1, 3, rapid.ID[string]).Draw(r, "seeds")
		if got, want := cone(t, db, world, seeds...), search(g, seeds); got != want {
			r.Fatalf("cone of %v is %q, want %q", seeds, got, want)
		}
	})
}

// A frontier is asked for in several queries where it is wide.
func TestWideCone(t *testing.T) {
	t.Parallel()
	var g lineagetest.Graph
	g.Receipts = []lineagetest.Receipt{{Supplier: "mill", Amount: lineagetest.Amount{Lot: "a/1", Quantity: 1}}}
	for i := range 7 {
		run := lineagetest.Run{Name: fmt.Sprintf("r#%d", i)}
		for j := range 700 {
			run.Out = append(run.Out, lineagetest.Amount{Lot: fmt.Sprintf("b/%d-%d", i, j), Quantity: 1})
		}
		g.Runs = append(g.Runs, run)
	}
	db := dbtest.Open(t)
	world := lineagetest.Load(t, db, 1, g)
	var from []int64
	for _, id := range world.LotIDs {
		from = append(from, id)
	}
	lots, runs, err := lineage.Cone(t.Context(), db, 1, from, runIDs(t, db, world)["r#3"])
	if err != nil || len(lots) != 4901 || len(runs) != 1 || !slices.IsSorted(lots) {
		t.Errorf("%d lots, %d runs, %v; want 4901 sorted, 1", len(lots), len(runs), err)
	}
}

// cone names what is in a cone, in order.
func cone(t testing.TB, db *pg.DB, world *lineagetest.World, from ...string) string {
	t.Helper()
	names, runs := map[int64]string{}, runIDs(t, db, world)
	for name, id := range world.LotIDs {
		names[id] = name
	}
	var fromLots, fromRuns []int64
	for _, name := range from {
		if ids, ok := runs[name]; ok {
			fromRuns = append(fromRuns, ids...)
		} else {
			fromLots = append(fromLots, world.LotIDs[name])
		}
	}
	lots, found, err := lineage.Cone(t.Context(), db, world.TenantID, fromLots, fromRuns)
	if err != nil {
		t.Fatal(err)
	}
	for name, ids := range runs {
		names[ids[0]] = name
	}
	var got []string
	for _, id := range append(lots, found...) {
		got = append(got, names[id])
	}
	slices.Sort(got)
	return strings.Join(got, " ")
}

// runIDs are a world's runs by name.
func runIDs(t testing.TB, db *pg.DB, world *lineagetest.World) map[string][]int64 {
	t.Helper()
	ids := map[string][]int64{}
	const named = `
		SELECT production_order.code || '#' || run.code, run_id
		FROM run JOIN production_order USING (tenant_id, production_order_id) WHERE tenant_id = $1`
	rows, err := db.Query(t.Context(), named, world.TenantID) //nolint:rowserrcheck // ForEachRow checks it
	if err != nil {
		t.Fatal(err)
	}
	var name string
	var id int64
	_, err = pgx.ForEachRow(rows, []any{&name, &id}, func() error {
		ids[name] = []int64{id}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// search is the cone as a plain search finds it.
func search(g lineagetest.Graph, seeds []string) string {
	found := map[string]bool{}
	var visit func(lot string)
	visit = func(lot string) {
		if found[lot] {
			return
		}
		found[lot] = true
		for _, run := range g.Runs {
			if !slices.ContainsFunc(run.In, func(in lineagetest.Amount) bool { return in.Lot == lot }) {
				continue
			}
			found[run.Name] = true
			for _, out := range run.Out {
				visit(out.Lot)
			}
		}
	}
	for _, seed := range seeds {
		visit(seed)
	}
	return strings.Join(slices.Sorted(maps.Keys(found)), " ")
}

// However wide a frontier is against the tables, and whatever was planned when
// they were empty, each of its ids is looked up in the index that has the answer,
// under the planner's ordinary settings.
func TestConePlans(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dbtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	reads := []struct {
		sql, index string
		first      int
	}{
		{queries.LineageConeRunList, "movement_consumption_lot_idx", 100001},
		{queries.LineageConeLotList, "movement_output_run_idx", 20001},
	}
	for i, r := range reads {
		if _, err := conn.Exec(ctx, fmt.Sprintf("PREPARE c%d (bigint[], bigint) AS %s", i, r.sql)); err != nil {
			t.Fatal(err)
		}
	}
	for _, statement := range []string{stockedPlant, "VACUUM ANALYZE"} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	for i, r := range reads {
		for _, mode := range []string{"force_custom_plan", "force_generic_plan"} {
			for _, n := range []int{1, 10, 2000} {
				plan := explainAs(t, conn, mode, fmt.Sprintf("EXECUTE c%d ('{%s}', 1)", i, numbers(r.first, n)))
				if !strings.Contains(plan, "Index Only Scan using "+r.index) || strings.Contains(plan, "Seq Scan") {
					t.Errorf("%s, %d:\n%s", mode, n, plan)
				}
			}
		}
	}
}

// explainAs explains a statement as planned in a mode.
func explainAs(t *testing.T, conn *pgx.Conn, mode, statement string) string {
	t.Helper()
	if _, err := conn.Exec(t.Context(), "SET plan_cache_mode = "+mode); err != nil {
		t.Fatal(err)
	}
	rows, err := conn.Query(t.Context(), "EXPLAIN "+statement, pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}
