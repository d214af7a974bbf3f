package lineage_test

import (
	"fmt"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
)

func TestFilters(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	g := parse(t, bakery)
	world := lineagetest.Load(t, db, 1, g)
	all := len(world.Happened)
	for name, a := range map[string]ask{
		"under the site":                {places: []string{"SITE"}},
		"where all of it came":          {places: []string{"A"}},
		"where one lot was moved":       {places: []string{"B"}},
		"there, and of items":           {places: []string{"B"}, items: []string{"danish", "dough"}},
		"two that lie in each other":    {places: []string{"SITE", "B"}},
		"all of it":                     {from: 0, until: all},
		"receipts alone":                {from: 0, until: 3},
		"the middle":                    {from: 6, until: all - 6},
		"the end":                       {from: all - 6, until: all},
		"one operation":                 {from: 9, until: 10},
		"the middle, at a place":        {from: 6, until: all - 6, places: []string{"B"}},
		"the middle, to a depth":        {from: 6, until: all - 6, maxDepth: 1},
		"the middle, from several ends": {from: 6, until: all - 6, lots: []string{"danish/1", "butter/1"}, runs: []string{"dough#1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, seed := range []string{"flour/1", "danish/1"} {
				for _, direction := range directions {
					a.seed, a.direction = seed, direction
					compare(t, db, world, g, a, 2000, 250)
				}
			}
		})
	}
}

// Whatever the window and the places, the walk finds what a search in memory finds.
func TestRandomFilters(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	var tenant atomic.Int64
	tenant.Store(100)
	rapid.Check(t, func(r *rapid.T) {
		g, lots := lineagetest.Random(r)
		world := lineagetest.Load(t, db, tenant.Add(1), g)
		for _, direction := range directions {
			a := ask{direction: direction, seed: rapid.SampledFrom(lots).Draw(r, "seed")}
			if rapid.Bool().Draw(r, "in a window") {
				a.from = rapid.IntRange(0, len(world.Happened)-1).Draw(r, "from")
				a.until = rapid.IntRange(a.from+1, len(world.Happened)).Draw(r, "until")
			}
			if rapid.Bool().Draw(r, "somewhere") {
				a.places = []string{rapid.SampledFrom([]string{"SITE", "A", "B"}).Draw(r, "place")}
			}
			if rapid.IntRange(0, 2).Draw(r, "of an item") == 0 {
				a.items = []string{lineagetest.Item(rapid.SampledFrom(lots).Draw(r, "item"))}
			}
			a.maxDepth = rapid.Int32Range(0, 3).Draw(r, "depth")
			compare(r, db, world, g, a, rapid.IntRange(1, 4).Draw(r, "chunk"), rapid.IntRange(3, 9).Draw(r, "part"))
		}
	})
}

// Every movement of every lot that is shown comes once, each lot's in their order, in
// parts as small as the others; the rest is as without.
func TestMovements(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	world := lineagetest.Load(t, db, 1, parse(t, bakery))
	for _, direction := range directions {
		for _, chunk := range []int{1, 3, 2000} {
			q := lineage.Query{TenantID: 1, LotIDs: idsOf([]string{"flour/1"}, world.LotIDs), Direction: direction}
			lineage.Resize(&q, chunk, 5)
			plain, _ := gather(t, walk(t, db, q), 5)
			q.Detail = lineage.Movements
			parts := walk(t, db, q)
			if got, _ := gather(t, parts, 5); !reflect.DeepEqual(got, plain) {
				t.Errorf("with movements %+v\nwithout %+v", got, plain)
			}
			told, moved, last := map[string]int64{}, map[string]time.Time{}, int32(0)
			names, order, count := map[int32]string{}, []int32{}, 0
			for _, p := range parts {
				for _, l := range p.Lots {
					names[l.Ref] = l.SKU + "/" + l.LotCode
				}
				for _, m := range p.Movements {
					count++
					name := names[m.LotRef]
					if m.LotRef != last {
						order, last = append(order, m.LotRef), m.LotRef
					}
					if m.OccurredAt.Before(moved[name]) || m.Reversal || m.BaseUnit != lineagetest.Unit {
						t.Errorf("%s: %+v behind one of %s", name, m, moved[name])
					}
					moved[name] = m.OccurredAt
					var n int64
					if _, err := fmt.Sscan(m.Quantity.String(), &n); err != nil {
						t.Error(err)
					}
					told[strings.Join([]string{name, m.Kind, m.FromLocationCode, m.ToLocationCode, m.ReceiptCode, m.ShipmentCode, m.ProductionOrderCode + "#" + m.RunCode}, " ")] += n
				}
			}
			if len(order) != len(names) || len(moved) != len(names) {
				t.Errorf("movements of %d lots in %d goes, want each of %d in one", len(moved), len(order), len(names))
			}
			for what, want := range map[string]int64{
				"flour/1 receipt supplier A R-mill  #":       100,
				"flour/1 consumption A production   dough#1": 50,
				"flour/1 shipment A customer  S-4 #":         7,
				"flour/1 transfer A B   #":                   3,
			} {
				if told[what] != want {
					t.Errorf("%d of %q, want %d, in %v", told[what], what, want, told)
				}
			}
			if s := parts[len(parts)-1].Summary; s.Movements != int64(count) || !s.Complete() {
				t.Errorf("%+v, want %d movements", s, count)
			}
		}
	}
}

// A summary alone counts the same, and says that nothing was sent.
func TestSummaryAlone(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	world := lineagetest.Load(t, db, 1, parse(t, bakery))
	for _, direction := range directions {
		q := lineage.Query{TenantID: 1, LotIDs: idsOf([]string{"flour/1"}, world.LotIDs), Direction: direction, MaxDepth: 2}
		lineage.Resize(&q, 2, 3)
		full := walk(t, db, q)
		want := *full[len(full)-1].Summary
		q.Detail = lineage.SummaryAlone
		parts := walk(t, db, q)
		if len(parts) != 1 || len(parts[0].Lots)+len(parts[0].Runs)+len(parts[0].Edges)+len(parts[0].Receipts)+len(parts[0].Shipments) > 0 {
			t.Fatalf("%d parts, the first %+v", len(parts), parts[0])
		}
		got := *parts[0].Summary
		if got.Complete() || !strings.Contains(got.Statement, "all was counted and nothing sent") {
			t.Errorf("%+v", got)
		}
		got.Untold, got.Statement, got.ReadAt = false, want.Statement, want.ReadAt
		if !reflect.DeepEqual(got, want) {
			t.Errorf("counts %+v, want %+v", got, want)
		}
	}
}
