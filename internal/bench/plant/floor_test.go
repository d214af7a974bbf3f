package plant_test

import (
	"testing"

	"github.com/lottrail/lottrail/internal/bench/plant"
)

// What the search comes upon is what a fixpoint over runs finds, lot by lot.
func TestFloor(t *testing.T) {
	t.Parallel()
	p := planted(t, 2000, 3)
	floor := p.Floor()
	for lot := 0; lot < len(p.Lots); lot += 37 {
		if got, want := floor.Forward(int32(lot)), fixpoint(p, int32(lot)); got != want {
			t.Errorf("from %d: %+v, want %+v", lot, got, want)
		}
	}
	if got := floor.Forward(p.Hot); got.Lots != p.HotReach || got.Shipments == 0 {
		t.Errorf("the hot lot: %+v, and it reaches %d", got, p.HotReach)
	}
}

func fixpoint(p *plant.Plant, from int32) plant.Reached {
	lots, runs := map[int32]bool{from: true}, map[int]bool{}
	for before := 0; before != len(lots); {
		before = len(lots)
		for n, run := range p.Runs {
			for _, in := range run.Inputs {
				runs[n] = runs[n] || lots[in]
			}
			for out := range run.Outputs {
				if runs[n] {
					lots[run.FirstOut+out] = true
				}
			}
		}
	}
	r := plant.Reached{Lots: len(lots)}
	for n, run := range p.Runs {
		for _, in := range run.Inputs {
			if lots[in] {
				r.Edges++
			}
		}
		if runs[n] {
			r.Runs++
			r.Edges += int(run.Outputs)
		}
	}
	for lot := range lots {
		if p.Finished(int(lot)) {
			r.Shipments += plant.Customers
		}
	}
	return r
}
