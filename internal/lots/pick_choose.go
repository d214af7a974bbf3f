package lots

import (
	"slices"

	"github.com/lottrail/lottrail/internal/qty"
)

// maxPicks bounds the picks of a line, and maxPassed how many lots it tells of that
// were passed over.
const (
	maxPicks  = 1000
	maxPassed = 50
)

// picked is a quantity of a lot at a location that a line is proposed.
type picked struct {
	lot      *pickLot
	stock    *pickStock
	quantity qty.Decimal
	why      verdict
}

// passed is a lot that a line was not proposed.
type passed struct {
	lot *pickLot
	why verdict
}

// proposal is what to pick for a line.
type proposal struct {
	picks   []picked
	missing qty.Decimal
	passed  []passed
	cut     bool // for it would be more picks than a line may have
}

// candidate is a lot that something may be picked of.
type candidate struct {
	at  int // index into the lots
	can free
}

// propose decides what to pick from lots, which are in the order of first expired,
// first out. Without a wish for few lots, every lot that may be picked is emptied
// before the next. With one, the newest lot that is touched is as old as can be, and of
// the ways to do with lots up to that one, it is the one that takes the earliest.
// Where so many lots cannot have it all, it is those that have the most.
//
// more says that there are lots behind these; enough, that they would change nothing.
func propose(w *pickWish, lots []pickLot, taken pickTaken, more bool) (p proposal, enough bool) {
	whys := make([]verdict, len(lots))
	var candidates []candidate
	for i := range lots {
		can, why := w.judge(&lots[i], taken)
		if whys[i] = why; why.reason == "" {
			candidates = append(candidates, candidate{i, can})
		}
	}
	chosen := choose(w, candidates)
	p.missing = w.need
	last, next := -1, 0
	for n, c := range candidates {
		if next == len(chosen) || chosen[next] != n {
			whys[c.at] = w.tooLittle(c.can)
			continue
		}
		next++
		why := w.whyTaken(&lots[c.at], n, next-1)
		for _, part := range c.can.parts {
			if p.missing.IsZero() {
				break
			}
			if len(p.picks) == maxPicks {
				p.cut = true
				break
			}
			quantity := part.quantity.Min(p.missing)
			p.picks = append(p.picks, picked{&lots[c.at], part.stock, quantity, why})
			p.missing, last = p.missing.Sub(quantity), c.at
		}
	}
	if !p.missing.IsZero() && !p.cut {
		last = len(lots)
	}
	p.passed = passedOver(w, lots[:min(last+1, len(lots))], whys)
	return p, p.missing.IsZero() || p.cut || !more
}

// passedOver are the lots that were not taken. Those without anything at the site are
// told of only if they were asked for.
func passedOver(w *pickWish, lots []pickLot, whys []verdict) []passed {
	var over []passed
	for i := range lots {
		if whys[i].reason != "" && (len(lots[i].stocks) > 0 || w.agreed[lots[i].code]) {
			over = append(over, passed{&lots[i], whys[i]})
		}
	}
	return over
}

// choose says which candidates to take, by index.
func choose(w *pickWish, candidates []candidate) []int {
	if w.maxLots > 0 {
		return chooseFew(w, candidates)
	}
	var chosen []int
	var sum qty.Decimal
	for i, c := range candidates {
		if sum.Cmp(w.need) >= 0 {
			break
		}
		sum = sum.Add(c.can.total)
		chosen = append(chosen, i)
	}
	return chosen
}

func chooseFew(w *pickWish, candidates []candidate) []int {
	for n, most := 0, (topSum{size: w.maxLots}); n < len(candidates); n++ {
		if most.add(candidates[n].can.total); most.sum.Cmp(w.need) >= 0 {
			return earliest(w, candidates[:n+1])
		}
	}
	return fullest(w, candidates)
}

// earliest are the first of the candidates that have all of it, w.maxLots at most.
// There are such.
func earliest(w *pickWish, candidates []candidate) []int {
	var chosen []int
	var sum qty.Decimal
	behind := topSums(candidates, w.maxLots-1)
	for i, c := range candidates {
		with := sum.Add(c.can.total)
		if with.Add(behind[i+1]).Cmp(w.need) < 0 {
			continue
		}
		chosen, sum = append(chosen, i), with
		if sum.Cmp(w.need) >= 0 {
			break
		}
		behind = topSums(candidates, w.maxLots-len(chosen)-1)
	}
	return chosen
}

// fullest are those that have the most, the earlier of equals.
func fullest(w *pickWish, candidates []candidate) []int {
	chosen := make([]int, len(candidates))
	for i := range chosen {
		chosen[i] = i
	}
	slices.SortStableFunc(chosen, func(a, b int) int { return candidates[b].can.total.Cmp(candidates[a].can.total) })
	chosen = chosen[:min(w.maxLots, len(chosen))]
	slices.Sort(chosen)
	return chosen
}

// topSums are, for each index, how much the fullest candidates from there on have,
// size of them at most.
func topSums(candidates []candidate, size int) []qty.Decimal {
	sums := make([]qty.Decimal, len(candidates)+1)
	most := topSum{size: size}
	for i := len(candidates) - 1; i >= 0; i-- {
		most.add(candidates[i].can.total)
		sums[i] = most.sum
	}
	return sums
}

// topSum is the sum of the greatest of the quantities that were added.
type topSum struct {
	size     int
	sum      qty.Decimal
	greatest []qty.Decimal // the least first
}

func (t *topSum) add(quantity qty.Decimal) {
	if t.size == 0 {
		return
	}
	at, _ := slices.BinarySearchFunc(t.greatest, quantity, qty.Decimal.Cmp)
	if len(t.greatest) == t.size {
		if at == 0 {
			return
		}
		t.sum = t.sum.Sub(t.greatest[0])
		t.greatest = slices.Delete(t.greatest, 0, 1)
		at--
	}
	t.greatest = slices.Insert(t.greatest, at, quantity)
	t.sum = t.sum.Add(quantity)
}

// whyTaken: n is the candidate's index, place its place among those that are taken.
func (w *pickWish) whyTaken(lot *pickLot, n, place int) verdict {
	switch {
	case n == 0:
		return because("FIRST_EXPIRED", "it comes first of all that can be picked: %s", lot.described())
	case n == place:
		return because("NEXT_EXPIRED", "it comes next, those before it are not enough: %s", lot.described())
	case w.maxLots == 1:
		return because("FEWER_LOTS", "a single lot is wanted, and it is the first that has enough, or has the most if none has: %s", lot.described())
	}
	return because("FEWER_LOTS", "at most %d lots are wanted, and without it so many would not have enough: %s", w.maxLots, lot.described())
}

func (w *pickWish) tooLittle(can free) verdict {
	if w.maxLots == 1 {
		return because("TOO_LITTLE", "%s %s can be picked of it, too little where a single lot is wanted", can.total, w.unit)
	}
	return because("TOO_LITTLE", "%s %s can be picked of it, too little where at most %d lots are wanted", can.total, w.unit, w.maxLots)
}
