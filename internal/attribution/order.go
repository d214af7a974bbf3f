package attribution

import (
	"cmp"
	"slices"

	"github.com/lottrail/lottrail/internal/qty"
)

// inOrder sorts the movements of a lot by time, and those of one time by when they were
// recorded. What is taken was there: where the times say that more was taken than had
// come, what came later is taken to have come before, the next first. What is then still
// missing was found.
func inOrder(movements []Movement) []Movement {
	all := slices.Clone(movements)
	slices.SortFunc(all, func(a, b Movement) int {
		return cmp.Or(a.At.Compare(b.At), a.Recorded.Compare(b.Recorded), cmp.Compare(a.ID, b.ID))
	})
	if !runsOut(all) {
		return all
	}
	o := ordering{all: all, done: make([]bool, len(all))}
	for i := range all {
		if o.done[i] {
			continue
		}
		if !all[i].Kind.in() {
			o.bring(i, all[i].Quantity)
		}
		o.take(i)
	}
	return o.ordered
}

func runsOut(all []Movement) bool {
	var left qty.Decimal
	for i := range all {
		if all[i].Kind.in() {
			left = left.Add(all[i].Quantity)
		} else if left = left.Sub(all[i].Quantity); left.Sign() < 0 {
			return true
		}
	}
	return false
}

type ordering struct {
	all, ordered []Movement
	done         []bool
	left         qty.Decimal
	// next are where to look for what came later: fresh goods first, then those that had
	// been here before.
	next [2]int
}

func (o *ordering) take(i int) {
	o.done[i] = true
	o.ordered = append(o.ordered, o.all[i])
	if o.all[i].Kind.in() {
		o.left = o.left.Add(o.all[i].Quantity)
	} else {
		o.left = o.left.Sub(o.all[i].Quantity)
	}
}

// bring brings forward what is needed for the movement at i.
func (o *ordering) bring(i int, needed qty.Decimal) {
	for class := range o.next {
		for at := max(i, o.next[class]); at < len(o.all); at++ {
			if o.left.Cmp(needed) >= 0 {
				return
			}
			o.next[class] = at + 1
			if m := &o.all[at]; !o.done[at] && m.Kind.in() && m.Kind.pooled() == (class == 1) {
				o.take(at)
			}
		}
	}
	if missing := needed.Sub(o.left); missing.Sign() > 0 {
		o.ordered = append(o.ordered, Movement{Kind: found, Quantity: missing})
		o.left = needed
	}
}

// tell makes steps of ordered movements. run is the place of a run.
func (v *vessel) tell(ordered []Movement, run func(id int64) int64) {
	out := map[int64]amount{} // by line, what may come back; 0 for adjustments
	for i := range ordered {
		m := &ordered[i]
		s := step{quantity: fromBig(measure(m.Quantity)), kind: m.Kind, link: m.LineID}
		switch m.Kind {
		case Output, Consumption:
			s.link = run(m.RunID)
		case Gain, Loss:
			s.link = 0
		}
		switch {
		case s.kind.pooled() && s.kind.in():
			back := s.quantity.min(out[s.link])
			if beyond := s.quantity.sub(back); !beyond.isZero() {
				v.add(step{quantity: beyond, kind: found}, nil)
			}
			if s.quantity = back; back.isZero() {
				continue
			}
			out[s.link] = out[s.link].sub(back)
		case s.kind.pooled():
			out[s.link] = out[s.link].add(s.quantity)
		}
		v.add(s, m)
	}
	v.steps = slices.Clip(v.steps)
}

// add adds a step; m is nil for what was not recorded as such.
func (v *vessel) add(s step, m *Movement) {
	if s.kind.in() {
		v.onHand = v.onHand.add(s.quantity)
	} else {
		v.onHand = v.onHand.sub(s.quantity)
	}
	v.steps = append(v.steps, s)
	if m == nil || !s.kind.runs() {
		return
	}
	v.weights = v.beside(v.weights, m.Weight)
	v.shares = v.beside(v.shares, m.Share)
}

// beside keeps a figure beside the last step, in a column that is there if there is any.
func (v *vessel) beside(column []amount, x *qty.Decimal) []amount {
	if x == nil {
		return column
	}
	for len(column) < len(v.steps)-1 {
		column = append(column, amount{})
	}
	return append(column, fromBig(measure(*x)))
}

func at(column []amount, i int32) amount {
	if int(i) < len(column) {
		return column[i]
	}
	return amount{}
}

// cameIn is the quantity that came into a lot, but not what came back into it.
func (v *vessel) cameIn() (sum amount) {
	for i := range v.steps {
		if s := &v.steps[i]; s.kind.in() && !s.kind.pooled() {
			sum = sum.add(s.quantity)
		}
	}
	return sum
}
