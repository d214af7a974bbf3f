package attribution

import (
	"cmp"
	"slices"

	"github.com/lottrail/lottrail/internal/qty"
)

// Figure is how much of the seed is somewhere, in the seed's unit, and the least and the
// most that is possible.
type Figure struct{ Value, Least, Most qty.Decimal }

// Divide divides what is somewhere by quantities, of which one at least is above zero, by
// the largest remainder.
func Divide(value qty.Decimal, by []qty.Decimal) []qty.Decimal {
	if len(by) == 0 {
		return nil
	}
	quantities, parts := make([]amount, len(by)), make([]amount, len(by))
	for i := range by {
		quantities[i] = fromBig(measure(by[i]))
	}
	divide(fromBig(measure(value)), quantities, parts)
	decimals := make([]qty.Decimal, len(by))
	for i := range parts {
		decimals[i] = parts[i].decimal()
	}
	return decimals
}

// IsZero says whether there is none, and can be none.
func (f Figure) IsZero() bool { return f.Value.IsZero() && f.Most.IsZero() }

// figure is one under way.
type figure struct{ value, least, most amount }

func (f *figure) add(value, least, most amount) {
	f.value, f.least, f.most = f.value.add(value), f.least.add(least), f.most.add(most)
}

func (f *figure) done() Figure {
	return Figure{f.value.decimal(), f.least.min(f.value).decimal(), f.most.max(f.value).decimal()}
}

// Lot is what is known of a lot in the end.
type Lot struct {
	// Through is forward what came into the lot, backward what was asked of it: what goes
	// round in a loop as often as it comes by.
	Through Figure
	// OnHand, Consumed, Scrapped and Adjusted (down, less what was found again) are forward
	// where that went; what went back into a seed was consumed as well.
	OnHand, Consumed, Scrapped, Adjusted Figure
	// Found is backward what an adjustment up had brought, or nothing in the records.
	Found Figure
	// Lines are forward shipment lines, less what came back, and backward receipt lines.
	Lines []Line
	// Quantity is all that came into the lot, in its own unit.
	Quantity qty.Decimal
	// Assumed is set if some of it comes through a run that was divided evenly.
	Assumed bool
	// Seed is set for what was asked for: all that is in it counts.
	Seed bool
}

// Line is what a line of a document has of the seed.
type Line struct {
	ID int64
	// Gone less Returned is the figure's value; backward nothing is returned.
	Figure         Figure
	Gone, Returned qty.Decimal
}

// LotOf is what is known of a lot that was told of.
func (h *History) LotOf(id int64) Lot {
	v := h.lots[h.lotAt[id]]
	sums := map[sinkKey]*figure{}
	gone, returned := map[sinkKey]amount{}, map[sinkKey]amount{}
	for i := range v.steps {
		s := &v.steps[i]
		key := keyOf(s)
		switch {
		case h.backward && s.kind.pooled(): // what came back was asked of what had gone, in the same lot
		case h.brings(s.kind) && s.kind.pooled():
			returned[key] = returned[key].add(s.content)
		case !h.brings(s.kind):
			gone[key] = gone[key].add(s.content)
		}
	}
	for i := range v.sinks {
		key := sinkKey{v.sinks[i].kind, v.sinks[i].link}
		sums[key] = &figure{gone[key].sub(returned[key]), v.sinks[i].least, v.sinks[i].most}
	}
	return h.lotOf(v, sums, gone, returned)
}

func (h *History) lotOf(v *vessel, sums map[sinkKey]*figure, gone, returned map[sinkKey]amount) Lot {
	through := h.through(v)
	lot := Lot{Through: through.done(), Quantity: v.cameIn().decimal(), Assumed: v.assumed, Seed: v.seed}
	var consumed figure
	line := Shipment
	if h.backward {
		line = Receipt
	}
	for i := range v.sinks {
		key := sinkKey{v.sinks[i].kind, v.sinks[i].link}
		f := sums[key]
		switch key.kind {
		case rest:
			f.value = v.rest
			lot.OnHand = f.done()
		case Consumption:
			consumed.add(f.value, f.least, f.most)
		case Scrap:
			lot.Scrapped = f.done()
		case Loss:
			lot.Adjusted = f.done()
		case found:
			lot.Found = f.done()
		case line:
			lot.Lines = append(lot.Lines, Line{key.link, f.done(), gone[key].decimal(), returned[key].decimal()})
		}
	}
	slices.SortFunc(lot.Lines, func(a, b Line) int { return cmp.Compare(a.ID, b.ID) })
	consumed.most = consumed.most.min(h.led)
	lot.Consumed = consumed.done()
	return lot
}

