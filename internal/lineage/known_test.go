package lineage_test

import (
	"maps"
	"slices"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
)

// Known at an index of the log is what the operations up to there made, whatever
// came after them: from every lot that was known then, every way, the walk finds
// what a search finds in the graph as it was.
func TestKnownAt(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	var tenant atomic.Int64
	tenant.Store(100)
	rapid.Check(t, func(r *rapid.T) {
		g, _ := lineagetest.Random(r)
		world := lineagetest.Load(t, db, tenant.Add(1), g)
		sealed, err := ledger.Seal(t.Context(), db, world.TenantID)
		if err != nil || sealed.Entries != len(world.Happened) {
			r.Fatalf("%+v, %v, want %d entries", sealed, err, len(world.Happened))
		}
		for _, index := range rapid.SliceOfNDistinct(rapid.IntRange(1, len(world.Happened)), 1, min(3, len(world.Happened)), rapid.ID).Draw(r, "indexes") {
			then := lineagetest.Join(world.Happened[:index])
			seeds := slices.Sorted(maps.Keys(then.Lots()))
			if len(seeds) == 0 {
				continue // only runs were started
			}
			known := &lineage.LogPosition{Index: int64(index), SealedAt: &sealed.SealedAt}
			for _, direction := range directions {
				a := ask{seed: rapid.SampledFrom(seeds).Draw(r, "seed"), direction: direction, known: known}
				a.maxDepth = rapid.Int32Range(0, 3).Draw(r, "depth")
				if rapid.IntRange(0, 3).Draw(r, "filtered") == 0 {
					a.items = []string{lineagetest.Item(rapid.SampledFrom(seeds).Draw(r, "item"))}
				}
				compare(r, db, world, then, a, rapid.IntRange(1, 4).Draw(r, "chunk"), rapid.IntRange(3, 9).Draw(r, "part"))
			}
		}
	})
}

// A walk tells how far the log goes in its snapshot, and what is not in it yet.
func TestLogPosition(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	world := lineagetest.Load(t, db, 1, parse(t, "mill -> a/1 10\n r#1: a/1 5 -> b/1 1"))
	q := lineage.Query{TenantID: 1, LotIDs: []int64{world.LotIDs["a/1"]}, Direction: lineage.Forward}
	position := func() lineage.LogPosition {
		parts := walk(t, db, q)
		return parts[len(parts)-1].Summary.Log
	}
	if got := position(); got != (lineage.LogPosition{Unlogged: int32(len(world.Happened))}) {
		t.Errorf("%+v, want all of it unlogged", got)
	}
	sealed, err := ledger.Seal(t.Context(), db, 1)
	if err != nil {
		t.Fatal(err)
	}
	if got := position(); got.Index != int64(len(world.Happened)) || !got.SealedAt.Equal(sealed.SealedAt) || got.Unlogged != 0 {
		t.Errorf("%+v, want all of it in the log at %s", got, sealed.SealedAt)
	}
}
