package qty

import "github.com/cockroachdb/apd/v3"

// Ratio is how many base units one unit is: Numerator/Denominator, exactly.
type Ratio struct{ Numerator, Denominator Decimal }

// One is the ratio of the base unit to itself.
var One = Ratio{FromInt(1), FromInt(1)}

// ToBase converts an amount into base units, exactly. It fails with
// ErrTooPrecise when the result needs more than the given digits after the
// point, however close a rounded number would be, and with ErrTooLarge when it
// cannot be kept.
func (r Ratio) ToBase(amount Decimal, decimals int) (Decimal, error) {
	product, quotient := new(apd.Decimal), new(apd.Decimal)
	if _, err := exact.Mul(product, amount.apd(), r.Numerator.apd()); err != nil {
		return Decimal{}, ErrTooPrecise
	}
	if _, err := exact.Quo(quotient, product, r.Denominator.apd()); err != nil {
		return Decimal{}, ErrTooPrecise
	}
	base, err := fit(quotient)
	if err != nil {
		return Decimal{}, err
	}
	if base.Decimals() > decimals {
		return Decimal{}, ErrTooPrecise
	}
	return base, nil
}
