package attribution

import (
	"maps"
	"math/big"
	"slices"

	"github.com/lottrail/lottrail/internal/qty"
)

// Item is what an item is measured in.
type Item struct {
	ID       int64
	BaseUnit string
	// WeightUnit is empty if the item is not weighed.
	WeightUnit string
	// Units are its own conversions: how many base units one is.
	Units map[string]qty.Ratio

	// measures are how much of a dimension one base unit is. pieces are what its base unit
	// counts, where it is of no dimension.
	measures map[dimension]*big.Rat
	pieces   dimension
	weighed  *big.Rat // how much mass one weight unit is
}

// dimension is what quantities are compared in: "mass" in kilograms and so on, or a unit
// of no dimension by its code.
type dimension string

const mass dimension = "mass"

// measured are the dimensions in the order in which they are tried.
var measured = []dimension{mass, "volume", "area", "length"}

// units are the ones of UN/ECE Recommendation 20 that measure something, exactly, by how
// much one is of kilograms, litres, square metres and metres.
var units = map[string]struct {
	of   dimension
	size *big.Rat
}{
	"MLT": {"volume", big.NewRat(1, 1000)}, "CLT": {"volume", big.NewRat(1, 100)}, "DLT": {"volume", big.NewRat(1, 10)},
	"LTR": {"volume", big.NewRat(1, 1)}, "HLT": {"volume", big.NewRat(100, 1)}, "MTQ": {"volume", big.NewRat(1000, 1)},
	"CMQ": {"volume", big.NewRat(1, 1000)}, "DMQ": {"volume", big.NewRat(1, 1)},
	"GLL": {"volume", rat("3.785411784")}, "OZA": {"volume", rat("0.0295735295625")}, "QTL": {"volume", rat("0.946352946")},
	"PTL": {"volume", rat("0.473176473")}, "GLI": {"volume", rat("4.54609")},
	"CMK": {"area", big.NewRat(1, 10000)}, "MTK": {"area", big.NewRat(1, 1)}, "FTK": {"area", rat("0.09290304")},
	"MMT": {"length", big.NewRat(1, 1000)}, "CMT": {"length", big.NewRat(1, 100)}, "MTR": {"length", big.NewRat(1, 1)},
	"KMT": {"length", big.NewRat(1000, 1)}, "INH": {"length", rat("0.0254")}, "FOT": {"length", rat("0.3048")}, "YRD": {"length", rat("0.9144")},
}

// rat is for numbers that are written here.
func rat(text string) *big.Rat {
	r, _ := new(big.Rat).SetString(text)
	return r
}

func ratOf(x qty.Decimal) *big.Rat { return rat(x.String()) }

// sizeOf says what a unit measures. One that measures nothing is a dimension of its own.
func sizeOf(unit string) (dimension, *big.Rat) {
	if qty.IsMass(unit) {
		r := qty.Mass(unit, "KGM")
		return mass, new(big.Rat).Quo(ratOf(r.Numerator), ratOf(r.Denominator))
	}
	if u, is := units[unit]; is {
		return u.of, u.size
	}
	return dimension(unit), big.NewRat(1, 1)
}

// learn finds what the item can be measured by: its base unit before its conversions, and
// those by their codes.
func (i *Item) learn() {
	i.measures = map[dimension]*big.Rat{}
	of, size := sizeOf(i.BaseUnit)
	i.measures[of] = size
	if !slices.Contains(measured, of) {
		i.pieces = of
	}
	for _, unit := range slices.Sorted(maps.Keys(i.Units)) {
		of, size := sizeOf(unit)
		if ratio := i.Units[unit]; i.measures[of] == nil {
			perBase := new(big.Rat).Quo(ratOf(ratio.Denominator), ratOf(ratio.Numerator))
			i.measures[of] = perBase.Mul(perBase, size)
		}
	}
	if qty.IsMass(i.WeightUnit) {
		_, i.weighed = sizeOf(i.WeightUnit)
	}
}

// amountOf is how much of something there is, and what that weighs, if it is weighed.
type amountOf struct {
	item             *Item
	quantity, weight amount
}

// in is how much that is of a dimension, nil if it cannot be measured so. What was weighed
// is known better than what a conversion says.
func (a *amountOf) in(d dimension) *big.Rat {
	if d == mass && a.item.weighed != nil && !a.weight.isZero() {
		return times(a.weight, a.item.weighed)
	}
	if size := a.item.measures[d]; size != nil {
		return times(a.quantity, size)
	}
	return nil
}

func times(x amount, size *big.Rat) *big.Rat {
	r := new(big.Rat).SetInt(x.big())
	return r.Mul(r, size)
}

// common is what all of some amounts can be measured in, empty if there is nothing such:
// what is measured before what is counted, for pieces of different items are of different
// size.
func common(all []amountOf) dimension {
	first := all[0].item
	candidates := slices.Clone(measured)
	if first.pieces != "" {
		candidates = append(candidates, first.pieces)
	}
	candidates = append(candidates, slices.Sorted(maps.Keys(first.measures))...)
	for _, d := range candidates {
		if !slices.ContainsFunc(all, func(a amountOf) bool { return a.in(d) == nil }) {
			return d
		}
	}
	return ""
}

// weights makes whole numbers of the same proportions, of at most weightBits, so that what
// is exact stays so wherever that many digits are enough.
func weights(all []*big.Rat) []amount {
	common := big.NewInt(1)
	for _, r := range all {
		gcd := new(big.Int).GCD(nil, nil, common, r.Denom())
		common.Mul(common, new(big.Int).Quo(r.Denom(), gcd))
	}
	longest := 0
	numbers := make([]*big.Int, len(all))
	for i, r := range all {
		n := new(big.Int).Quo(common, r.Denom())
		numbers[i] = n.Mul(n, r.Num())
		longest = max(longest, n.BitLen())
	}
	weights := make([]amount, len(all))
	for i, n := range numbers {
		if longest > weightBits {
			n.Rsh(n, uint(longest-weightBits))
		}
		weights[i] = fromBig(n)
	}
	return weights
}

// weightBits leaves room to add up as many as there are.
const weightBits = 96
