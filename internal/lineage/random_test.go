package lineage_test

import (
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
)

// Whatever the graph, the walk finds what a plain search in memory finds, from
// every lot, every way, with every filter, however the levels are cut into
// chunks and parts. The graphs share a database, each with a tenant of its own,
// and the same codes.
func TestRandomGraphs(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	var tenant atomic.Int64
	tenant.Store(100)
	rapid.Check(t, func(r *rapid.T) {
		g, lots := lineagetest.Random(r)
		world := lineagetest.Load(t, db, tenant.Add(1), g)
		for _, seed := range lots {
			for _, direction := range directions {
				a := ask{seed: seed, direction: direction}
				if rapid.Bool().Draw(r, "limited") {
					a.maxDepth = rapid.Int32Range(1, 4).Draw(r, "depth")
				}
				if rapid.Bool().Draw(r, "filtered") {
					a.items = rapid.SliceOfNDistinct(rapid.SampledFrom(lots), 1, 2, lineagetest.Item).Draw(r, "items")
					for i := range a.items {
						a.items[i] = lineagetest.Item(a.items[i])
					}
				}
				compare(r, db, world, g, a, rapid.IntRange(1, 4).Draw(r, "chunk"), rapid.IntRange(3, 9).Draw(r, "part"))
			}
		}
	})
}
