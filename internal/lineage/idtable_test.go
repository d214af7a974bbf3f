package lineage_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/lottrail/lottrail/internal/lineage"
)

// Whatever ids there are, near each other or far apart, what is kept of each is what
// was kept last.
func TestIDTable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		table, kept := &lineage.NodeTable{}, map[int64]lineage.Node{}
		base := rapid.SampledFrom([]int64{0, 1 << 16, 1<<40 - 50, math.MaxInt64 - 1_000_000}).Draw(r, "base")
		id := rapid.Int64Range(0, rapid.SampledFrom([]int64{5, 300, 1_000_000}).Draw(r, "spread"))
		for range rapid.IntRange(0, 300).Draw(r, "times") {
			id := base + id.Draw(r, "id")
			if got := table.Get(id); got != kept[id] {
				r.Fatalf("%d is %+v, want %+v", id, got, kept[id])
			}
			if rapid.Bool().Draw(r, "marking") {
				mark := rapid.SampledFrom(lineage.AllMarks).Draw(r, "mark")
				n := kept[id]
				if fresh := table.Mark(id, mark); fresh != n.Add(mark) {
					r.Fatalf("mark %d of %d: fresh = %t", mark, id, fresh)
				}
				kept[id] = n
				continue
			}
			n := lineage.NewNode(rapid.Int32().Draw(r, "ref"), rapid.Uint16().Draw(r, "unit"), rapid.SampledFrom(lineage.AllMarks).Draw(r, "mark"))
			table.Put(id, n)
			kept[id] = n
		}
		for id, want := range kept {
			if got := table.Get(id); got != want {
				r.Fatalf("at the end %d is %+v, want %+v", id, got, want)
			}
		}
		if table.Size() != len(kept) {
			r.Fatalf("size %d, want %d", table.Size(), len(kept))
		}
		for _, mark := range lineage.AllMarks {
			var marked []int64
			for id, n := range kept {
				if !n.Add(mark) {
					marked = append(marked, id)
				}
			}
			slices.Sort(marked)
			if got := table.With(mark); !slices.Equal(got, marked) {
				r.Fatalf("mark %d have %d, want %d", mark, got, marked)
			}
		}
	})
}

// A page that has every id there is has no slot to spare, and none too many.
func TestFullIDTable(t *testing.T) {
	t.Parallel()
	var table lineage.NodeTable
	const n = 200_000
	for id := range int64(n) {
		if !table.Mark(id, lineage.AllMarks[0]) {
			t.Fatalf("%d was there", id)
		}
	}
	for id := range int64(n) {
		if table.Mark(id, lineage.AllMarks[0]) {
			t.Fatalf("%d was not there", id)
		}
	}
	if table.Get(n) != (lineage.Node{}) || table.Get(1<<50) != (lineage.Node{}) || table.Size() != n {
		t.Errorf("%d ids, and %+v beyond them", table.Size(), table.Get(n))
	}
}

// A million lots take some ten bytes each, whether there is nothing between their ids
// or, as where one process writes everything, the ids of much else.
func TestIDTableIsSmall(t *testing.T) {
	t.Parallel()
	for _, step := range []int64{1, 2, 10, 25} {
		var table lineage.NodeTable
		const n = 1_000_000
		for i := range int64(n) {
			table.Mark(5_000_000+i*step+i%step, lineage.AllMarks[0])
		}
		if bytes := table.Bytes() / n; bytes > 15 {
			t.Errorf("one id in %d: %d bytes each", step, bytes)
		} else {
			t.Logf("one id in %d: %d bytes each", step, bytes)
		}
	}
}
