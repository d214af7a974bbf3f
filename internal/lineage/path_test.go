package lineage_test

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

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

// Whatever the graph, what complaints have in common is what a search from each of them
// finds, in the order of rank, on pages of whatever size.
func TestRandomOrigins(t *testing.T) {
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
		var complaints []lineage.Complaint
		var seeds []string
		for range rapid.IntRange(2, 5).Draw(r, "complaints") {
			seed := rapid.SampledFrom(lots).Draw(r, "seed")
			seeds, complaints = append(seeds, seed), append(complaints, lineage.Complaint{LotIDs: []int64{world.LotIDs[seed]}})
		}
		limit := rapid.IntRange(1, 9).Draw(r, "page")
		got, want := findOrigins(r, db, world, complaints, limit), happened.common(seeds)
		sorted := slices.Clone(got)
		slices.Sort(sorted)
		slices.Sort(want)
		if !slices.Equal(sorted, want) {
			r.Errorf("%v have in common\n%q, want\n%q\nof %v", seeds, sorted, want, happened)
		}
	})
}

// findOrigins takes all pages of what complaints have in common, a line each.
func findOrigins(t tester, db *pg.DB, world *lineagetest.World, complaints []lineage.Complaint, limit int) []string {
	t.Helper()
	var lines []string
	var last *lineage.Origin
	for {
		var found *lineage.CommonOrigins
		err := db.Read(context.Background(), func(tx *pg.Snapshot) (err error) {
			found, err = lineage.FindCommonOrigins(context.Background(), tx, lineage.Query{TenantID: world.TenantID}, complaints, last, limit)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := range found.Ranked {
			o := found.Ranked[i]
			name := "receipt " + o.Code
			switch o.Kind {
			case lineage.OriginLot:
				name = "lot " + found.Lots[o.ID].SKU + "/" + found.Lots[o.ID].LotCode
			case lineage.OriginRun:
				name = "run " + found.Runs[o.ID].ProductionOrderCode + "#" + found.Runs[o.ID].RunCode
			}
			lines = append(lines, originLine(name, o.Explains.Places(), o.InTime.Places(), int(o.Distance)))
			if r := found.Receipts[o.Code]; o.Kind == lineage.OriginReceipt && (r == nil || "R-"+r.SupplierCode != o.Code) {
				t.Errorf("receipt %q is %+v", o.Code, r)
			}
			before := last
			if last = &o; before == nil {
				continue
			}
			rank := func(o *lineage.Origin) [3]int { return [3]int{-o.Explains.Count(), -o.InTime.Count(), int(o.Distance)} }
			if a, b := rank(before), rank(last); slices.Compare(a[:], b[:]) > 0 {
				t.Errorf("%+v comes before %+v", before, last)
			}
		}
		if len(found.Ranked) < limit {
			if found.Count != len(lines) {
				t.Errorf("%d origins on pages of %d, said to be %d", len(lines), limit, found.Count)
			}
			return lines
		}
	}
}

func originLine(name string, explains, inTime []int32, distance int) string {
	return fmt.Sprintf("%s explains %v, in time %v, %d away", name, explains, inTime, distance)
}

// common is what seeds have in common.
func (w timed) common(seeds []string) []string {
	type origin struct {
		explains, inTime []int32
		distance         int
	}
	origins := map[string]*origin{}
	for place, seed := range seeds {
		note := func(name string, depth int, inTime bool) {
			o := origins[name]
			if o == nil {
				o = &origin{}
				origins[name] = o
			}
			o.explains, o.distance = append(o.explains, int32(place)), o.distance+depth
			if inTime {
				o.inTime = append(o.inTime, int32(place))
			}
		}
		left, reached := w.backward(seed, 0)
		lots, runs := w.within(seed, true, 0)
		depths := w.depths(seed)
		for lot := range lots {
			_, inTime := left[lot]
			note("lot "+lot, depths["lot "+lot], inTime)
		}
		for run := range runs {
			note("run "+run, depths["run "+run], reached[run])
		}
		nearest, inTime := map[string]int{}, map[string]bool{}
		for _, r := range w.receipts {
			if !lots[r.Lot] {
				continue
			}
			if depth, met := nearest[r.Document]; !met || depths["lot "+r.Lot] < depth {
				nearest[r.Document] = depths["lot "+r.Lot]
			}
			if until, ok := left[r.Lot]; ok && r.At <= until {
				inTime[r.Document] = true
			}
		}
		for code, depth := range nearest {
			note("receipt "+code, depth, inTime[code])
		}
	}
	var lines []string
	for name, o := range origins {
		if len(o.explains) > 1 {
			lines = append(lines, originLine(name, o.explains, o.inTime, o.distance))
		}
	}
	return lines
}

// depths are how many runs everything is away from a lot backward.
func (w timed) depths(seed string) map[string]int {
	depths := map[string]int{}
	for depth := len(w.ties); depth > 0; depth-- {
		lots, runs := w.within(seed, true, depth)
		for lot := range lots {
			depths["lot "+lot] = depth
		}
		for run := range runs {
			depths["run "+run] = depth
		}
	}
	depths["lot "+seed] = 0
	return depths
}
