package lineage_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
	"github.com/lottrail/lottrail/internal/pg"
)

// Whatever the graph and whenever things happened, a way that is found is one, it is as
// short as a way can be, and there is one where there is.
func TestRandomPaths(t *testing.T) {
	t.Parallel()
	db, admin := openBoth(t)
	var tenant atomic.Int64
	tenant.Store(100)
	rapid.Check(t, func(r *rapid.T) {
		g, lots := lineagetest.Random(r)
		world := lineagetest.Load(t, db, tenant.Add(1), g)
		minute := rapid.IntRange(0, rapid.SampledFrom([]int{3, 12, 60}).Draw(r, "span"))
		retime(r, admin, world.TenantID, func() int { return minute.Draw(r, "minute") })
		happened := readTimed(r, admin, world.TenantID)
		for _, from := range lots {
			for _, to := range lots {
				path := findPath(r, db, lineage.Query{TenantID: world.TenantID}, world.LotIDs[from], world.LotIDs[to])
				untimed, timed := happened.distance(from, to, false), happened.distance(from, to, true)
				happened.checkWay(r, path.Shortest, from, to, untimed, timed == untimed)
				happened.checkWay(r, path.ShortestInTime, from, to, timed, true)
				if path.Found() != (untimed >= 0) || (path.Shortest == path.ShortestInTime) != (timed == untimed) {
					r.Errorf("from %s to %s: %+v, want one of %d runs, and in time of %d", from, to, path, untimed, timed)
				}
			}
		}
	})
}

