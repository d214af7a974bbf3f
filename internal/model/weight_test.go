package model_test

import (
	"cmp"
	"fmt"
	"slices"

	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// weightTheme is what goes on where each piece is weighed.
var weightTheme = theme{
	kinds:   []kind{receive, receive, move, move, offline, consume, output, ship, ship, adjust, adjust, scrap, reverse, reverse, finish},
	item:    func(item *pb.Item) { item.WeightUnit = "KGM" },
	alone:   plenty,
	weighed: true,
	amend:   func(t *rapid.T, op *operation) { op.weigh(t) },
}

// kilos is a weight, or none.
func kilos(n int) *pb.Quantity {
	if n == 0 {
		return nil
	}
	return &pb.Quantity{Value: fmt.Sprint(n), Unit: "KGM"}
}

// weigh draws a weight for each line of stock: a piece weighs about ten. What is taken may
// be told without.
func (op *operation) weigh(t *rapid.T) {
	for i := range op.Lines {
		l := &op.Lines[i]
		if l.Quantity == 0 {
			continue
		}
		l.Weight = 10*l.Quantity + rapid.SampledFrom([]int{0, 0, 0, 3, -4}).Draw(t, "weight")
		brings := op.Kind == receive || op.Kind == output || op.Kind == adjust && op.Add
		if !brings && rapid.IntRange(0, 2).Draw(t, "told") == 0 {
			l.Weight = 0
		}
	}
}

// weighOut adds the weights that were not told: all that is left by the lines before,
// where as much is taken. It says whether that is so of all.
func (w *world) weighOut(lines []line) ([]line, bool) {
	if !w.theme.weighed {
		return lines, true
	}
	type place struct{ lot, location string }
	taken, weight := map[place]int{}, map[place]int{}
	lines = slices.Clone(lines)
	for i := range lines {
		l := &lines[i]
		at, lot := place{l.Lot, l.From}, w.lots[l.Lot]
		if l.Weight == 0 {
			if l.Quantity != lot.onHand[l.From]-taken[at] {
				return nil, false
			}
			if l.Weight = lot.weight[l.From] - weight[at]; l.Weight <= 0 {
				return nil, false
			}
		}
		taken[at] += l.Quantity
		weight[at] += l.Weight
	}
	return lines, true
}

// misfit says why the movements from some on cannot be: there is less than nothing, or what
// is left of a lot weighs nothing, or nothing that is left weighs something.
func (w *world) misfit(from int) string {
	if w.short() {
		return "INSUFFICIENT_STOCK"
	}
	for _, m := range w.movements[from:] {
		for _, location := range []string{m.From, m.To} {
			left, weight := w.lots[m.Lot].onHand[location], w.lots[m.Lot].weight[location]
			switch {
			case location == "" || !w.theme.weighed || cmp.Compare(left, 0) == cmp.Compare(weight, 0):
			case left == 0:
				return "WEIGHT_DIFFERS"
			default:
				return "INSUFFICIENT_WEIGHT"
			}
		}
	}
	return ""
}
