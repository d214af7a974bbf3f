package attribution_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lottrail/lottrail/internal/attribution"
)

// Bounds hold whatever is mixed how: of what is taken out of a lot, and of what a run puts
// out, any part may be the seed's.
func TestBounds(t *testing.T) {
	t.Parallel()
	for _, backward := range []bool{false, true} {
		t.Run(map[bool]string{false: "forward", true: "backward"}[backward], func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				h := drawChain(t)
				seed := int64(1)
				if backward {
					seed = 6
				}
				told := h.tell(t, backward, []int64{seed})
				for range 5 {
					mixed := mix(t, h, seed, backward)
					eachFigure(h, told, func(what string, f attribution.Figure) {
						if got, known := mixed[what]; known && (number(f.Least) > got+1e-6 || number(f.Most) < got-1e-6) {
							t.Errorf("%s: %v is possible, not within %s to %s", what, got, f.Least, f.Most)
						}
					})
				}
			})
		})
	}
}

// drawChain is a history without loops: run 101 consumes of the lots 1 to 3 and puts out
// of 4 and 5, run 102 consumes of up to 5, and so on.
func drawChain(t *rapid.T) *history {
	h := newHistory()
	onHand, shipped := map[int64]int64{}, map[[2]int64]int64{}
	for range rapid.IntRange(1, 40).Draw(t, "steps") {
		lot, line := rapid.Int64Range(1, 8).Draw(t, "lot"), rapid.Int64Range(201, 202).Draw(t, "line")
		run := rapid.Int64Range(0, 2).Draw(t, "run")
		m := attribution.Movement{
			Kind: rapid.SampledFrom([]attribution.Kind{
				attribution.Receipt, attribution.Output, attribution.Output, attribution.Return, attribution.Gain, attribution.Consumption,
				attribution.Consumption, attribution.Consumption, attribution.Shipment, attribution.Scrap, attribution.Loss,
			}).Draw(t, "kind"),
			At: began.Add(time.Duration(rapid.IntRange(0, 50).Draw(t, "hour")) * time.Hour),
		}
		most := int64(20)
		switch m.Kind {
		case attribution.Receipt:
			m.LineID = 300 + h.n
		case attribution.Output:
			m.RunID, lot = 101+run, 4+run+lot%2
		case attribution.Return:
			m.LineID, most = line, shipped[[2]int64{lot, line}]
		case attribution.Gain:
		case attribution.Consumption:
			m.RunID, lot = 101+run, 1+lot%(3+run)
			most = onHand[lot]
		default:
			most = onHand[lot]
			if m.Kind == attribution.Shipment {
				m.LineID = line
			}
		}
		if most == 0 {
			continue
		}
		n := most
		if rapid.Bool().Draw(t, "part") {
			n = rapid.Int64Range(1, most).Draw(t, "amount")
		}
		switch {
		case m.Kind < attribution.Consumption:
			onHand[lot] += n
			if m.Kind == attribution.Return {
				shipped[[2]int64{lot, line}] -= n
			}
		default:
			onHand[lot] -= n
			if m.Kind == attribution.Shipment {
				shipped[[2]int64{lot, line}] += n
			}
		}
		h.add(lot, m, fmt.Sprint(n))
	}
	for run := range h.runs {
		h.open[run] = rapid.Bool().Draw(t, "under way")
	}
	return h
}

// mix goes through a history and lets whoever draws decide what is the seed's.
func mix(t *rapid.T, h *history, seed int64, backward bool) map[string]float64 {
	got := map[string]float64{}
	chosen := func(content float64) float64 {
		return content * rapid.SampledFrom([]float64{0, 0, 0.3, 1, 1}).Draw(t, "share")
	}
	into, given := map[int64]float64{}, map[int64]float64{} // by run, by movement
	lots := map[int64][]drop{}
	for id, movements := range h.lots {
		if lots[id] = drops(movements); backward {
			lots[id] = reversed(lots[id])
		}
	}
	for n := range int64(8) {
		id, run := n+1, 101+n+1-4
		if backward {
			id, run = 8-n, 101+8-n-3
		}
		// All that leads to the run was mixed before, and nothing behind it.
		got[fmt.Sprintf("run %d kept", run)] = divideAnyhow(lots, run, into[run], h.open[run] && !backward, chosen, given)
		all := lots[id]
		var content, left float64
		out, went := map[int64]float64{}, map[int64]float64{}
		for _, d := range all {
			x := given[d.id]
			switch {
			case d.in && d.pool != 0:
				if x = out[d.pool]; id == seed {
					x = d.quantity
				} else if went[d.pool] > d.quantity+1e-9 {
					x = chosen(out[d.pool])
				}
				out[d.pool] -= x
				went[d.pool] -= d.quantity
				got[where(id, d, backward)] -= x
			case d.in && id == seed:
				x = d.quantity
			}
			if d.in {
				left, content = left+d.quantity, content+x
				if d.pool == 0 {
					got[fmt.Sprintf("lot %d through", id)] += x
				}
				continue
			}
			x = content
			if id == seed {
				x = d.quantity
			} else if left > d.quantity+1e-9 {
				x = chosen(content)
			}
			left, content = left-d.quantity, content-x
			if d.run != 0 {
				into[d.run] += x
			}
			if d.pool != 0 {
				out[d.pool] += x
				went[d.pool] += d.quantity
			}
			got[where(id, d, backward)] += x
		}
		got[fmt.Sprintf("lot %d on hand", id)] = content
	}
	for run := range h.runs {
		got[fmt.Sprintf("run %d through", run)] = into[run]
	}
	delete(got, fmt.Sprintf("lot %d through", seed)) // it is what came in, not what comes by
	delete(got, "")
	return got
}

// where is the figure that something taken counts for.
func where(id int64, d drop, backward bool) string {
	switch {
	case d.run != 0 && !backward:
		return fmt.Sprintf("lot %d consumed", id)
	case d.run != 0 || backward && d.pool != 0:
		return ""
	case d.pool == -1:
		return fmt.Sprintf("lot %d adjusted", id)
	case d.line != 0:
		return fmt.Sprintf("lot %d line %d", id, d.line)
	case backward:
		return fmt.Sprintf("lot %d found", id)
	}
	return fmt.Sprintf("lot %d scrapped", id)
}

// divideAnyhow gives what is in a run to what it put out, and says what stays in it.
func divideAnyhow(lots map[int64][]drop, run int64, content float64, open bool, chosen func(float64) float64, given map[int64]float64) float64 {
	var parts []int64
	for _, id := range slices.Sorted(maps.Keys(lots)) {
		for _, d := range lots[id] {
			if d.in && d.run == run {
				parts = append(parts, d.id)
			}
		}
	}
	if len(parts) == 0 {
		return content
	}
	kept := 0.0
	if open {
		kept = chosen(content)
	}
	content -= kept
	for i, id := range parts {
		if given[id] = content; i < len(parts)-1 {
			given[id] = chosen(content)
		}
		content -= given[id]
	}
	return kept
}