func findPath(t tester, db *pg.DB, q lineage.Query, from, to int64) *lineage.Path {
	t.Helper()
	var path *lineage.Path
	err := db.Read(context.Background(), func(tx *pg.Snapshot) (err error) {
		path, err = lineage.FindPath(context.Background(), tx, q, from, to)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// distance is over how many runs one lot is from another at least, -1 if there is no way:
// it goes over everything once for each run more.
func (w timed) distance(from, to string, inTime bool) int {
	const start = -1 << 30
	lots := map[string]int{from: start}
	for runs := 0; runs <= len(w.ties); runs++ {
		if _, there := lots[to]; there {
			return runs
		}
		reached, next := map[string]bool{}, map[string]int{}
		for _, t := range w.ties {
			if at, there := lots[t.Lot]; !t.Out && there && (!inTime || t.Last >= at) {
				reached[t.Run] = true
			}
		}
		for lot, at := range lots {
			next[lot] = at
		}
		for _, t := range w.ties {
			if !t.Out || !reached[t.Run] {
				continue
			}
			if at, there := next[t.Lot]; !there || t.First < at {
				next[t.Lot] = t.First
			}
		}
		lots = next
	}
	return -1
}

// checkWay holds a way against what happened: none if runs is -1.
func (w timed) checkWay(t tester, way *lineage.Part, from, to string, runs int, inTime bool) {
	t.Helper()
	if runs < 0 {
		if len(way.Lots)+len(way.Runs)+len(way.Edges) > 0 {
			t.Errorf("from %s to %s there is no way, found %+v", from, to, way)
		}
		return
	}
	if len(way.Lots) != runs+1 || len(way.Runs) != runs || len(way.Edges) != 2*runs {
		t.Errorf("from %s to %s over %d runs: %d lots, %d runs, %d edges", from, to, runs, len(way.Lots), len(way.Runs), len(way.Edges))
		return
	}
	lot := func(i int) string { return way.Lots[i].SKU + "/" + way.Lots[i].LotCode }
	if lot(0) != from || lot(runs) != to {
		t.Errorf("from %s to %s: a way from %s to %s", from, to, lot(0), lot(runs))
	}
	arrived := -1 << 30
	for i, run := range way.Runs {
		name := run.ProductionOrderCode + "#" + run.RunCode
		in, out := way.Edges[2*i], way.Edges[2*i+1]
		if in.LotRef != way.Lots[i].Ref || in.RunRef != run.Ref || out.RunRef != run.Ref || out.LotRef != way.Lots[i+1].Ref ||
			in.Kind != lineage.Consumption || out.Kind != lineage.Output || int(run.Depth) != i+1 || int(way.Lots[i+1].Depth) != i+1 {
			t.Errorf("from %s to %s: edges %+v, %+v of run %+v", from, to, in, out, run)
		}
		consumed := slices.IndexFunc(w.ties, func(t timedTie) bool { return t == timedTie{lot(i), name, false, t.First, t.Last} })
		put := slices.IndexFunc(w.ties, func(t timedTie) bool { return t == timedTie{lot(i + 1), name, true, t.First, t.Last} })
		if consumed < 0 || put < 0 {
			t.Fatal(fmt.Sprintf("from %s to %s: nothing ties %s over %s to %s", from, to, lot(i), name, lot(i+1)))
		}
		if inTime && w.ties[consumed].Last < arrived {
			t.Errorf("from %s to %s: %s was taken until %d and there from %d", from, to, lot(i), w.ties[consumed].Last, arrived)
		}
		arrived = w.ties[put].First
	}
}

// What does not fit into memory is refused, and a way from what leads to little is found
// whatever leads to the other end.
func TestTooWide(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	graph := "mill -> a/1 900 + x/1 900\n"
	for i := range 20 {
		graph += fmt.Sprintf("r#%[1]d: a/1 1 -> b/%[1]d 5\n s#%[1]d: x/1 1 + b/%[1]d 1 -> c/1 1\n", i)
	}
	world := lineagetest.Load(t, db, 1, parse(t, graph+"t#1: c/1 5 -> d/1 5\n u#1: x/1 1 -> y/1 5"))
	sealed, err := ledger.Seal(t.Context(), db, 1)
	if err != nil {
		t.Fatal(err)
	}
	moment := time.Now()
	for name, q := range map[string]lineage.Query{
		"now":                {},
		"as known":           {KnownAt: &lineage.LogPosition{Index: int64(sealed.Entries), SealedAt: &sealed.SealedAt}},
		"as the goods stood": {AsOf: &moment},
		"both":               {AsOf: &moment, KnownAt: &lineage.LogPosition{Index: int64(sealed.Entries), SealedAt: &sealed.SealedAt}},
	} {
		t.Run(name, func(t *testing.T) {
			q.TenantID, q.MaxTies = 1, 30
			wantTooWide(t, db, q, world)
		})
	}
	// Before the runs nothing was wide.
	began := lineagetest.Began
	q := lineage.Query{TenantID: 1, MaxTies: 30, AsOf: &began}
	if path := findPath(t, db, q, world.LotIDs["a/1"], world.LotIDs["d/1"]); path.Found() {
		t.Errorf("before the runs: %+v", path)
	}
}

// wantTooWide asks about both wide ends, and about narrow ones.
func wantTooWide(t *testing.T, db *pg.DB, q lineage.Query, world *lineagetest.World) {
	t.Helper()
	err := db.Read(t.Context(), func(tx *pg.Snapshot) error {
		_, err := lineage.FindPath(t.Context(), tx, q, world.LotIDs["a/1"], world.LotIDs["d/1"])
		return err
	})
	if !errors.Is(err, lineage.ErrTooWide) {
		t.Errorf("both ends wide: %v", err)
	}
	if path := findPath(t, db, q, world.LotIDs["x/1"], world.LotIDs["y/1"]); !path.Found() || len(path.Shortest.Runs) != 1 {
		t.Errorf("one end narrow: %+v", path)
	}
	for seed, wide := range map[string]bool{"d/1": true, "y/1": false} {
		complaints := []lineage.Complaint{{LotIDs: []int64{world.LotIDs["x/1"]}}, {LotIDs: []int64{world.LotIDs[seed]}}}
		err := db.Read(t.Context(), func(tx *pg.Snapshot) error {
			_, err := lineage.FindCommonOrigins(t.Context(), tx, q, complaints, nil, 10)
			return err
		})
		if errors.Is(err, lineage.ErrTooWide) != wide {
			t.Errorf("behind %s: %v", seed, err)
		}
	}
}
