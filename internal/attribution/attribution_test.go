package attribution_test

import (
	"errors"
	"testing"

	"github.com/lottrail/lottrail/internal/attribution"
	"github.com/lottrail/lottrail/internal/qty"
)

func TestForward(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		tell func(*history)
		want string
	}{
		{"alone", func(h *history) { h.receive(1, "10") }, "lot 1 has 10 of 10"},
		{"one run, two outputs by mass", func(h *history) {
			h.receive(1, "10")
			h.receive(9, "10")
			h.consume(1, 5, "6")
			h.consume(9, 5, "6")
			h.put(5, 2, "8")
			h.put(5, 3, "4")
			h.ship(2, 7, "2")
		}, "lot 1 has 4, lot 2 has 3 [0-6], 2 to line 7 1 [0-6], lot 3 has 2 [0-6] of 10"},
		{"put out before it was put in", func(h *history) {
			h.receive(1, "10")
			h.put(5, 2, "8")
			h.consume(1, 5, "6")
		}, "lot 1 has 4, lot 2 has 6 of 10"},
		{"under way", func(h *history) {
			h.receive(1, "10")
			h.consume(1, 5, "6")
			h.put(5, 2, "2")
			h.open[5] = true
		}, "lot 1 has 4, lot 2 has 2 [0-6], run 5 keeps 4 [0-6] of 10"},
		{"nothing put out", func(h *history) {
			h.receive(1, "10")
			h.consume(1, 5, "6")
		}, "lot 1 has 4, run 5 keeps 6 of 10"},
		{"thirds add up", func(h *history) {
			h.receive(1, "1")
			h.consume(1, 5, "1")
			h.put(5, 2, "1")
			h.put(5, 3, "1")
			h.put(5, 4, "1")
		}, "lot 2 has 0.333333334 [0-1], lot 3 has 0.333333333 [0-1], lot 4 has 0.333333333 [0-1] of 1"},
		{"a lot in several goes has all", func(h *history) {
			h.receive(1, "1")
			h.consume(1, 5, "1")
			h.put(5, 2, "1")
			h.put(5, 2, "2")
			h.ship(2, 7, "3")
		}, "2 to line 7 1 of 1"},
		{"a return brings back what went", func(h *history) {
			h.receive(1, "10")
			h.consume(1, 5, "10")
			h.put(5, 2, "20")
			h.ship(2, 7, "8")
			h.add(2, attribution.Movement{LineID: 7, Kind: attribution.Return}, "2")
		}, "lot 2 has 7 [0-10], 2 to line 7 3 [0-10] of 10"},
		{"all of it came back", func(h *history) {
			h.receive(1, "10")
			h.ship(1, 7, "8")
			h.add(1, attribution.Movement{LineID: 7, Kind: attribution.Return}, "8")
		}, "lot 1 has 10 of 10"},
		{"found again is not new, found beyond that is", func(h *history) {
			h.receive(1, "10")
			h.add(1, attribution.Movement{Kind: attribution.Loss}, "2")
			h.add(1, attribution.Movement{Kind: attribution.Gain}, "3")
		}, "lot 1 has 11 of 11"},
		{"what is found in a lot is not of the seed", func(h *history) {
			h.receive(1, "10")
			h.consume(1, 5, "10")
			h.put(5, 2, "10")
			h.add(2, attribution.Movement{Kind: attribution.Gain}, "10")
			h.add(2, attribution.Movement{Kind: attribution.Scrap}, "4")
			h.add(2, attribution.Movement{Kind: attribution.Loss}, "16")
		}, "2 scrapped 2 [0-10], 2 adjusted 8 [0-10] of 10"},
		{"rework into itself", func(h *history) {
			h.receive(1, "8")
			h.consume(1, 5, "8")
			h.put(5, 2, "8")
			h.consume(2, 6, "4")
			h.put(6, 2, "4")
		}, "lot 2 has 8 [0-8] of 8"},
		{"back into the seed", func(h *history) {
			h.put(5, 1, "108")
			h.consume(1, 5, "10")
		}, "lot 1 has 98, back 10 of 108"},
		{"consumed before it is said to have come", func(h *history) {
			h.add(1, attribution.Movement{RunID: 5, Kind: attribution.Consumption, At: began}, "4")
			h.receive(1, "10")
			h.put(5, 2, "4")
		}, "lot 1 has 6, lot 2 has 4 of 10"},
		{"more went than came", func(h *history) {
			h.receive(1, "1")
			h.consume(1, 5, "4")
			h.put(5, 2, "4")
		}, "lot 2 has 4 of 4"},
		{"what is taken last has what came after the others", func(h *history) {
			h.receive(1, "10")
			h.consume(1, 5, "4")
			h.put(5, 2, "4")
			h.ship(2, 7, "1")
			h.consume(1, 6, "6")
			h.put(6, 2, "6")
			h.ship(2, 8, "9")
		}, "2 to line 7 1 [0-4], 2 to line 8 9 [6-10] of 10"},
		{"in two goes with nothing in between, either may have all", func(h *history) {
			h.receive(1, "10")
			h.consume(1, 5, "10")
			h.put(5, 2, "5")
			h.ship(2, 7, "5")
			h.put(5, 2, "5")
			h.ship(2, 8, "5")
		}, "2 to line 7 5 [0-10], 2 to line 8 5 [0-10] of 10"},
		{"what came back may be what did not go from the seed", func(h *history) {
			h.receive(1, "10")
			h.consume(1, 5, "10")
			h.put(5, 2, "10")
			h.ship(2, 7, "5")
			h.ship(2, 8, "5")
			h.add(2, attribution.Movement{LineID: 7, Kind: attribution.Return}, "5")
			h.ship(2, 9, "5")
		}, "2 to line 8 5 [0-10], 2 to line 9 5 [0-10] of 10"},
		{"bounds of what goes round in a loop", func(h *history) {
			h.receive(1, "10")
			h.consume(1, 5, "10")
			h.put(5, 2, "20")
			h.consume(2, 5, "10")
			h.ship(2, 7, "10")
		}, "2 to line 7 10 [0-10] of 10"},
	} {
		h := newHistory()
		c.tell(h)
		check(t, c.name, h, false, []int64{1}, c.want)
	}
}

