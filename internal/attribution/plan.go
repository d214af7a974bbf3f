package attribution

import (
	"math/big"
	"slices"
)

// Basis is how the content of a run is divided.
type Basis uint8

// The bases. Evenly is an assumption: nothing says how the parts compare.
const (
	Undivided Basis = iota // among one or none
	Stated                 // by stated shares
	Measured               // by mass, volume or whatever all parts can be measured in
	Evenly
)

// Input is something that a run consumed.
type Input struct {
	Item             *Item
	quantity, weight amount
}

// NewInput is a quantity of an item that a run consumed, with its weight if it is weighed.
func NewInput(m *Movement, item *Item) Input {
	in := Input{Item: item, quantity: fromBig(measure(m.Quantity))}
	if m.Weight != nil {
		in.weight = fromBig(measure(*m.Weight))
	}
	return in
}

// group is what a run divides its content over: a lot, whose movements share its part.
type group struct {
	lot     int32
	members []place
	weights []amount // of the members
	weight  amount
	content amount
}

// plan decides how a run's content is divided: by stated shares, else by what all parts
// can be measured in, else evenly over the lots.
func (h *History) plan(r *process) {
	r.whole = amount{0, 1}
	if !r.known || len(r.parts) == 0 {
		return
	}
	amounts := h.group(r)
	stated := !slices.ContainsFunc(r.groups, func(g group) bool {
		return slices.ContainsFunc(g.members, func(p place) bool { return at(h.lots[p.lot].shares, p.step).isZero() })
	})
	all := slices.Clone(amounts)
	under := r.open && !h.backward
	if under {
		all = append(all, h.inputs(r)...)
	}
	measure := common(all)
	switch d := common(amounts); {
	case stated:
		r.basis = Stated
		h.byShares(r)
	case under && measure != "":
		r.basis = Measured
		setWeights(r, amounts, measure)
	case d != "":
		r.basis = Measured
		setWeights(r, amounts, d)
	default:
		r.basis = Evenly
		for i := range r.groups {
			r.groups[i].weight = amount{0, 1}
		}
	}
	if len(r.groups) == 1 && !under {
		r.basis = Undivided
	}
	if under {
		r.keepSome(all, len(amounts), measure)
	}
}

// group puts the parts of a run together by lot, and says how much each is.
func (h *History) group(r *process) []amountOf {
	slices.SortFunc(r.parts, func(a, b place) int { return int(a.lot) - int(b.lot) }) // as they are, but for safety
	var amounts []amountOf
	for _, p := range r.parts {
		v := h.lots[p.lot]
		if n := len(r.groups); n == 0 || r.groups[n-1].lot != p.lot {
			r.groups = append(r.groups, group{lot: p.lot})
			amounts = append(amounts, amountOf{item: v.item})
		}
		g, a := &r.groups[len(r.groups)-1], &amounts[len(amounts)-1]
		g.members = append(g.members, p)
		g.weights = append(g.weights, v.steps[p.step].quantity)
		a.quantity = a.quantity.add(v.steps[p.step].quantity)
		a.weight = a.weight.add(at(v.weights, p.step))
	}
	return amounts
}

// inputs is what a run consumed.
func (h *History) inputs(r *process) []amountOf {
	var all []amountOf
	for _, p := range r.feeds {
		v := h.lots[p.lot]
		all = append(all, amountOf{v.item, v.steps[p.step].quantity, at(v.weights, p.step)})
	}
	for _, in := range r.inputs {
		all = append(all, amountOf{in.Item, in.quantity, in.weight})
	}
	return all
}

func (h *History) byShares(r *process) {
	for i := range r.groups {
		g := &r.groups[i]
		for j, p := range g.members {
			g.weights[j] = at(h.lots[p.lot].shares, p.step)
			g.weight = g.weight.add(g.weights[j])
		}
	}
}

func setWeights(r *process, amounts []amountOf, d dimension) {
	sizes := make([]*big.Rat, len(amounts))
	for i := range amounts {
		sizes[i] = amounts[i].in(d)
	}
	for i, w := range weights(sizes) {
		r.groups[i].weight = w
	}
}

// keepSome says how much of its content a run under way keeps: what it consumed less what
// it put out, where all that can be measured alike; else as much as an output has, which
// is an assumption.
func (r *process) keepSome(all []amountOf, outputs int, d dimension) {
	if d == "" {
		r.basis = Evenly
		r.keep, r.whole = amount{0, 1}, amount{0, uint64(outputs) + 1}
		return
	}
	in, out := new(big.Rat), new(big.Rat)
	for i := range all {
		if i < outputs {
			out.Add(out, all[i].in(d))
		} else {
			in.Add(in, all[i].in(d))
		}
	}
	if in.Cmp(out) > 0 {
		w := weights([]*big.Rat{new(big.Rat).Sub(in, out), in})
		r.keep, r.whole = w[0], w[1]
	}
}
