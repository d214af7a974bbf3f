package lineage_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
	"github.com/lottrail/lottrail/internal/pg"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// bakery has most of what happens: two suppliers of one lot code, a run that
// takes twice of a lot, a by-product, rework, an untracked item in between, a run
// in process and a shipment without an order.
const bakery = `
	mill -> flour/1 100 + flour/2 50
	well -> ~water/1 500
	dairy -> butter/1 40
	dough#1: flour/1 30 + flour/1 20 + ~water/1 10 -> dough/1 60 + scraps/1 5
	dough#2: flour/2 20 + ~water/1 10 + scraps/1 2 -> dough/2 30
	open roll#1: dough/1 30 + dough/2 10 + butter/1 10 -> ~sheet/1 50
	bake#1: ~sheet/1 40 -> danish/1 400 + crumbs/1 10
	dough#3: crumbs/1 8 + flour/1 10 -> dough/3 15
	danish/1 100 => café for SO-1
	danish/1 50 + dough/3 5 => kiosk
	dough/1 5 => café for SO-2
	flour/1 7 => kiosk
	move flour/1 3
`

func TestWalk(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, graph, seed string
		maxDepth          int32
		items             string
	}{
		{name: "alone", graph: "mill -> flour/1 10", seed: "flour/1"},
		{name: "chain", graph: "mill -> a/1 9\n r#1: a/1 5 -> b/1 5\n r#2: b/1 4 -> c/1 4\n r#3: c/1 3 -> d/1 3\n d/1 2 => shop", seed: "b/1"},
		{name: "diamond, reached twice", graph: "mill -> a/1 10\n r#1: a/1 1 -> b/1 5\n r#2: a/1 2 -> c/1 5\n r#3: b/1 1 + c/1 1 -> d/1 5\n d/1 1 => shop", seed: "a/1"},
		{name: "diamond, other end", graph: "mill -> a/1 10\n r#1: a/1 1 -> b/1 5\n r#2: a/1 2 -> c/1 5\n r#3: b/1 1 + c/1 1 -> d/1 5\n d/1 1 => shop", seed: "d/1"},
		{name: "short and long way", graph: "mill -> a/1 10\n r#1: a/1 1 -> b/1 5\n r#2: b/1 1 -> c/1 5\n r#3: a/1 1 + c/1 1 -> d/1 5", seed: "a/1"},
		{name: "rework", graph: "mill -> a/1 10\n r#1: a/1 1 + c/1 1 -> b/1 5 + x/1 1\n r#2: b/1 1 -> c/1 5\n c/1 1 => shop\n x/1 1 => kiosk", seed: "a/1"},
		{name: "rework, from within", graph: "mill -> a/1 10\n r#1: a/1 1 + c/1 1 -> b/1 5 + x/1 1\n r#2: b/1 1 -> c/1 5\n c/1 1 => shop\n x/1 1 => kiosk", seed: "c/1"},
		{name: "run takes back its own output", graph: "mill -> a/1 10\n r#1: a/1 5 + b/1 2 -> b/1 7\n b/1 1 => shop", seed: "b/1"},
		{name: "co-products", graph: "mill -> a/1 10\n r#1: a/1 5 -> b/1 1 + c/1 2 + d/1 3\n r#2: c/1 1 -> e/1 1", seed: "b/1"},
		{name: "taken twice", graph: "mill -> a/1 10\n r#1: a/1 5 + a/1 3 -> b/1 1", seed: "a/1"},
		{name: "same code on two items", graph: "mill -> a/1 10 + b/1 10\n r#1: a/1 5 -> c/1 1\n r#2: b/1 5 -> d/1 1", seed: "a/1"},
		{name: "two runs of an order", graph: "mill -> a/1 10 + a/2 10\n r#1: a/1 5 -> b/1 1\n r#2: a/2 5 -> b/2 1", seed: "a/1"},
		{name: "no input", graph: "r#1: -> a/1 5\n a/1 1 => shop", seed: "a/1"},
		{name: "no output yet", graph: "mill -> a/1 5\n open r#1: a/1 5 ->", seed: "a/1"},
		{name: "received twice", graph: "mill -> a/1 5\n farm -> a/1 6\n a/1 5 => shop", seed: "a/1"},
		{name: "bakery, from flour", graph: bakery, seed: "flour/1"},
		{name: "bakery, from water", graph: bakery, seed: "~water/1"},
		{name: "bakery, from danish", graph: bakery, seed: "danish/1"},
		{name: "bakery, from crumbs", graph: bakery, seed: "crumbs/1"},
		{name: "depth before the end", graph: bakery, seed: "flour/1", maxDepth: 1},
		{name: "depth inside", graph: bakery, seed: "flour/1", maxDepth: 2},
		{name: "depth at the end", graph: bakery, seed: "flour/1", maxDepth: 4},
		{name: "items", graph: bakery, seed: "flour/1", items: "danish"},
		{name: "items, seed among them", graph: bakery, seed: "danish/1", items: "danish flour"},
		{name: "items and depth", graph: bakery, seed: "~water/1", items: "dough crumbs", maxDepth: 3},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := parse(t, c.graph)
			db := dbtest.Open(t)
			world := lineagetest.Load(t, db, 1, g)
			for _, direction := range directions {
				compare(t, db, world, g, ask{seed: c.seed, direction: direction, maxDepth: c.maxDepth, items: strings.Fields(c.items)}, 2000, 250)
			}
		})
	}
}