func TestBackward(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		tell func(*history)
		want string
	}{
		{"bought", func(h *history) {
			h.receive(1, "10")
			h.receive(1, "30")
			h.ship(1, 7, "25")
		}, "1 to line 300 10, 1 to line 301 30 of 40"},
		{"two inputs by mass", func(h *history) {
			h.receive(2, "6")
			h.receive(3, "10")
			h.consume(2, 5, "6")
			h.consume(3, 5, "2")
			h.put(5, 1, "16")
		}, "2 to line 300 12 [0-16], 3 to line 301 4 [0-16] of 16"},
		{"mixed before it was consumed", func(h *history) {
			h.receive(2, "6")
			h.receive(2, "2")
			h.consume(2, 5, "4")
			h.receive(2, "100")
			h.put(5, 1, "8")
		}, "2 to line 300 6 [0-8], 2 to line 301 2 [0-8] of 8"},
		{"out of nothing", func(h *history) { h.put(5, 1, "8") }, "run 5 keeps 8, unexplained 8 of 8"},
		{"shipped and come back", func(h *history) {
			h.receive(2, "6")
			h.ship(2, 7, "6")
			h.add(2, attribution.Movement{LineID: 7, Kind: attribution.Return}, "3")
			h.consume(2, 5, "3")
			h.put(5, 1, "9")
		}, "2 to line 300 9 [0-9] of 9"},
		{"found", func(h *history) {
			h.receive(2, "6")
			h.add(2, attribution.Movement{Kind: attribution.Gain}, "2")
			h.consume(2, 5, "4")
			h.put(5, 1, "4")
		}, "2 found 1 [0-4], 2 to line 300 3 [0-4] of 4"},
		{"a run that takes back what it made", func(h *history) {
			h.receive(2, "10")
			h.consume(2, 5, "10")
			h.put(5, 1, "10")
			h.consume(1, 5, "2")
		}, "2 to line 300 8.333333333 [0-10], back 1.666666667 of 10"},
	} {
		h := newHistory()
		c.tell(h)
		check(t, c.name, h, true, []int64{1}, c.want)
	}
}

// What leads to runs that were not told of is beyond, and nothing is lost of it.
func TestBeyond(t *testing.T) {
	t.Parallel()
	h := newHistory()
	h.receive(1, "10")
	h.consume(1, 5, "6")
	h.put(5, 2, "6")
	h.consume(2, 6, "2")
	check(t, "forward", h, false, []int64{1}, "lot 1 has 4, lot 2 has 4 [0-6], run 6 keeps 2 [0-6], beyond 2 of 10", 6)
	check(t, "backward", h, true, []int64{2}, "run 5 keeps 6, beyond 6 of 6", 5, 6)
}

// Several seeds together have what each has; what goes from one into another is there.
func TestSeveralSeeds(t *testing.T) {
	t.Parallel()
	h := newHistory()
	h.receive(1, "10")
	h.receive(2, "5")
	h.consume(1, 5, "4")
	h.consume(2, 5, "5")
	h.put(5, 3, "9")
	h.consume(1, 6, "1")
	h.put(6, 2, "1")
	check(t, "forward", h, false, []int64{1, 2}, "lot 1 has 5, lot 2 has 1, lot 3 has 9, back 1 of 16")
}

// A chain of as many lots as years of sourdough have is replayed to its end.
func TestLongChain(t *testing.T) {
	t.Parallel()
	h := newHistory()
	h.receive(1, "1")
	const n = 20_000
	for i := int64(1); i < n; i++ {
		h.consume(i, 100_000+i, "1")
		h.put(100_000+i, i+1, "1")
	}
	told := h.tell(t, false, []int64{1})
	if got := tell(told.LotOf(n).OnHand); got != "1" {
		t.Errorf("the last has %s", got)
	}
}

// Where all that goes into a loop stays in it, the replay ends all the same, says so, and
// the law holds.
func TestClosedLoop(t *testing.T) {
	t.Parallel()
	h := newHistory()
	h.receive(1, "10")
	h.consume(1, 5, "10")
	h.put(6, 3, "5")
	h.consume(3, 5, "5")
	h.put(5, 2, "15")
	h.consume(2, 6, "15")
	told := h.tell(t, false, []int64{1})
	if totals := told.Totals(); totals.Settled || !totals.Balanced() {
		t.Errorf("%+v", totals)
	}
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	h := attribution.NewHistory(false)
	for i, want := range []error{nil, attribution.ErrTooLarge} {
		err := h.Lot(int64(i), flour(), i == 0, []attribution.Movement{{Kind: attribution.Receipt, Quantity: qty.MustParse("700000000000000000000")}})
		if !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
}
