package lots

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/shelflife"
)

// drawLots draws lots in the order of the index, with all that can be wrong with them.
func drawLots(t *rapid.T) []pickLot {
	lots := make([]pickLot, rapid.IntRange(0, 7).Draw(t, "lots"))
	for i := range lots {
		var stocks []string
		for n := range rapid.IntRange(0, 3).Draw(t, "stocks") {
			mark := rapid.SampledFrom([]string{"%d", "%d", "%d", "%d!", "%d?", "-%d"}).Draw(t, "mark")
			stocks = append(stocks, fmt.Sprintf("%d@"+mark, rapid.IntRange(1, 6).Draw(t, "on hand"), n))
		}
		lots[i] = lotOf(int64(i), rapid.IntRange(-1, 6).Draw(t, "days"), strings.Join(stocks, " "))
		lot := &lots[i]
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0:
			lot.held = "hold 1 (wet)"
		case 1:
			lot.dates, lot.rotation = shelflife.Dates{}, *pickDate(99999)
		case 2:
			lot.dates.Production = pickDate(-rapid.IntRange(1, 9).Draw(t, "made"))
		case 3:
			lot.dates.Removal = pickDate(-1)
		}
	}
	slices.SortFunc(lots, func(a, b pickLot) int {
		if a.before(&b) {
			return -1
		}
		return 1
	})
	return lots
}

func drawWish(t *rapid.T) *pickWish {
	w := wishOf(fmt.Sprint(rapid.IntRange(1, 25).Draw(t, "need")))
	w.toShip = rapid.Bool().Draw(t, "to ship")
	w.minDays = rapid.SampledFrom([]int{0, 0, 2}).Draw(t, "days")
	w.minShare = rapid.SampledFrom([]int{0, 0, 40}).Draw(t, "share")
	w.maxLots = rapid.SampledFrom([]int{0, 0, 1, 2, 3}).Draw(t, "lots at most")
	if rapid.IntRange(0, 3).Draw(t, "agreed") == 0 {
		w.agreed = map[string]bool{"L0": true, "L2": true, "L3": true, "L4": true}
	}
	return w
}

// mayTake says from the words of the API, and not by judge, how much of a lot may be
// picked.
func mayTake(w *pickWish, lot *pickLot) int {
	if w.agreed != nil && !w.agreed[lot.code] || lot.held != "" {
		return 0
	}
	if last := lot.dates.LastDay(); last != nil {
		left := int(last.Sub(w.day).Hours() / 24)
		if left < 0 || left < w.minDays {
			return 0
		}
		if w.minShare > 0 && (lot.dates.Production == nil || float64(left)*100 < float64(w.minShare)*last.Sub(*lot.dates.Production).Hours()/24) {
			return 0
		}
	}
	if w.toShip && lot.dates.Removal != nil && lot.dates.Removal.Before(w.day) {
		return 0
	}
	sum := 0
	for _, s := range lot.stocks {
		if s.inside && s.held == "" && !s.quarantine {
			var n int
			_, _ = fmt.Sscan(s.onHand.String(), &n)
			sum += n
		}
	}
	return sum
}

// bestSets tries all sets of lots: of those that have enough and are few enough, those
// whose newest is the oldest, and of these the first in the order of lots. Else, if all
// together are not enough, one that has the most.
func bestSet(w *pickWish, can []int, need int) (best []int, most int) {
	for mask := range 1 << len(can) {
		var set []int
		sum := 0
		for i := range can {
			if mask&(1<<i) != 0 {
				set, sum = append(set, i), sum+can[i]
			}
		}
		if w.maxLots > 0 && len(set) > w.maxLots || slices.ContainsFunc(set, func(i int) bool { return can[i] == 0 }) {
			continue
		}
		if most = max(most, sum); sum < need || len(set) == 0 || sum-can[set[len(set)-1]] >= need {
			continue
		}
		if best == nil || set[len(set)-1] < best[len(best)-1] || set[len(set)-1] == best[len(best)-1] && slices.Compare(set, best) < 0 {
			best = set
		}
	}
	return best, most
}

func TestProposeAgainstAllSets(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lots, w := drawLots(t), drawWish(t)
		var need int
		_, _ = fmt.Sscan(w.need.String(), &need)
		can := make([]int, len(lots))
		for i := range lots {
			can[i] = mayTake(w, &lots[i])
		}
		got, enough := propose(w, lots, pickTaken{}, false)
		var set []int
		took := make([]int, len(lots))
		sum := w.need.Sub(got.missing)
		for _, pick := range got.picks {
			i := slices.IndexFunc(lots, func(l pickLot) bool { return l.lotID == pick.lot.lotID })
			if len(set) == 0 || set[len(set)-1] != i {
				set = append(set, i)
			}
			var n int
			_, _ = fmt.Sscan(pick.quantity.String(), &n)
			took[i] += n
			sum = sum.Sub(pick.quantity)
			if pick.quantity.Cmp(pick.stock.onHand) > 0 || pick.quantity.Sign() <= 0 {
				t.Fatalf("%s of %s", pick.quantity, pick.stock.onHand)
			}
		}
		for i := range lots {
			if took[i] > can[i] {
				t.Fatalf("%d of %s, which has %d: %s", took[i], lots[i].code, can[i], told(got))
			}
		}
		best, most := bestSet(w, can, need)
		missing := max(0, need-most)
		if !enough || !sum.IsZero() || got.missing.Cmp(qty.FromInt(int64(missing))) != 0 {
			t.Fatalf("%s (%v), want %d missing; of %v, %d at most", told(got), enough, missing, can, w.maxLots)
		}
		if missing == 0 && !slices.Equal(set, best) {
			t.Fatalf("%v, want %v of %v: %s", set, best, can, told(got))
		}
		wantTold(t, w, lots, &got, took)
	})
}

// wantTold: what is before the last lot that was taken is either taken or told of.
func wantTold(t *rapid.T, w *pickWish, lots []pickLot, got *proposal, took []int) {
	last := len(lots)
	if got.missing.IsZero() {
		for last > 0 && took[last-1] == 0 {
			last--
		}
	}
	for i := range last {
		over := slices.ContainsFunc(got.passed, func(p passed) bool { return p.lot.lotID == lots[i].lotID })
		untold := len(lots[i].stocks) == 0 && !w.agreed[lots[i].code]
		if over == (took[i] > 0 || untold) {
			t.Fatalf("%s taken %d, passed over %v: %s", lots[i].code, took[i], over, told(*got))
		}
	}
	if len(got.passed) > last {
		t.Fatalf("%d passed over of %d", len(got.passed), last)
	}
}