var directions = []lineage.Direction{lineage.Forward, lineage.Backward, lineage.Both}

type ask struct {
	seed      string   // empty if there are others
	lots      []string // more seeds
	runs      []string // likewise
	direction lineage.Direction
	maxDepth  int32
	items     []string
	known     *lineage.LogPosition
	asOf      *time.Time
	places    []string
	// from and until are of operations, which are a minute apart; no window if both are 0.
	from, until int
}

// compare walks and holds what comes against a search in memory.
func compare(t tester, db *pg.DB, world *lineagetest.World, g lineagetest.Graph, a ask, chunk, part int) {
	t.Helper()
	q := lineage.Query{TenantID: world.TenantID, Direction: a.direction, MaxDepth: a.maxDepth, KnownAt: a.known, AsOf: a.asOf}
	seeds := a.lots
	if a.seed != "" {
		seeds = append(slices.Clip(seeds), a.seed)
	}
	q.LotIDs, q.RunIDs = idsOf(seeds, world.LotIDs), idsOf(a.runs, world.RunIDs)
	for _, item := range a.items {
		q.ItemIDs = append(q.ItemIDs, world.ItemIDs[item])
	}
	expect := lineagetest.Ask{
		Seed: a.seed, Lots: a.lots, Runs: a.runs, Forward: a.direction != lineage.Backward, Backward: a.direction != lineage.Forward,
		MaxDepth: int(a.maxDepth), Items: a.items, Places: a.places,
	}
	q.LocationIDs = idsOf(a.places, world.LocationIDs)
	if a.from != a.until {
		q.Window = &lineage.Window{Since: lineagetest.Began.Add(time.Duration(a.from+1) * time.Minute), Until: lineagetest.Began.Add(time.Duration(a.until+1) * time.Minute)}
		expect.Happened, expect.From, expect.Until = world.Happened, a.from, a.until
	}
	lineage.Resize(&q, chunk, part)
	parts := walk(t, db, q)
	got, summary := gather(t, parts, part)
	want := g.Expect(expect)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\n got %s\nwant %s", a, tell(got), tell(want))
	}
	if complete := want.Stopped+want.Hidden+want.Elsewhere+want.Outside == 0; summary.Complete() != complete || strings.HasPrefix(summary.Statement, "Complete:") != complete {
		t.Errorf("%+v: complete = %t, %q", a, summary.Complete(), summary.Statement)
	}
	for _, p := range parts {
		for _, e := range p.Edges {
			if a.asOf != nil && e.LastAt.After(*a.asOf) {
				t.Errorf("%+v: edge %+v", a, e)
			}
		}
	}
	if a.known != nil && summary.Log != *a.known {
		t.Errorf("%+v: known at %+v", a, summary.Log)
	}
}

