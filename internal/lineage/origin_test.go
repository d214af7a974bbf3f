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
