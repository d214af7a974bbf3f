package trace_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// Two ways lead to dough/1, and the second is no reason to leave off, nor the first to send
// anything twice.
func TestBranchesThatMeetAreKept(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	w.receive("flour/1 100", "mill")
	w.produce("sift#1", "flour/1 50", "fine/1 20 + coarse/1 30")
	w.produce("mix#1", "fine/1 20 + coarse/1 10 + flour/1 5", "dough/1 35")
	w.produce("bake#1", "dough/1 35", "bread/1 30")
	w.produce("grind#1", "coarse/1 20 + bread/1 4", "crumbs/1 24")
	w.ship("bread/1 26 + crumbs/1 24", "shop")
	between := []string{
		"sift#1", "flour/1 -> sift#1: 50", "sift#1 -> fine/1: 20", "sift#1 -> coarse/1: 30",
		"mix#1", "fine/1 -> mix#1: 20", "coarse/1 -> mix#1: 10", "flour/1 -> mix#1: 5", "mix#1 -> dough/1: 35",
		"bake#1", "dough/1 -> bake#1: 35", "bake#1 -> bread/1: 30",
		"grind#1", "coarse/1 -> grind#1: 20", "bread/1 -> grind#1: 4", "grind#1 -> crumbs/1: 24",
		"flour/1", "fine/1", "coarse/1", "dough/1", "bread/1", "crumbs/1",
	}
	w.expect("flour/1", forward, append(slices.Clone(between), "bread/1 => shop: 26", "crumbs/1 => shop: 24")...)
	w.expect("crumbs/1", backward, append(slices.Clone(between), "flour/1 <- mill: 100")...)
}

// Rework and unbuilding lead back to where the goods came from: the walk ends there and
// tells every edge of the loop.
func TestLoopsEnd(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	w.receive("flour/1 100", "mill")
	// Levain: some of what a run puts out feeds the same run.
	w.produce("levain#1", "flour/1 10", "starter/1 20")
	w.consume("levain#1", "starter/1 5")
	// Rework: a run takes what was made of its own output.
	w.produce("bake#1", "starter/1 10", "bread/1 10")
	w.produce("rasp#1", "bread/1 4", "crumbs/1 4")
	w.consume("bake#1", "crumbs/1 2")
	// Unbuilding: a finished piece becomes its parts again, as lots of their own.
	w.produce("unbuild#1", "bread/1 3", "flour/1-back 2 + water/1-back 1")
	w.produce("bake#2", "flour/1-back 2", "bread/2 2")
	w.ship("bread/2 2", "shop")
	loop := []string{
		"flour/1", "levain#1", "flour/1 -> levain#1: 10", "levain#1 -> starter/1: 20", "starter/1 -> levain#1: 5", "starter/1",
		"bake#1", "starter/1 -> bake#1: 10", "bake#1 -> bread/1: 10", "bread/1", "crumbs/1 -> bake#1: 2",
		"rasp#1", "bread/1 -> rasp#1: 4", "rasp#1 -> crumbs/1: 4", "crumbs/1",
		"unbuild#1", "bread/1 -> unbuild#1: 3", "unbuild#1 -> flour/1-back: 2", "flour/1-back",
		"bake#2", "flour/1-back -> bake#2: 2", "bake#2 -> bread/2: 2", "bread/2",
	}
	w.expect("flour/1", forward, append(slices.Clone(loop), "unbuild#1 -> water/1-back: 1", "water/1-back", "bread/2 => shop: 2")...)
	w.expect("bread/2", backward, append(slices.Clone(loop), "flour/1 <- mill: 100")...)
}

// Every input of a run is told, and every output, main product or not.
func TestAllInputsAndByProducts(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	w.receive("milk/1 100 + milk/2 50", "farm")
	w.receive("rennet/1 1", "lab")
	w.produce("cheese#1", "milk/1 90 + milk/2 50 + rennet/1 1", "cheese/1 14")
	w.output("cheese#1", "whey/1 120 + rind/1 1") // later, and by themselves
	w.ship("whey/1 120", "pigs")
	run := []string{
		"cheese#1", "milk/1 -> cheese#1: 90", "milk/2 -> cheese#1: 50", "rennet/1 -> cheese#1: 1",
		"milk/1 <- farm: 100", "milk/2 <- farm: 50", "rennet/1 <- lab: 1", "milk/1", "milk/2", "rennet/1",
	}
	for lot, quantity := range map[string]string{"cheese/1": "14", "whey/1": "120", "rind/1": "1"} {
		w.expect(lot, backward, append(slices.Clone(run), lot, "cheese#1 -> "+lot+": "+quantity)...)
	}
	for lot, quantity := range map[string]string{"milk/1": "90", "milk/2": "50", "rennet/1": "1"} {
		w.expect(lot, forward, lot, "cheese#1", lot+" -> cheese#1: "+quantity, "cheese#1 -> cheese/1: 14", "cheese#1 -> whey/1: 120", "cheese#1 -> rind/1: 1",
			"cheese/1", "whey/1", "rind/1", "whey/1 => pigs: 120")
	}
}

