package plant_test

import (
	"reflect"
	"testing"

	"github.com/lottrail/lottrail/internal/bench/plant"
)

// Sizes with last documents of every length.
var sizes = []int{1000, 1001, 1002, 1003, 1004, 4321, 20_000}

func planted(t *testing.T, lots int, seed uint64) *plant.Plant {
	t.Helper()
	p, err := plant.Make(plant.Shape{Lots: lots, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTheSameSeedMakesTheSamePlant(t *testing.T) {
	t.Parallel()
	first, again, other := planted(t, 4321, 7), planted(t, 4321, 7), planted(t, 4321, 8)
	if !reflect.DeepEqual(first, again) {
		t.Error("the same shape made two plants")
	}
	if reflect.DeepEqual(first.Runs, other.Runs) || reflect.DeepEqual(first.Lots, other.Lots) {
		t.Error("another seed made the same")
	}
	if _, err := plant.Make(plant.Shape{Lots: plant.MinLots - 1}); err == nil {
		t.Error("made a plant in which no lot can reach a tenth")
	}
}

// Four levels, four inputs a run, one or two outputs.
func TestShape(t *testing.T) {
	t.Parallel()
	for _, lots := range sizes {
		p := planted(t, lots, 1)
		outputs := map[int32]int{}
		maker := map[int32]int{}
		for level := 1; level < plant.Levels; level++ {
			if n := p.LotLevels[level+1] - p.LotLevels[level]; int(n) < lots/plant.Levels {
				t.Errorf("%d lots: %d of level %d", lots, n, level)
			}
			for i := p.RunLevels[level]; i < p.RunLevels[level+1]; i++ {
				run := p.Runs[i]
				seen := map[int32]bool{}
				for _, input := range run.Inputs {
					if p.Level(int(input)) != level-1 || seen[input] {
						t.Fatalf("%d lots: run %d of level %d consumes %v", lots, i, level, run.Inputs)
					}
					seen[input] = true
				}
				outputs[run.Outputs]++
				for n := range run.Outputs {
					lot := run.FirstOut + n
					if p.Level(int(lot)) != level || p.Lots[lot].Run != i || maker[lot] > 0 {
						t.Fatalf("%d lots: run %d of level %d puts out lot %d of level %d", lots, i, level, lot, p.Level(int(lot)))
					}
					maker[lot]++
				}
			}
		}
		if len(outputs) != 2 || outputs[1] < lots/20 || outputs[2] < lots/20 {
			t.Errorf("%d lots: runs by outputs %v, want many with 1 and many with 2", lots, outputs)
		}
		if len(p.Lots) != lots || len(maker) != lots-int(p.LotLevels[1]) {
			t.Errorf("%d lots: there are %d, of which runs made %d", lots, len(p.Lots), len(maker))
		}
		for lot, l := range p.Lots {
			if l.Left <= 0 || l.Used < 0 || (l.Run < 0) != (lot < int(p.LotLevels[1])) {
				t.Fatalf("%d lots: lot %d is %+v", lots, lot, l)
			}
		}
	}
}

// The hot lot reaches a tenth, found by another search than the plant's own.
func TestHotAndTypical(t *testing.T) {
	t.Parallel()
	for _, lots := range sizes {
		p := planted(t, lots, 3)
		hot, typical := reach(p, p.Hot), reach(p, p.Typical)
		if hot != p.HotReach || typical != p.TypicalReach {
			t.Errorf("%d lots: reaches are %d and %d, said to be %d and %d", lots, hot, typical, p.HotReach, p.TypicalReach)
		}
		if hot < lots/10 || hot > lots/10+lots/25 {
			t.Errorf("%d lots: the hot one reaches %d, want a tenth", lots, hot)
		}
		if p.Level(int(p.Hot)) != 0 || p.Level(int(p.Typical)) != 0 || p.Hot == p.Typical || typical < 10 || typical > 150 {
			t.Errorf("%d lots: hot %d, typical %d, which reaches %d", lots, p.Hot, p.Typical, typical)
		}
	}
}

// reach goes over all runs in their order: a run's inputs come before it.
func reach(p *plant.Plant, lot int32) int {
	reached := map[int32]bool{lot: true}
	for _, run := range p.Runs {
		for _, input := range run.Inputs {
			if reached[input] {
				for n := range run.Outputs {
					reached[run.FirstOut+n] = true
				}
			}
		}
	}
	return len(reached)
}
