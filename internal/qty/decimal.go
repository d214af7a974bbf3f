// Package qty is arithmetic on quantities: exact decimals, never floats, and
// conversions between the units of an item by exact ratios.
package qty

import (
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/cockroachdb/apd/v3"
	"github.com/jackc/pgx/v5/pgtype"
)

// A quantity is a numeric(38,9): so many digits before and after the point.
const (
	maxIntegerDigits = 29
	maxDecimals      = 9
)

// exact refuses (Inexact trap) whatever would round. Its precision holds the
// product of any two quantities.
var exact = apd.Context{
	Precision:   3 * (maxIntegerDigits + maxDecimals),
	MaxExponent: apd.MaxExponent,
	MinExponent: apd.MinExponent,
	Traps:       apd.DefaultTraps | apd.Inexact,
}

// Decimal is an exact decimal number. The zero value is 0. It is immutable and
// can be copied.
type Decimal struct{ d *apd.Decimal }

// Reasons for which a text or a result is no Decimal.
var (
	ErrNotANumber = errors.New("not a decimal number in plain notation")
	ErrTooPrecise = errors.New("too many digits after the point")
	ErrTooLarge   = errors.New("too many digits before the point")
)

func (x Decimal) apd() *apd.Decimal {
	if x.d == nil {
		return new(apd.Decimal)
	}
	return x.d
}

// Parse reads a number in plain notation: digits, perhaps a sign before and a
// point within. Neither exponents nor NaN nor infinities are numbers here.
func Parse(text string) (Decimal, error) {
	digits := strings.TrimPrefix(text, "-")
	whole, fraction, point := strings.Cut(digits, ".")
	if whole == "" || strings.Trim(whole+fraction, "0123456789") != "" || (point && fraction == "") {
		return Decimal{}, ErrNotANumber
	}
	if len(strings.TrimLeft(whole, "0")) > maxIntegerDigits {
		return Decimal{}, ErrTooLarge
	}
	if len(strings.TrimRight(fraction, "0")) > maxDecimals {
		return Decimal{}, ErrTooPrecise
	}
	d, _, err := exact.NewFromString(text)
	if err != nil {
		return Decimal{}, ErrNotANumber
	}
	return fit(d)
}

// fit drops zeros at the end and checks that d can be kept.
func fit(d *apd.Decimal) (Decimal, error) {
	d.Reduce(d)
	if -d.Exponent > maxDecimals {
		return Decimal{}, ErrTooPrecise
	}
	if d.NumDigits()+int64(d.Exponent) > maxIntegerDigits {
		return Decimal{}, ErrTooLarge
	}
	return Decimal{d}, nil
}

// MustParse is Parse for constants.
func MustParse(text string) Decimal {
	x, err := Parse(text)
	if err != nil {
		panic(fmt.Sprintf("qty: %q: %v", text, err))
	}
	return x
}

// FromInt returns n.
func FromInt(n int64) Decimal { return Decimal{apd.New(n, 0)} }

// FromScientific returns coefficient·10^exponent, which has to be one that Scientific
// returned.
func FromScientific(coefficient int64, exponent int32) Decimal {
	return Decimal{apd.New(coefficient, exponent)}
}

// Scientific returns x as coefficient·10^exponent, for whoever has very many to keep; small
// is false if the coefficient does not fit.
func (x Decimal) Scientific() (coefficient int64, exponent int32, small bool) {
	d := x.apd()
	if !d.Coeff.IsInt64() {
		return 0, 0, false
	}
	if coefficient = d.Coeff.Int64(); d.Negative {
		coefficient = -coefficient
	}
	return coefficient, d.Exponent, true
}

// String is the plain notation, without zeros at the end.
func (x Decimal) String() string {
	d, _ := new(apd.Decimal).Reduce(x.apd())
	if d.IsZero() {
		return "0"
	}
	return d.Text('f')
}

// Sign is -1, 0 or 1.
func (x Decimal) Sign() int { return x.apd().Sign() }

// IsZero says whether x is 0.
func (x Decimal) IsZero() bool { return x.Sign() == 0 }

// Cmp is -1, 0 or 1 as x is below, equal to or above y.
func (x Decimal) Cmp(y Decimal) int { return x.apd().Cmp(y.apd()) }

// Neg returns -x.
func (x Decimal) Neg() Decimal { return Decimal{new(apd.Decimal).Neg(x.apd())} }

// Add returns x+y. Sums of what can be kept never need rounding.
func (x Decimal) Add(y Decimal) Decimal { return must(exact.Add, x, y) }

// Sub returns x-y.
func (x Decimal) Sub(y Decimal) Decimal { return must(exact.Sub, x, y) }

// Mul returns x·y, or ErrTooPrecise or ErrTooLarge if that cannot be kept.
func (x Decimal) Mul(y Decimal) (Decimal, error) { return fit(must(exact.Mul, x, y).d) }

// Min returns the lesser of x and y.
func (x Decimal) Min(y Decimal) Decimal {
	if x.Cmp(y) <= 0 {
		return x
	}
	return y
}

func must(op func(d, x, y *apd.Decimal) (apd.Condition, error), x, y Decimal) Decimal {
	d := new(apd.Decimal)
	if _, err := op(d, x.apd(), y.apd()); err != nil {
		// Out of reach: operands have at most 38 digits, the context has 114.
		panic(fmt.Sprintf("qty: %s, %s: %v", x, y, err))
	}
	return Decimal{d}
}

// Decimals returns how many digits after the point x needs.
func (x Decimal) Decimals() int {
	d, _ := new(apd.Decimal).Reduce(x.apd())
	return max(0, -int(d.Exponent))
}

// ScanNumeric implements pgtype.NumericScanner.
func (x *Decimal) ScanNumeric(n pgtype.Numeric) error {
	if !n.Valid || n.NaN || n.InfinityModifier != pgtype.Finite {
		return fmt.Errorf("qty: cannot keep numeric %+v", n)
	}
	d := &apd.Decimal{Exponent: n.Exp, Negative: n.Int.Sign() < 0}
	d.Coeff.SetMathBigInt(n.Int)
	d.Coeff.Abs(&d.Coeff)
	x.d, _ = d.Reduce(d)
	return nil
}

// NumericValue implements pgtype.NumericValuer.
func (x Decimal) NumericValue() (pgtype.Numeric, error) {
	d := x.apd()
	coefficient := new(big.Int).Set(d.Coeff.MathBigInt())
	if d.Negative {
		coefficient.Neg(coefficient)
	}
	return pgtype.Numeric{Int: coefficient, Exp: d.Exponent, Valid: true}, nil
}
