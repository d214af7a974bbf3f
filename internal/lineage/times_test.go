package lineage_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"pgregory.net/rapid"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
	"github.com/lottrail/lottrail/internal/pg"
)

// openBoth opens a database as the service and as who may change what has happened.
func openBoth(t *testing.T) (*pg.DB, *pgxpool.Pool) {
	t.Helper()
	url := dbtest.URL(t)
	admin, err := pgxpool.New(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(admin.Close)
	db, err := pg.Open(context.Background(), url, 3)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db, admin
}

// Whatever the graph and whenever things happened, what the walk tells to be out of time
// is what a search finds that goes over everything until nothing changes.
func TestRandomTimes(t *testing.T) {
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
		for _, seed := range lots {
			for _, direction := range directions {
				q := lineage.Query{TenantID: world.TenantID, LotIDs: []int64{world.LotIDs[seed]}, Direction: direction}
				if rapid.IntRange(0, 3).Draw(r, "limited") == 0 {
					q.MaxDepth = rapid.Int32Range(1, 4).Draw(r, "depth")
				}
				if rapid.IntRange(0, 3).Draw(r, "filtered") == 0 {
					q.ItemIDs = []int64{world.ItemIDs[lineagetest.Item(rapid.SampledFrom(lots).Draw(r, "item"))]}
				}
				lineage.Resize(&q, rapid.IntRange(1, 4).Draw(r, "chunk"), rapid.IntRange(3, 9).Draw(r, "part"))
				parts := walk(r, db, q)
				got, want := lateOf(r, parts), happened.late(sentOf(parts), seed, q)
				if !reflect.DeepEqual(got, want) {
					r.Errorf("from %s, %d, depth %d: out of time are\n%q, want\n%q\nof %v", seed, direction, q.MaxDepth, got, want, happened)
				}
				q.InTimeOnly = true
				compareInTime(r, parts, walk(r, db, q), got)
			}
		}
	})
}

// late is what of that which was sent is out of time.
func (w timed) late(sent entries, seed string, q lineage.Query) []string {
	var reached []map[string]int
	runs := map[string]bool{}
	var departed, arrived map[string]int
	if q.Direction != lineage.Forward {
		lots, through := w.backward(seed, int(q.MaxDepth))
		departed, reached = lots, append(reached, lots)
		for run := range through {
			runs[run] = true
		}
	}
	if q.Direction != lineage.Backward {
		lots, through := w.forward(seed, int(q.MaxDepth))
		arrived, reached = lots, append(reached, lots)
		for run := range through {
			runs[run] = true
		}
	}
	var late []string
	for _, lot := range sent.lots {
		if !slices.ContainsFunc(reached, func(lots map[string]int) bool { _, ok := lots[lot]; return ok }) {
			late = append(late, "lot "+lot)
		}
	}
	for _, run := range sent.runs {
		if !runs[run] {
			late = append(late, "run "+run)
		}
	}
	for _, r := range sent.receipts {
		i := slices.IndexFunc(w.receipts, func(e timedEnd) bool { return e.Lot+" "+e.Document == r })
		if until, ok := departed[w.receipts[i].Lot]; !ok || w.receipts[i].At > until {
			late = append(late, "receipt "+r)
		}
	}
	for _, s := range sent.shipments {
		i := slices.IndexFunc(w.shipments, func(e timedEnd) bool { return e.Lot+" "+e.Document == s })
		if at, ok := arrived[w.shipments[i].Lot]; !ok || w.shipments[i].At < at {
			late = append(late, "shipment "+s)
		}
	}
	slices.Sort(late)
	return late
}

// entries are what was sent, by name, receipts and shipments as their lots and documents.
type entries struct {
	names               map[int32]string
	lots, runs          []string
	receipts, shipments []string
}

func sentOf(parts []*lineage.Part) entries {
	e := entries{names: map[int32]string{}}
	for _, p := range parts {
		for _, l := range p.Lots {
			name := l.SKU + "/" + l.LotCode
			e.lots, e.names[l.Ref] = append(e.lots, name), "lot "+name
		}
		for _, r := range p.Runs {
			name := r.ProductionOrderCode + "#" + r.RunCode
			e.runs, e.names[r.Ref] = append(e.runs, name), "run "+name
		}
		for _, r := range p.Receipts {
			e.receipts = append(e.receipts, strings.TrimPrefix(e.names[r.LotRef], "lot ")+" "+r.ReceiptCode)
		}
		for _, s := range p.Shipments {
			e.shipments = append(e.shipments, strings.TrimPrefix(e.names[s.LotRef], "lot ")+" "+s.ShipmentCode)
		}
	}
	return e
}

