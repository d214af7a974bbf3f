package attribution_test

import (
	"fmt"
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
