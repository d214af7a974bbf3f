package lineage_test

import (
	"testing"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
)

// Runs that were met among lots that are left out, and forgotten, are sent as they were
// met once something that is shown hangs on them: here runs that lie behind the lot asked
// for as well as ahead of it.
func TestRunsThatAreAwaited(t *testing.T) {
	t.Parallel()
	const rework = `
		mill -> s/1 90
		r#1: s/1 10 -> h/1 10
		r#2: h/1 3 -> h/2 3 + y/2 1
		r#3: h/1 3 -> h/3 3 + y/3 1
		r#4: h/1 3 -> h/4 3 + y/4 1
		r#5: h/2 1 + h/3 1 + h/4 1 -> g/1 3
		r#6: g/1 3 -> s/1 3`
	g := parse(t, rework)
	db := dbtest.Open(t)
	world := lineagetest.Load(t, db, 1, g)
	for _, direction := range directions {
		for _, chunk := range []int{1, 2, 2000} {
			compare(t, db, world, g, ask{seed: "s/1", direction: direction, items: []string{"y"}}, chunk, 9)
		}
		compare(t, db, world, g, ask{seed: "g/1", direction: lineage.Both, items: []string{"y"}}, 1, 9)
	}
}
