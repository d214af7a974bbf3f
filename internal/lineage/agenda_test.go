package lineage_test

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/lottrail/lottrail/internal/lineage"
)

// planned is an agenda as plain maps, and the level's lots that were not taken.
type planned struct {
	level, next map[int64]int64
	left        []int64
}

func (p *planned) arrival(id int64) int64 {
	if at, due := p.level[id]; due {
		return at
	}
	if at, due := p.next[id]; due {
		return at
	}
	return lineage.Always
}

// Whatever is found in whatever order, each level is followed in the order of ids, each
// lot once, and until then it is known when it was reached at the earliest.
func TestAgenda(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		agenda, want := &lineage.Agenda{}, &planned{level: map[int64]int64{}, next: map[int64]int64{}}
		id := rapid.Int64Range(0, rapid.SampledFrom([]int64{20, 1_000, 1_000_000}).Draw(r, "spread"))
		at := rapid.OneOf(rapid.Int64Range(-2, 2), rapid.SampledFrom([]int64{lineage.Never, lineage.Always}))
		met := map[int64]bool{}
		add := func(r *rapid.T) {
			id, at := id.Draw(r, "id"), at.Draw(r, "at")
			if _, due := want.next[id]; met[id] && !due {
				return // followed once
			}
			met[id] = true
			agenda.Add(id, at)
			if _, due := want.next[id]; !due {
				want.next[id] = at
			}
		}
		for range 50 {
			add(r)
		}
		r.Repeat(map[string]func(*rapid.T){
			"add": add,
			"improve": func(r *rapid.T) {
				id, at := id.Draw(r, "id"), at.Draw(r, "at")
				agenda.Improve(id, at)
				for _, lots := range []map[int64]int64{want.level, want.next} {
					if before, due := lots[id]; due {
						lots[id] = min(before, at)
					}
				}
			},
			"follow": func(r *rapid.T) {
				if !agenda.More() {
					want.left, want.level, want.next = slices.Sorted(maps.Keys(want.next)), want.next, map[int64]int64{}
					if turned := agenda.Turn(); turned != (len(want.left) > 0) {
						r.Fatalf("turned to %d: %t", want.left, turned)
					}
				}
				n := min(rapid.IntRange(1, 40).Draw(r, "lots"), len(want.left))
				lots := agenda.Take(n)
				if !slices.Equal(lots, want.left[:n]) {
					r.Fatalf("took %d, want %d", lots, want.left[:n])
				}
				want.left = want.left[n:]
				if more := agenda.More(); more != (len(want.left) > 0) {
					r.Fatalf("more is %t with %d left", more, want.left)
				}
				agenda.Followed(lots)
				for _, id := range lots {
					delete(want.level, id)
				}
			},
			"": func(r *rapid.T) {
				for id := range met {
					if got := agenda.Arrival(id); got != want.arrival(id) {
						r.Fatalf("%d was reached at %d, want %d", id, got, want.arrival(id))
					}
				}
			},
		})
	})
}

// What was followed is not kept: of a level that is done but for its last lots there is
// a page left, and after the last level nothing.
func TestAgendaForgets(t *testing.T) {
	t.Parallel()
	var agenda lineage.Agenda
	const n = 500_000
	for id := range int64(n) {
		agenda.Add(id, id)
	}
	for agenda.Turn() {
		for lots := agenda.Take(3000); len(lots) > 0; lots = agenda.Take(3000) {
			agenda.Followed(lots)
		}
		if pages := agenda.Pages(); pages != 1 {
			t.Errorf("%d pages are left of what was followed", pages)
		}
	}
	if pages := agenda.Pages(); pages != 0 {
		t.Errorf("%d pages are left at the end", pages)
	}
}