// through is what came into a lot, or was asked of it. What bounds it is that of the runs
// it came from.
func (h *History) through(v *vessel) (f figure) {
	if v.seed {
		n := v.cameIn()
		return figure{n, n, n}
	}
	met := map[int64]bool{}
	for i := range v.steps {
		s := &v.steps[i]
		if !h.brings(s.kind) || !s.kind.runs() {
			continue
		}
		f.value = f.value.add(s.content)
		if !met[s.link] {
			met[s.link] = true
			least, most := h.runs[s.link].gives(h.led)
			f.add(amount{}, least, most)
		}
	}
	f.most = f.most.min(h.led)
	return f
}

// Run is what is known of a run in the end.
type Run struct {
	// Through is forward what went into the run, backward what was asked of it.
	Through Figure
	// Kept is what is in process, or lost if the run is finished; backward what was put
	// out of nothing.
	Kept Figure
	// Basis is how it was divided, and Assumed whether that, or something before, was
	// assumed.
	Basis   Basis
	Assumed bool
}

// RunOf is what is known of a run that was told of.
func (h *History) RunOf(id int64) Run {
	r := h.runs[h.runAt[id]]
	in := figure{r.content, r.least, r.most}
	kept := figure{value: r.left(), most: r.most}
	switch {
	case len(r.groups) == 0:
		kept.least = r.least
	case h.backward || !r.open:
		kept.most = amount{}
	}
	return Run{in.done(), kept.done(), r.basis, r.assumed}
}

// left is what a run has and does not give: with what a loop that was not replayed to its
// end has on its way round.
func (r *process) left() amount { return r.content.sub(r.given()) }

// Totals are the two sides of the law, in the seed's unit.
type Totals struct {
	// Seeded is what came into the seeds.
	Seeded qty.Decimal
	// OnHand to Lost are where that is forward. What is Beyond went into runs that were not
	// told of; what came Back went into a seed again and is counted there anew.
	OnHand, InProcess, Shipped, Returned, Scrapped, Adjusted, Lost, Beyond, Back qty.Decimal
	// Received, Found and Unexplained (put out of nothing) are where that is from
	// backward, with Beyond and Back.
	Received, Found, Unexplained qty.Decimal
	// Settled is false where a loop was not replayed to its end: what was still on its way
	// round is counted as in process or lost.
	Settled bool
	// Assumed is set if some run was divided evenly.
	Assumed bool
}

// Balanced says whether the law holds.
func (t *Totals) Balanced() bool {
	sum := t.OnHand.Add(t.InProcess).Add(t.Shipped).Sub(t.Returned).Add(t.Scrapped).Add(t.Adjusted).Add(t.Lost)
	sum = sum.Add(t.Beyond).Add(t.Back).Add(t.Received).Add(t.Found).Add(t.Unexplained)
	return sum.Cmp(t.Seeded) == 0
}

// Totals sums everything up.
func (h *History) Totals() Totals {
	sums := map[Kind]amount{}
	var left, back, beyond, kept, lost amount
	for _, v := range h.lots {
		left = left.add(v.rest)
		for i := range v.steps {
			s := &v.steps[i]
			sums[s.kind] = sums[s.kind].add(s.content)
			if v.seed && h.brings(s.kind) && s.kind.runs() {
				back = back.add(s.content)
			}
		}
	}
	t := Totals{Seeded: h.seeded.decimal(), Back: back.decimal(), Settled: h.settled}
	for _, r := range h.runs {
		t.Assumed = t.Assumed || r.assumed && !r.content.isZero()
		switch {
		case !r.known:
			beyond = beyond.add(r.content)
		case r.open && !h.backward:
			kept = kept.add(r.left())
		default:
			lost = lost.add(r.left())
		}
	}
	t.Beyond = beyond.decimal()
	if h.backward {
		t.Received, t.Found, t.Unexplained = sums[Receipt].decimal(), sums[found].decimal(), lost.add(left).decimal()
		return t
	}
	t.OnHand, t.InProcess, t.Lost = left.decimal(), kept.decimal(), lost.decimal()
	t.Shipped, t.Returned, t.Scrapped = sums[Shipment].decimal(), sums[Return].decimal(), sums[Scrap].decimal()
	t.Adjusted = sums[Loss].sub(sums[Gain]).decimal()
	return t
}
