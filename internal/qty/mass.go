package qty

import (
	"maps"
	"slices"
)

// masses are the units of mass, by their codes of UN/ECE Recommendation 20, in
// kilograms: exact, by definition.
var masses = map[string]Ratio{
	"GRM": {FromInt(1), FromInt(1000)},
	"KGM": One,
	"TNE": {FromInt(1000), FromInt(1)},
	"LBR": {MustParse("0.45359237"), FromInt(1)},
	"ONZ": {MustParse("0.45359237"), FromInt(16)},
}

// MassUnits are the units that something can be weighed in.
func MassUnits() []string { return slices.Sorted(maps.Keys(masses)) }

// IsMass says whether a unit is one of mass.
func IsMass(unit string) bool {
	_, is := masses[unit]
	return is
}

// Mass is how many of one unit of mass another is. Both have to be some.
func Mass(unit, in string) Ratio {
	a, b := masses[unit], masses[in]
	return Ratio{Numerator: times(a.Numerator, b.Denominator), Denominator: times(a.Denominator, b.Numerator)}
}

func times(x, y Decimal) Decimal {
	return must(exact.Mul, x, y)
}