// Two runs of one order have nothing to do with each other.
func TestRunsOfOneOrderAreApart(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	w.receive("flour/1 10 + flour/2 10 + yeast/1 2", "mill")
	w.produce("mo#1", "flour/1 10 + yeast/1 1", "bread/1 10")
	w.produce("mo#2", "flour/2 10 + yeast/1 1", "bread/2 10")
	w.ship("bread/1 10", "shop")
	w.ship("bread/2 10", "kiosk")
	w.expect("flour/1", forward, "flour/1", "mo#1", "flour/1 -> mo#1: 10", "mo#1 -> bread/1: 10", "bread/1", "bread/1 => shop: 10")
	w.expect("bread/2", backward, "bread/2", "mo#2", "mo#2 -> bread/2: 10", "flour/2 -> mo#2: 10", "yeast/1 -> mo#2: 1", "flour/2", "yeast/1", "flour/2 <- mill: 10", "yeast/1 <- mill: 2")
	w.expect("yeast/1", forward, "yeast/1", "mo#1", "mo#2", "yeast/1 -> mo#1: 1", "yeast/1 -> mo#2: 1", "mo#1 -> bread/1: 10", "mo#2 -> bread/2: 10", "bread/1", "bread/2",
		"bread/1 => shop: 10", "bread/2 => kiosk: 10")
}

// Nothing ends a trace that is not said: a depth that was asked for is, and how many lots
// go on from there. Nobody else ends it, however deep it goes.
func TestDepthIsNoSilentLimit(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	w.receive("stage/0 10", "mill")
	const deep = 60
	want := []string{"stage/0", fmt.Sprintf("stage/%d => shop: 10", deep)}
	for i := 1; i <= deep; i++ {
		run, from, to := fmt.Sprintf("mo#%d", i), fmt.Sprintf("stage/%d", i-1), fmt.Sprintf("stage/%d", i)
		w.produce(run, from+" 10", to+" 10")
		want = append(want, run, to, from+" -> "+run+": 10", run+" -> "+to+": 10")
	}
	w.ship(fmt.Sprintf("stage/%d 10", deep), "shop")
	w.expect("stage/0", forward, want...)

	for _, c := range []struct {
		lot       string
		direction pb.TraceDirection
		limit     int32
		lots      int
		left      int32
	}{
		{"stage/0", forward, 5, 6, 1},
		{"stage/60", backward, 59, 60, 1},
		{"stage/0", forward, deep, deep + 1, 0},
	} {
		got, summary := w.trace(c.lot, c.direction, &pb.TraceFilter{MaxDepth: c.limit})
		lots := slices.DeleteFunc(got, func(line string) bool { return strings.Contains(line, " ") || strings.Contains(line, "#") })
		var left int32
		for _, o := range summary.Omissions {
			if o.Reason != pb.TraceOmissionReason_TRACE_OMISSION_REASON_DEPTH {
				t.Errorf("%v left out", o)
			}
			left += o.LotCount
		}
		if len(lots) != c.lots || left != c.left || summary.Complete != (c.left == 0) {
			t.Errorf("%d runs from %s: %d lots, %v", c.limit, c.lot, len(lots), summary)
		}
	}
}

// More rows than any query, part or page takes: all of them come, and what is behind the
// last of them.
func TestRowsAreNoSilentLimit(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	w.receive("flour/1 10000", "mill")
	const portions, most = 2100, 500
	w.consume("pack#1", "flour/1 10000")
	want := []string{"flour/1", "pack#1", "flour/1 -> pack#1: 10000"}
	for n := 0; n < portions; n += most {
		var bags, shipped []string
		for i := n; i < min(n+most, portions); i++ {
			lot := fmt.Sprintf("bag/%d", i)
			bags, shipped = append(bags, lot+" 2"), append(shipped, lot+" 1")
			want = append(want, lot, "pack#1 -> "+lot+": 2", lot+" => shop: 1")
		}
		w.output("pack#1", strings.Join(bags, " + "))
		w.ship(strings.Join(shipped, " + "), "shop")
	}
	// Both ends of so many go on.
	w.produce("mix#1", "bag/0 1 + bag/2099 1", "box/1 2")
	w.ship("box/1 2", "kiosk")
	want = append(want, "mix#1", "bag/0 -> mix#1: 1", "bag/2099 -> mix#1: 1", "mix#1 -> box/1: 2", "box/1", "box/1 => kiosk: 2")
	got, summary := w.trace("flour/1", forward, nil)
	slices.Sort(want)
	if !slices.Equal(got, want) || !summary.Complete {
		t.Errorf("%d lines, want %d: %s", len(got), len(want), summary.Statement)
	}
	paged, err := pages(t.Context(), overGRPC(w.Trace), &pb.GetTraceRequest{Sku: "flour", LotCode: "1", Direction: forward, PageSize: 1000})
	w.must(err)
	if in := len(paged); in < 6 || !slices.Equal(lines(paged), want) {
		t.Errorf("%d pages tell another story", in)
	}
}
