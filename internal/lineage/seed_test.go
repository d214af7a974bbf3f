package lineage_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
	"github.com/lottrail/lottrail/internal/pg"
)

func TestSeeds(t *testing.T) {
	t.Parallel()
	const loop = "mill -> a/1 10\n r#1: a/1 1 + c/1 1 -> b/1 5 + x/1 1\n r#2: b/1 1 -> c/1 5\n c/1 1 => shop\n x/1 1 => kiosk"
	cases := []struct {
		name, graph, lots, runs, items string
		maxDepth                       int32
	}{
		{name: "far apart", graph: bakery, lots: "flour/2 butter/1"},
		{name: "one within the other's cone", graph: bakery, lots: "flour/1 danish/1"},
		{name: "one twice", graph: bakery, lots: "flour/1 flour/1"},
		{name: "a run", graph: bakery, runs: "dough#2"},
		{name: "a run in process", graph: bakery, runs: "roll#1"},
		{name: "a run without inputs", graph: "r#1: -> a/1 5\n a/1 1 => shop", runs: "r#1"},
		{name: "a run without outputs", graph: "mill -> a/1 5\n open r#1: a/1 5 ->", runs: "r#1"},
		{name: "a run of nothing", graph: "mill -> a/1 5\n open r#1: ->", runs: "r#1"},
		{name: "two runs, one behind the other", graph: bakery, runs: "dough#1 bake#1"},
		{name: "a run in a loop", graph: loop, runs: "r#1"},
		{name: "a run in a loop, its items hidden", graph: loop, runs: "r#1", items: "a"},
		{name: "a run and a lot of it", graph: bakery, runs: "dough#1", lots: "dough/1"},
		{name: "a run and lots elsewhere, to a depth", graph: bakery, runs: "dough#1", lots: "butter/1 danish/1", maxDepth: 1},
		{name: "seeds of other items than shown", graph: bakery, runs: "dough#2", lots: "butter/1", items: "danish"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := parse(t, c.graph)
			db := dbtest.Open(t)
			world := lineagetest.Load(t, db, 1, g)
			for _, direction := range directions {
				a := ask{lots: strings.Fields(c.lots), runs: strings.Fields(c.runs), direction: direction, maxDepth: c.maxDepth, items: strings.Fields(c.items)}
				compare(t, db, world, g, a, 2000, 250)
			}
		})
	}
}

// Whatever the seeds are, the walk finds what a search in memory finds.
func TestRandomSeeds(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	var tenant atomic.Int64
	tenant.Store(100)
	rapid.Check(t, func(r *rapid.T) {
		g, lots := lineagetest.Random(r)
		world := lineagetest.Load(t, db, tenant.Add(1), g)
		for _, direction := range directions {
			a := ask{direction: direction, lots: rapid.SliceOfN(rapid.SampledFrom(lots), 0, 4).Draw(r, "lots")}
			for _, run := range g.Runs {
				if rapid.IntRange(0, 3).Draw(r, "run") == 0 {
					a.runs = append(a.runs, run.Name)
				}
			}
			if len(a.lots)+len(a.runs) == 0 {
				continue
			}
			a.maxDepth = rapid.Int32Range(0, 3).Draw(r, "depth")
			if rapid.IntRange(0, 2).Draw(r, "filtered") == 0 {
				a.items = []string{lineagetest.Item(rapid.SampledFrom(lots).Draw(r, "item"))}
			}
			compare(r, db, world, g, a, rapid.IntRange(1, 4).Draw(r, "chunk"), rapid.IntRange(3, 9).Draw(r, "part"))
		}
	})
}

// A seed that is not there is no empty trace.
func TestSeedsOfOthers(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	world := lineagetest.Load(t, db, 1, parse(t, bakery))
	lineagetest.Load(t, db, 2, parse(t, "mill -> flour/1 5"))
	for _, q := range []lineage.Query{
		{LotIDs: idsOf([]string{"flour/1", "flour/2"}, world.LotIDs)},
		{RunIDs: idsOf([]string{"dough#1"}, world.RunIDs)},
	} {
		q.TenantID, q.Direction = 2, lineage.Forward
		err := db.Read(context.Background(), func(tx *pg.Snapshot) error {
			return lineage.Walk(context.Background(), tx, q, func(p *lineage.Part) error {
				t.Errorf("part %+v of another tenant's seed", p)
				return nil
			})
		})
		if err == nil {
			t.Errorf("walked from another tenant's seeds %+v", q)
		}
	}
}
