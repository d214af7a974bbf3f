package lineage_test

import (
	"maps"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
)

// As the goods stood at a moment is what the operations made that had occurred by then,
// in whatever order they were recorded, and of those the ones that were known, where both
// are asked about.
func TestAsOf(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	var tenant atomic.Int64
	tenant.Store(100)
	rapid.Check(t, func(r *rapid.T) {
		g, _ := lineagetest.Random(r)
		minute := rapid.IntRange(0, 9)
		world := lineagetest.LoadAt(t, db, tenant.Add(1), g, func(int) time.Time {
			return lineagetest.Began.Add(time.Duration(minute.Draw(r, "minute")) * time.Minute)
		})
		all := len(world.Happened)
		sealed, err := ledger.Seal(t.Context(), db, world.TenantID)
		if err != nil || sealed.Entries != all {
			r.Fatalf("%+v, %v, want %d entries", sealed, err, all)
		}
		for _, asOf := range rapid.SliceOfNDistinct(minute, 1, 3, rapid.ID).Draw(r, "as of") {
			moment, known, index := lineagetest.Began.Add(time.Duration(asOf)*time.Minute), (*lineage.LogPosition)(nil), all
			if rapid.Bool().Draw(r, "known too") {
				index = rapid.IntRange(1, all).Draw(r, "index")
				known = &lineage.LogPosition{Index: int64(index), SealedAt: &sealed.SealedAt}
			}
			var by []lineagetest.Graph
			for i, did := range world.Happened[:index] {
				if !world.Occurred[i].After(moment) {
					by = append(by, did)
				}
			}
			then := lineagetest.Join(by)
			seeds := slices.Sorted(maps.Keys(then.Lots()))
			if len(seeds) == 0 {
				continue
			}
			for _, direction := range directions {
				a := ask{seed: rapid.SampledFrom(seeds).Draw(r, "seed"), direction: direction, known: known, asOf: &moment}
				a.maxDepth = rapid.Int32Range(0, 3).Draw(r, "depth")
				compare(r, db, world, then, a, rapid.IntRange(1, 4).Draw(r, "chunk"), rapid.IntRange(3, 9).Draw(r, "part"))
			}
		}
	})
}
