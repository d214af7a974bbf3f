package lineagetest

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/lottrail/lottrail/internal/ledger"
)

// flow is so much that came into a lot, or went out of it: a line of an event.
type flow struct {
	Event
	at, line int // the event's place in the history, and the line's in it
	quantity *big.Rat
	in       bool
	found    bool     // of nowhere
	share    *big.Rat // what an output states; 0 is nothing
	again    blend    // what came back: what had gone
}

// blend is how much of each thing that came into a lot there is of it somewhere, by its
// place in mixing.flows.
type blend map[int]*big.Rat

// part is so much of a blend, which loses it.
func (b blend) part(share *big.Rat) blend {
	taken := blend{}
	for i, q := range b {
		taken[i] = product(q, share)
		b[i] = new(big.Rat).Sub(q, taken[i])
	}
	return taken
}

func (b blend) add(more blend) {
	for i, q := range more {
		b[i] = sum(b[i], q)
	}
}

func (b blend) quantity() *big.Rat {
	all := new(big.Rat)
	for _, q := range b {
		all.Add(all, q)
	}
	return all
}

// sum takes nil for 0.
func sum(a, b *big.Rat) *big.Rat {
	if a == nil {
		a = new(big.Rat)
	}
	if b == nil {
		return a
	}
	return new(big.Rat).Add(a, b)
}

// mixing is how a well mixed lot led what came into it on.
type mixing struct {
	flows []flow
	of    map[int]blend // what went out, by its place in flows: of what it was
	rest  blend         // of what is left
}

// mix goes through what happened to a lot in the order of time, and of one time in the
// order in which it was recorded. What is taken has its share of all that is in the lot.
func mix(flows []flow) *mixing {
	m := &mixing{of: map[int]blend{}, rest: blend{}}
	lost := blend{} // by adjustments, which others find again
	for _, f := range inOrder(flows) {
		switch {
		case f.in && f.Kind == ledger.KindAdjustment:
			again := lost.quantity()
			if again.Cmp(f.quantity) > 0 {
				again = f.quantity
			}
			if beyond := new(big.Rat).Sub(f.quantity, again); beyond.Sign() > 0 {
				m.come(flow{Event: f.Event, quantity: beyond, in: true, found: true})
			}
			if again.Sign() > 0 {
				f.again = lost.part(new(big.Rat).Quo(again, lost.quantity()))
				m.rest.add(f.again)
				m.flows = append(m.flows, f)
			}
		case f.in:
			m.come(f)
		default:
			m.flows = append(m.flows, f)
			gone := m.rest.part(new(big.Rat).Quo(f.quantity, m.rest.quantity()))
			m.of[len(m.flows)-1] = gone
			if f.Kind == ledger.KindAdjustment {
				lost.add(gone)
			}
		}
	}
	return m
}

// come has something new come into the lot.
func (m *mixing) come(f flow) {
	m.rest[len(m.flows)] = f.quantity
	m.flows = append(m.flows, f)
}

// inOrder sorts by time. What is taken was there: as long as there is not enough of it,
// what comes next is taken to have been there, new goods before what was found again. What
// is missing even so is of nowhere.
func inOrder(flows []flow) (ordered []flow) {
	waiting := slices.Clone(flows)
	slices.SortStableFunc(waiting, func(a, b flow) int { return cmp.Or(a.Minute-b.Minute, a.at-b.at, a.line-b.line) })
	left := new(big.Rat)
	next := func(i int) {
		f := waiting[i]
		waiting = slices.Delete(waiting, i, i+1)
		ordered = append(ordered, f)
		if f.in {
			left.Add(left, f.quantity)
		} else {
			left.Sub(left, f.quantity)
		}
	}
	for len(waiting) > 0 {
		if f := waiting[0]; !f.in && left.Cmp(f.quantity) < 0 {
			if i := slices.IndexFunc(waiting, func(f flow) bool { return f.in && f.Kind != ledger.KindAdjustment }); i > 0 {
				next(i)
			} else if i := slices.IndexFunc(waiting, func(f flow) bool { return f.in }); i > 0 {
				next(i)
			} else {
				missing := new(big.Rat).Sub(f.quantity, left)
				ordered = append(ordered, flow{quantity: missing, in: true, found: true})
				left.Set(f.quantity)
			}
			continue
		}
		next(0)
	}
	return ordered
}

// flows are what stands at a moment, by lots: all that came in or went out, and no moves.
func (h History) flows(m Moment) map[string][]flow {
	flows := map[string][]flow{}
	for i, e := range h.standing(m) {
		for j, l := range e.Lines {
			if e.Kind == ledger.KindTransfer {
				continue
			}
			f := flow{Event: e, at: i, line: j, quantity: new(big.Rat).SetInt64(l.Quantity), in: l.From == "", share: new(big.Rat)}
			if e.Kind == ledger.KindOutput {
				f.share, _ = f.share.SetString(share(e.Run, j).String())
			}
			flows[l.Lot] = append(flows[l.Lot], f)
		}
	}
	return flows
}
