package attribution_test

import (
	"maps"
	"slices"

	"github.com/lottrail/lottrail/internal/attribution"
)

// drop is a movement as the oracle has it: into the lot or out of it, and between it and
// what: a run, a line where things may come back, or the world.
type drop struct {
	id       int64
	in       bool
	run      int64
	pool     int64 // -1 for adjustments
	line     int64 // of the figure that is looked at
	quantity float64
}

// drops are movements in order: what is short takes of what comes next.
func drops(movements []attribution.Movement) []drop {
	all := slices.Clone(movements)
	slices.SortStableFunc(all, func(a, b attribution.Movement) int { return a.At.Compare(b.At) })
	var ordered []drop
	var left float64
	outside := map[int64]float64{}
	place := func(m attribution.Movement) {
		d := drop{id: m.ID, in: m.Kind < attribution.Consumption, run: m.RunID, line: m.LineID, quantity: number(m.Quantity)}
		switch m.Kind {
		case attribution.Gain, attribution.Loss:
			d.pool = -1
		case attribution.Return, attribution.Shipment:
			d.pool = m.LineID
		}
		if d.in {
			left += d.quantity
		} else {
			left -= d.quantity
		}
		if d.pool != 0 && d.in {
			fresh := d.quantity - min(d.quantity, outside[d.pool])
			if d.quantity -= fresh; fresh > 0 {
				ordered = append(ordered, drop{in: true, quantity: fresh})
			}
			outside[d.pool] -= d.quantity
		} else if d.pool != 0 {
			outside[d.pool] += d.quantity
		}
		if d.quantity > 0 {
			ordered = append(ordered, d)
		}
	}
	for len(all) > 0 {
		next := 0
		if all[0].Kind >= attribution.Consumption && number(all[0].Quantity) > left+1e-9 {
			fresh := func(m attribution.Movement) bool {
				return m.Kind == attribution.Receipt || m.Kind == attribution.Output
			}
			back := func(m attribution.Movement) bool { return m.Kind < attribution.Consumption }
			if next = slices.IndexFunc(all, fresh); next < 0 {
				next = slices.IndexFunc(all, back)
			}
		}
		place(all[next])
		all = slices.Delete(all, next, next+1)
	}
	return ordered
}

// reversed is what it looks like in a film that runs backward: it begins with what was
// left, and with what had gone and might have come back.
func reversed(forward []drop) []drop {
	left, outside := 0.0, map[int64]float64{}
	var all []drop
	for _, d := range forward {
		sign := 1.0
		if !d.in {
			sign = -1
		}
		left += sign * d.quantity
		if d.pool != 0 {
			outside[d.pool] -= sign * d.quantity
		}
		d.in = !d.in
		all = append(all, d)
	}
	slices.Reverse(all)
	begin := []drop{{in: true, quantity: left}}
	for _, pool := range slices.Sorted(maps.Keys(outside)) {
		begin = append(begin, drop{in: true, quantity: outside[pool]}, drop{pool: pool, quantity: outside[pool]})
	}
	return append(begin, all...)
}

type pouring struct {
	lots  map[int64][]drop
	moved map[int64]float64 // what runs gave, by movement
	rest  map[int64]float64
	lines map[[2]int64]float64
}

// pour replays all once, and says how much more came of it.
func (p *pouring) pour(h *history, backward bool, leftOut []int64) (more float64) {
	p.lines = map[[2]int64]float64{}
	into, outOf := map[int64]float64{}, map[int64]float64{} // content, quantity by run
	quantityIn := map[int64]float64{}
	for id, all := range p.lots {
		var content, left float64
		out, went := map[int64]float64{}, map[int64]float64{}
		for _, d := range all {
			var x float64
			switch {
			case d.in && d.pool != 0:
				if went[d.pool] > 1e-12 {
					x = out[d.pool] * min(1, d.quantity/went[d.pool])
				}
				out[d.pool] -= x
				went[d.pool] -= d.quantity
				p.lines[[2]int64{id, d.line}] -= x
			case d.in && id == 1:
				x = d.quantity
			case d.in:
				x = p.moved[d.id]
			}
			if d.in {
				left, content = left+d.quantity, content+x
				if d.run != 0 {
					outOf[d.run] += d.quantity
				}
				continue
			}
			if left > 1e-12 {
				x = content * min(1, d.quantity/left)
			}
			left, content = left-d.quantity, content-x
			p.lines[[2]int64{id, d.line}] += x
			if d.run != 0 {
				into[d.run] += x
				quantityIn[d.run] += d.quantity
			}
			if d.pool != 0 {
				out[d.pool] += x
				went[d.pool] += d.quantity
			}
		}
		p.rest[id] = content
	}
	for _, all := range p.lots {
		for _, d := range all {
			if d.in && d.run != 0 && d.id != 0 && !slices.Contains(leftOut, d.run) {
				whole := outOf[d.run]
				if h.open[d.run] && !backward {
					whole = max(whole, quantityIn[d.run])
				}
				x := into[d.run] * d.quantity / whole
				more = max(more, x-p.moved[d.id])
				p.moved[d.id] = x
			}
		}
	}
	return more
}
