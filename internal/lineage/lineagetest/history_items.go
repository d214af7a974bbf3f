package lineagetest

import (
	"math/big"
	"slices"
)

// itemOf is what an item of histories is: its category, its base unit, and what one of
// that measures. Of pieces nothing is known but that they are pieces.
type itemOf struct {
	category, unit string
	measures       map[string]*big.Rat
	// converted is how many base units a kilogram is, 0 if nobody says so.
	converted int64
}

var historyItems = map[string]itemOf{
	"a":  {category: "raw", unit: "KGM", measures: map[string]*big.Rat{"mass": big.NewRat(1, 1)}},
	"b":  {category: "raw", unit: "LTR", measures: map[string]*big.Rat{"volume": big.NewRat(1, 1), "mass": big.NewRat(1, 2)}, converted: 2},
	"c":  {category: "made", unit: "H87", measures: map[string]*big.Rat{"pieces": big.NewRat(1, 1)}},
	"~d": {category: "water", unit: "LBR", measures: map[string]*big.Rat{"mass": big.NewRat(45359237, 100000000)}},
}

// dimensions are what quantities can be compared in, the better ones first.
var dimensions = []string{"mass", "volume", "pieces"}

// Category is that of an item in a history.
func Category(item string) string { return historyItems[item].category }

// measured is so much of an item, as one dimension has it; nil if it cannot be measured so.
func measured(item, dimension string, quantity *big.Rat) *big.Rat {
	size := historyItems[item].measures[dimension]
	if size == nil {
		return nil
	}
	return product(size, quantity)
}

// alike is what all of some lots can be measured in, empty if there is nothing.
func alike(lots []string) string {
	for _, dimension := range dimensions {
		if !slices.ContainsFunc(lots, func(lot string) bool { return historyItems[Item(lot)].measures[dimension] == nil }) {
			return dimension
		}
	}
	return ""
}

// describe gives items their categories and units.
func (l *historian) describe() {
	for sku, id := range l.ItemIDs {
		is := historyItems[sku]
		l.insert("UPDATE item SET category = $3, base_unit = $4 WHERE tenant_id = $1 AND item_id = $2", id, is.category, is.unit)
		if is.converted > 0 {
			l.insert("INSERT INTO item_unit (tenant_id, item_id, unit, numerator, denominator) VALUES ($1, $2, 'KGM', $3, 1)", id, is.converted)
		}
	}
}

func product(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }

// UnitsDiffer says whether the lots that are asked for are not all of one unit, either way
// that is asked for.
func (h History) UnitsDiffer(m Moment, ask Ask) bool {
	for _, back := range []bool{false, true} {
		if back && !ask.Backward || !back && !ask.Forward {
			continue
		}
		found, units := newModel(h.graph(m)), map[string]bool{}
		found.search(ask, back)
		for lot, f := range found.lots {
			if f.depth == 0 {
				units[historyItems[Item(lot)].unit] = true
			}
		}
		if len(units) > 1 {
			return true
		}
	}
	return false
}
