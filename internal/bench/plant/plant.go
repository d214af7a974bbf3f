// Package plant makes up a plant to measure on: four levels of lots, from what was
// bought to what is sold, the runs between them and the shipments. The same shape
// and seed make the same plant, to the last row.
package plant

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// What every plant has, whatever its size.
const (
	// Levels: raw, two of intermediates, finished.
	Levels = 4
	// Inputs a run consumes, each a different lot of the level before.
	Inputs = 4
	// Customers that each finished lot goes to.
	Customers = 5
	// DocumentLines are the lots of a receipt, and those of a shipment.
	DocumentLines = 5

	// lotsPerDay is how busy it is; the past of a large plant is longer than that of
	// a small one, up to maxDays.
	lotsPerDay = 300
	maxDays    = 300
)

// Began is when the first lot was received.
var Began = time.Date(2025, 1, 6, 5, 0, 0, 0, time.UTC)

// Shape says what to make.
type Shape struct {
	Lots int
	Seed uint64
	// Reach is which part of all lots the hot one reaches: MaxReach at most, a tenth if
	// it is 0.
	Reach float64
}

// MaxReach leaves out most of the raw lots.
const MaxReach = 0.74

// MinLots is the smallest plant, in which a lot can reach a tenth of all, and MaxLots
// the largest.
const (
	MinLots = 1000
	MaxLots = 20_000_000
)

// Lot is a lot. It is named by its index.
type Lot struct {
	Run  int32 // that made it, -1 for a raw lot
	Item int32
	Used int32 // what was consumed and shipped of it
	Left int32
}

// Run is a run. Its outputs have indexes one after the other.
type Run struct {
	Inputs   [Inputs]int32
	FirstOut int32
	Outputs  int32
}

// Plant is a plant in memory. Quantities are whole kilograms.
type Plant struct {
	Shape
	Lots []Lot
	Runs []Run
	// LotLevels and RunLevels begin the levels: level l has the lots from
	// LotLevels[l] up to, and without, LotLevels[l+1]. Level 0 has no runs.
	LotLevels [Levels + 1]int32
	RunLevels [Levels + 1]int32
	// Hot is a raw lot that reaches many lots (Shape.Reach), Typical one that reaches as
	// many as the median of raw lots does. Reach counts the lot itself.
	Hot, Typical           int32
	HotReach, TypicalReach int
}

// Make makes a plant.
func Make(shape Shape) (*Plant, error) {
	if shape.Lots < MinLots {
		return nil, fmt.Errorf("a plant of %d lots is too small: take %d or more", shape.Lots, MinLots)
	}
	p := &Plant{Shape: shape, Lots: make([]Lot, shape.Lots)}
	draw := rand.New(rand.NewPCG(shape.Seed, 1))
	for level := range Levels {
		p.LotLevels[level+1] = int32(shape.Lots * (level + 1) / Levels)
	}
	for i := range p.Lots[:p.LotLevels[1]] {
		p.Lots[i] = Lot{Run: -1, Item: int32(draw.IntN(Items))}
	}
	for level := 1; level < Levels; level++ {
		p.RunLevels[level] = int32(len(p.Runs))
		p.makeLevel(level, draw)
	}
	p.RunLevels[Levels] = int32(len(p.Runs))
	p.heat(draw)
	p.chooseTypical()
	p.weigh()
	return p, nil
}

// makeLevel makes the runs of a level and the lots that they put out. What a run
// consumes was made not long before it.
func (p *Plant) makeLevel(level int, draw *rand.Rand) {
	first, end := int(p.LotLevels[level-1]), int(p.LotLevels[level])
	if level == 1 {
		first++ // the hot lot is used where heat says
	}
	before := end - first
	window := max(2*Inputs, before/25)
	out, outEnd := p.LotLevels[level], p.LotLevels[level+1]
	for at := out; out < outEnd; at = out {
		made := before * int(at-p.LotLevels[level]) / int(outEnd-p.LotLevels[level])
		newest := first + max(2*Inputs, made)
		recent := min(window, newest-first)
		run := Run{FirstOut: out, Outputs: min(1+int32(draw.IntN(2)), outEnd-out)}
		for k := 0; k < Inputs; {
			lot := int32(newest - 1 - draw.IntN(recent))
			if !has(run.Inputs[:k], lot) {
				run.Inputs[k] = lot
				k++
			}
		}
		item := int32(draw.IntN(Items))
		for range run.Outputs {
			p.Lots[out] = Lot{Run: int32(len(p.Runs)), Item: item}
			out++
		}
		p.Runs = append(p.Runs, run)
	}
}

func has(lots []int32, lot int32) bool {
	for _, l := range lots {
		if l == lot {
			return true
		}
	}
	return false
}

// weigh gives every use a quantity, and every lot as much as was used of it and
// something that is left.
func (p *Plant) weigh() {
	for run := range p.Runs {
		for k, lot := range p.Runs[run].Inputs {
			p.Lots[lot].Used += p.Consumed(run, k)
		}
	}
	for lot := int(p.LotLevels[Levels-1]); lot < len(p.Lots); lot++ {
		for n := range Customers {
			p.Lots[lot].Used += p.Shipped(lot, n)
		}
	}
	for lot := range p.Lots {
		p.Lots[lot].Left = 1000 + p.pick(9000, 3, lot)
	}
}

// Consumed is how much a run took of its kth input.
func (p *Plant) Consumed(run, k int) int32 { return 10 * (1 + p.pick(5, 1, run*Inputs+k)) }

// Shipped is how much of a finished lot went to the nth of its customers.
func (p *Plant) Shipped(lot, n int) int32 { return 10 * (1 + p.pick(5, 2, lot*Customers+n)) }

// pick is a number below n that looks like drawn and needs no memory (splitmix64).
func (p *Plant) pick(n uint64, stream, i int) int32 {
	x := p.Seed + uint64(stream)<<56 + uint64(i)*0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return int32((x ^ x>>31) % n)
}

// Finished says whether the lot is of the last level, which is shipped.
func (p *Plant) Finished(lot int) bool { return lot >= int(p.LotLevels[Levels-1]) }

// Level is which level a lot is of.
func (p *Plant) Level(lot int) int {
	level := 0
	for int32(lot) >= p.LotLevels[level+1] {
		level++
	}
	return level
}
