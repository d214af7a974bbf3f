package lineage_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
	"github.com/lottrail/lottrail/internal/pg"
)

// A walk that is to be no larger ends with the edges that say that it is, before anything
// behind them is read, and before anything is sent where it is walked for times first. What lies
// beyond the depth, and what is hidden, does not count.
func TestMaxEntries(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	graph := "mill -> a/1 900\n q#1: a/1 500 -> b/1 500\n"
	for i := range 50 {
		graph += fmt.Sprintf("r#%d: b/1 1 -> c/%d 1\n", i, i)
	}
	world := lineagetest.Load(t, db, 1, parse(t, graph))
	for name, c := range map[string]struct {
		q      lineage.Query
		refuse bool
		runs   int // that were sent before
	}{
		"too many":                       {lineage.Query{MaxEntries: 30}, true, 1},
		"enough":                         {lineage.Query{MaxEntries: 102}, false, 51},
		"in time, which is walked twice": {lineage.Query{MaxEntries: 30, InTimeOnly: true}, true, 0},
		"beyond the depth":               {lineage.Query{MaxEntries: 30, MaxDepth: 1}, false, 1},
		"hidden":                         {lineage.Query{MaxEntries: 30, ItemIDs: []int64{world.ItemIDs["a"]}}, false, 1},
		"both ways, each for itself":     {lineage.Query{MaxEntries: 102, Direction: lineage.Both}, false, 51},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := c.q
			q.TenantID, q.LotIDs = 1, []int64{world.LotIDs["a/1"]}
			if q.Direction == 0 {
				q.Direction = lineage.Forward
			}
			lineage.Resize(&q, 2, 1)
			runs := 0
			err := db.Read(t.Context(), func(tx *pg.Snapshot) error {
				return lineage.Walk(t.Context(), tx, q, func(p *lineage.Part) error {
					runs += len(p.Runs)
					return nil
				})
			})
			if refused := errors.Is(err, lineage.ErrTooLarge); refused != c.refuse || !refused && err != nil || runs != c.runs {
				t.Errorf("%v after %d runs, want refused %t after %d", err, runs, c.refuse, c.runs)
			}
		})
	}
}
