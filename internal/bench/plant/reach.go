package plant

import (
	"math/rand/v2"
	"slices"
)

// uses are the runs that consumed each lot, as one slice and where each lot's
// begin.
type uses struct{ begin, runs []int32 }

func (p *Plant) uses() uses {
	u := uses{begin: make([]int32, len(p.Lots)+1), runs: make([]int32, Inputs*len(p.Runs))}
	for i := range p.Runs {
		for _, lot := range p.Runs[i].Inputs {
			u.begin[lot+1]++
		}
	}
	for lot := range p.Lots {
		u.begin[lot+1] += u.begin[lot]
	}
	next := slices.Clone(u.begin)
	for i := range p.Runs {
		for _, lot := range p.Runs[i].Inputs {
			u.runs[next[lot]] = int32(i)
			next[lot]++
		}
	}
	return u
}

func (u uses) of(lot int32) []int32 { return u.runs[u.begin[lot]:u.begin[lot+1]] }

// walker finds what lots reach.
type walker struct {
	p       *Plant
	uses    uses
	reached []int32 // by lot, the walk that reached it
	walk    int32
	stack   []int32
}

func (p *Plant) walker() *walker {
	return &walker{p: p, uses: p.uses(), reached: make([]int32, len(p.Lots))}
}

// add counts the lots that are reached from a lot and were not in this walk yet.
func (w *walker) add(lot int32) int {
	count := 0
	w.stack = append(w.stack[:0], lot)
	for len(w.stack) > 0 {
		lot := w.stack[len(w.stack)-1]
		w.stack = w.stack[:len(w.stack)-1]
		if w.reached[lot] == w.walk {
			continue
		}
		w.reached[lot] = w.walk
		count++
		for _, run := range w.uses.of(lot) {
			for n := range w.p.Runs[run].Outputs {
				w.stack = append(w.stack, w.p.Runs[run].FirstOut+n)
			}
		}
	}
	return count
}

// Reach is how many lots a lot reaches, itself included.
func (w *walker) Reach(lot int32) int {
	w.walk++
	return w.add(lot)
}

// heat has the first raw lot go into runs of the first level, here and there over
// the whole time, until it reaches as many lots as it should. It takes the place of
// another input.
func (p *Plant) heat(draw *rand.Rand) {
	w := p.walker()
	w.walk = 1
	p.Hot, p.HotReach = 0, 1
	enough := p.Shape.Lots / 10
	if p.Shape.Reach > 0 {
		enough = int(p.Shape.Reach * float64(p.Shape.Lots))
	}
	first, end := p.RunLevels[1], p.RunLevels[2]
	for _, n := range draw.Perm(int(end - first)) {
		run := &p.Runs[int(first)+n]
		before := p.HotReach
		for out := range run.Outputs {
			p.HotReach += w.add(run.FirstOut + out)
		}
		if p.HotReach > before {
			run.Inputs[draw.IntN(Inputs)] = p.Hot
		}
		if p.HotReach >= enough {
			return
		}
	}
}

// chooseTypical takes the median of what raw lots reach.
func (p *Plant) chooseTypical() {
	w := p.walker()
	type reach struct {
		lot  int32
		lots int
	}
	var all []reach
	step := max(1, int(p.LotLevels[1])/501)
	for lot := 1; lot < int(p.LotLevels[1]); lot += step {
		all = append(all, reach{int32(lot), w.Reach(int32(lot))})
	}
	slices.SortStableFunc(all, func(a, b reach) int { return a.lots - b.lots })
	median := all[len(all)/2]
	p.Typical, p.TypicalReach = median.lot, median.lots
}