// idsOf are the ids of names, sorted, each once.
func idsOf(names []string, all map[string]int64) (ids []int64) {
	for _, name := range names {
		ids = append(ids, all[name])
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func tell(a lineagetest.Answer) string {
	return strings.ReplaceAll(fmt.Sprintf("%+q\n     %d stopped, %d hidden, %d elsewhere, %d outside, %d customers, %d suppliers, %d open, depth %d", [][]string{a.Lots, a.Runs, a.Edges, a.Receipts, a.Shipments},
		a.Stopped, a.Hidden, a.Elsewhere, a.Outside, a.Customers, a.Suppliers, a.OpenRuns, a.MaxDepth), "] [", "]\n     [")
}

func parse(t testing.TB, text string) lineagetest.Graph {
	t.Helper()
	g, err := lineagetest.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func walk(t tester, db *pg.DB, q lineage.Query) []*lineage.Part {
	t.Helper()
	var parts []*lineage.Part
	err := db.Read(context.Background(), func(tx *pg.Snapshot) error {
		return lineage.Walk(context.Background(), tx, q, func(p *lineage.Part) error {
			parts = append(parts, p)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return parts
}

// An edge that was posted in two goes tells when the first and the last were,
// whichever end of it the walk came from.
func TestEdgeTimes(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	world := lineagetest.Load(t, db, 1, parse(t, "mill -> a/1 10\n r#1: a/1 5 + a/1 3 -> b/1 1"))
	for seed, direction := range map[string]lineage.Direction{"a/1": lineage.Forward, "b/1": lineage.Backward} {
		edges := 0
		for _, p := range walk(t, db, lineage.Query{TenantID: 1, LotIDs: []int64{world.LotIDs[seed]}, Direction: direction}) {
			for _, e := range p.Edges {
				edges++
				want := time.Duration(0)
				if e.Kind == lineage.Consumption {
					want = time.Minute
				}
				if took := e.LastAt.Sub(e.FirstAt); took != want {
					t.Errorf("from %s: an edge of kind %d from %s to %s, want %s", seed, e.Kind, e.FirstAt, e.LastAt, want)
				}
			}
		}
		if edges != 2 {
			t.Errorf("from %s: %d edges, want 2", seed, edges)
		}
	}
}

// What one tenant has, no other sees, down to the same codes.
func TestTenantsApart(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	one, other := parse(t, bakery), parse(t, "mill -> flour/1 5\n dough#1: flour/1 5 -> dough/9 5\n dough/9 5 => café")
	worlds := []*lineagetest.World{lineagetest.Load(t, db, 1, one), lineagetest.Load(t, db, 2, other)}
	for _, direction := range directions {
		compare(t, db, worlds[0], one, ask{seed: "flour/1", direction: direction}, 2000, 250)
		compare(t, db, worlds[1], other, ask{seed: "flour/1", direction: direction}, 2000, 250)
	}
	err := db.Read(context.Background(), func(tx *pg.Snapshot) error {
		q := lineage.Query{TenantID: 2, LotIDs: []int64{worlds[0].LotIDs["flour/1"]}, Direction: lineage.Forward}
		return lineage.Walk(context.Background(), tx, q, func(p *lineage.Part) error {
			t.Errorf("part %+v of another tenant's lot", p)
			return nil
		})
	})
	if err == nil {
		t.Error("walked from another tenant's lot")
	}
}

// The same snapshot gives the same sequence, and what emit says ends the walk.
func TestSequence(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	world := lineagetest.Load(t, db, 1, parse(t, bakery))
	q := lineage.Query{TenantID: 1, LotIDs: []int64{world.LotIDs["flour/1"]}, Direction: lineage.Both}
	lineage.Resize(&q, 2, 3)
	first, second := walk(t, db, q), walk(t, db, q)
	for i := range first {
		first[i].Seen, first[i].Summary = nil, nil
	}
	for i := range second {
		second[i].Seen, second[i].Summary = nil, nil
	}
	if !reflect.DeepEqual(first, second) {
		t.Error("two walks differ")
	}
	enough := errors.New("enough")
	calls := 0
	err := db.Read(context.Background(), func(tx *pg.Snapshot) error {
		return lineage.Walk(context.Background(), tx, q, func(*lineage.Part) error {
			if calls++; calls == 3 {
				return enough
			}
			return nil
		})
	})
	if !errors.Is(err, enough) || calls != 3 {
		t.Errorf("%d calls, %v", calls, err)
	}
}