// lateOf is what parts tell to be out of time, each once, after all that was sent, and
// counted.
func lateOf(t tester, parts []*lineage.Part) []string {
	t.Helper()
	var late []string
	var counts lineage.OutOfTimeCounts
	sent, began := sentOf(parts), false
	for i, p := range parts {
		if began && len(p.Lots)+len(p.Runs)+len(p.Edges)+len(p.Receipts)+len(p.Shipments) > 0 {
			t.Errorf("part %d has more after what is out of time", i)
		}
		for _, o := range p.OutOfTime {
			began = true
			switch {
			case o.Receipt > 0:
				late = append(late, "receipt "+sent.receipts[o.Receipt-1])
				counts.Receipts++
			case o.Shipment > 0:
				late = append(late, "shipment "+sent.shipments[o.Shipment-1])
				counts.Shipments++
			case strings.HasPrefix(sent.names[o.Ref], "lot "):
				late = append(late, sent.names[o.Ref])
				counts.Lots++
			default:
				late = append(late, sent.names[o.Ref])
				counts.Runs++
			}
		}
	}
	if s := parts[len(parts)-1].Summary; s.OutOfTime != counts || strings.Contains(s.Statement, "out of time") != (len(late) > 0) {
		t.Errorf("counted %+v out of time, sent %+v: %s", s.OutOfTime, counts, s.Statement)
	}
	slices.Sort(late)
	return late
}

// compareInTime holds a walk that leaves out what is out of time against the one that
// tells it.
func compareInTime(t tester, all, some []*lineage.Part, late []string) {
	t.Helper()
	inTime := func(kind string, names []string) []string {
		return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(late, kind+" "+name) })
	}
	sent, got := sentOf(all), sentOf(some)
	// A run that is in time goes with the lots that are told of it.
	besides := map[string]bool{}
	for _, p := range all {
		for _, e := range p.Edges {
			besides[sent.names[e.RunRef]] = besides[sent.names[e.RunRef]] || !slices.Contains(late, sent.names[e.LotRef])
		}
	}
	want := entries{
		names: got.names, lots: inTime("lot", sent.lots),
		runs:     slices.DeleteFunc(inTime("run", sent.runs), func(name string) bool { return !besides["run "+name] }),
		receipts: inTime("receipt", sent.receipts), shipments: inTime("shipment", sent.shipments),
	}
	// What goes through a run that is left out comes at another place.
	for _, names := range []*[]string{&want.lots, &want.runs, &want.receipts, &want.shipments, &got.lots, &got.runs, &got.receipts, &got.shipments} {
		slices.Sort(*names)
		*names = slices.Clip(slices.Concat([]string{}, *names))
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("in time are %q, want %q", got, want)
	}
	edges := func(parts []*lineage.Part, names map[int32]string) []string {
		var edges []string
		for _, p := range parts {
			for _, e := range p.Edges {
				if lot, run := names[e.LotRef], names[e.RunRef]; !slices.Contains(late, lot) && !slices.Contains(late, run) {
					edges = append(edges, fmt.Sprint(lot, " ", run, " ", e.Kind, " ", e.Quantity, " ", e.LastAt))
				}
			}
		}
		slices.Sort(edges)
		return edges
	}
	if got, want := edges(some, got.names), edges(all, sent.names); !slices.Equal(got, want) {
		t.Errorf("edges in time are %q, want %q", got, want)
	}
	full, part := all[len(all)-1].Summary, some[len(some)-1].Summary
	if part.OutOfTime != full.OutOfTime || part.HiddenLots != full.HiddenLots || part.Complete() != (full.Complete() && len(late) == 0) ||
		strings.Contains(part.Statement, "what is out of time was left out") != (len(late) > 0) {
		t.Errorf("in time only: %+v, all: %+v", part, full)
	}
	for _, p := range some {
		if len(p.OutOfTime) > 0 {
			t.Errorf("%v was left out, and told", p.OutOfTime)
		}
	}
}
