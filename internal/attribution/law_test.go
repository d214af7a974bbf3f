package attribution_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lottrail/lottrail/internal/attribution"
	"github.com/lottrail/lottrail/internal/qty"
)

// drawHistory is a random history that the ledger would have taken: nothing is taken that
// is not there. Times are as drawn, and so records may be late, and loops are common.
func drawHistory(t *rapid.T) *history {
	h := newHistory()
	onHand := map[int64]int64{}
	shipped := map[[2]int64]int64{}
	for range rapid.IntRange(1, 40).Draw(t, "steps") {
		lot, run := rapid.Int64Range(1, 6).Draw(t, "lot"), rapid.Int64Range(101, 104).Draw(t, "run")
		line := rapid.Int64Range(201, 203).Draw(t, "line")
		m := attribution.Movement{
			Kind: rapid.SampledFrom([]attribution.Kind{
				attribution.Receipt, attribution.Output, attribution.Return, attribution.Gain, attribution.Consumption,
				attribution.Shipment, attribution.Scrap, attribution.Loss,
			}).Draw(t, "kind"),
			At: began.Add(time.Duration(rapid.IntRange(0, 50).Draw(t, "hour")) * time.Hour),
		}
		most := int64(100)
		switch m.Kind {
		case attribution.Receipt:
			m.LineID = 300 + h.n
		case attribution.Output:
			m.RunID = run
		case attribution.Return:
			m.LineID, most = line, shipped[[2]int64{lot, line}]
		case attribution.Gain:
		case attribution.Consumption:
			m.RunID, most = run, onHand[lot]
		default:
			most = onHand[lot]
			if m.Kind == attribution.Shipment {
				m.LineID = line
			}
		}
		if most == 0 {
			continue
		}
		n := rapid.Int64Range(1, most).Draw(t, "amount")
		switch m.Kind {
		case attribution.Receipt, attribution.Output, attribution.Gain:
			onHand[lot] += n
		case attribution.Return:
			onHand[lot], shipped[[2]int64{lot, line}] = onHand[lot]+n, most-n
		default:
			onHand[lot] -= n
			if m.Kind == attribution.Shipment {
				shipped[[2]int64{lot, line}] += n
			}
		}
		h.add(lot, m, fmt.Sprintf("%d.%03d", n/8, n%8*125)) // not whole
	}
	for run := range h.runs {
		h.open[run] = rapid.Bool().Draw(t, "under way")
	}
	return h
}

// Whatever happened, what came into the seed is somewhere, to the last decimal, and
// nowhere is less than nothing; and it is where an obvious way to get it finds it.
func TestLaw(t *testing.T) {
	t.Parallel()
	for _, backward := range []bool{false, true} {
		t.Run(map[bool]string{false: "forward", true: "backward"}[backward], func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				h := drawHistory(t)
				var leftOut []int64
				if rapid.Bool().Draw(t, "depth") {
					leftOut = append(leftOut, 104)
				}
				told := h.tell(t, backward, []int64{1}, leftOut...)
				if totals := told.Totals(); !totals.Balanced() {
					t.Errorf("%+v: %s", totals, h.said(told))
				}
				eachFigure(h, told, func(what string, f attribution.Figure) {
					if f.Least.Sign() < 0 || f.Value.Cmp(f.Least) < 0 || f.Value.Cmp(f.Most) > 0 {
						t.Errorf("%s: %+v", what, f)
					}
				})
				if told.Totals().Settled {
					compare(t, h, told, backward, leftOut)
				}
			})
		})
	}
}

func eachFigure(h *history, told *attribution.History, see func(what string, f attribution.Figure)) {
	for id := range h.lots {
		lot := told.LotOf(id)
		for what, f := range map[string]attribution.Figure{
			"through": lot.Through, "on hand": lot.OnHand, "consumed": lot.Consumed, "scrapped": lot.Scrapped, "adjusted": lot.Adjusted, "found": lot.Found,
		} {
			see(fmt.Sprintf("lot %d %s", id, what), f)
		}
		for _, line := range lot.Lines {
			see(fmt.Sprintf("lot %d line %d", id, line.ID), line.Figure)
		}
	}
	for id := range h.runs {
		run := told.RunOf(id)
		see(fmt.Sprintf("run %d through", id), run.Through)
		see(fmt.Sprintf("run %d kept", id), run.Kept)
	}
}

func number(x qty.Decimal) float64 {
	f, _ := strconv.ParseFloat(x.String(), 64)
	return f
}

// compare holds figures against floating point, poured again and again until no more
// comes of it. Backward, it is given the history as it ran the other way.
func compare(t *rapid.T, h *history, told *attribution.History, backward bool, leftOut []int64) {
	p := pouring{moved: map[int64]float64{}, lots: map[int64][]drop{}, rest: map[int64]float64{}}
	for id, movements := range h.lots {
		p.lots[id] = drops(movements)
		if backward {
			p.lots[id] = reversed(p.lots[id])
		}
	}
	for range 3000 {
		if p.pour(h, backward, leftOut) < 1e-11 {
			break
		}
	}
	for id := range h.lots {
		want := p.rest[id]
		if got := number(told.LotOf(id).OnHand.Value); got < want-1e-4 || got > want+1e-4 {
			t.Errorf("lot %d has %v, want %v", id, got, want)
		}
		for _, line := range told.LotOf(id).Lines {
			want := p.lines[[2]int64{id, line.ID}]
			if got := number(line.Figure.Value); got < want-1e-4 || got > want+1e-4 {
				t.Errorf("lot %d line %d has %v, want %v", id, line.ID, got, want)
			}
		}
	}
}

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
			new := d.quantity - min(d.quantity, outside[d.pool])
			if d.quantity -= new; new > 0 {
				ordered = append(ordered, drop{in: true, quantity: new})
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
