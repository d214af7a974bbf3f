package attribution

import (
	"cmp"
	"math/big"
	"math/bits"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/lottrail/lottrail/internal/qty"
)

// amount counts units of the ninth decimal, which is as fine as quantities are: below
// 2^128, and never below zero. It has no pointers, for there are millions of them.
type amount struct{ hi, lo uint64 }

const decimalPlaces = 9

// maxBits is what quantities may have in all so that no sum overflows: what goes round in
// a loop is added up as often as the loop is replayed.
const maxBits = 100

func (x amount) isZero() bool { return x == amount{} }

func (x amount) cmp(y amount) int { return cmp.Or(cmp.Compare(x.hi, y.hi), cmp.Compare(x.lo, y.lo)) }

func (x amount) add(y amount) amount {
	lo, carry := bits.Add64(x.lo, y.lo, 0)
	hi, _ := bits.Add64(x.hi, y.hi, carry)
	return amount{hi, lo}
}

// sub is x - y, of which y is not the larger.
func (x amount) sub(y amount) amount {
	lo, borrow := bits.Sub64(x.lo, y.lo, 0)
	hi, _ := bits.Sub64(x.hi, y.hi, borrow)
	return amount{hi, lo}
}

func (x amount) min(y amount) amount {
	if x.cmp(y) <= 0 {
		return x
	}
	return y
}

func (x amount) max(y amount) amount {
	if x.cmp(y) >= 0 {
		return x
	}
	return y
}

// part is x * numerator / denominator, rounded down, and the remainder of that division.
// The numerator is not larger than the denominator, and that is not zero.
func (x amount) part(numerator, denominator amount) (quotient, remainder amount) {
	if x.hi|numerator.hi|denominator.hi == 0 {
		hi, lo := bits.Mul64(x.lo, numerator.lo)
		q, r := bits.Div64(hi, lo, denominator.lo) // hi is less than the denominator
		return amount{0, q}, amount{0, r}
	}
	product := new(big.Int).Mul(x.big(), numerator.big())
	q, r := product.QuoRem(product, denominator.big(), new(big.Int))
	return fromBig(q), fromBig(r)
}

func (x amount) big() *big.Int {
	n := new(big.Int).SetUint64(x.hi)
	return n.Lsh(n, 64).Or(n, new(big.Int).SetUint64(x.lo))
}

// fromBig takes what has 128 bits at most and is not below zero.
func fromBig(n *big.Int) amount {
	lo := new(big.Int).And(n, new(big.Int).SetUint64(^uint64(0)))
	return amount{new(big.Int).Rsh(n, 64).Uint64(), lo.Uint64()}
}

// measure is a quantity in units of the ninth decimal.
func measure(x qty.Decimal) *big.Int {
	n, _ := x.NumericValue() // cannot fail
	return n.Int.Mul(n.Int, powers[n.Exp+decimalPlaces])
}

// powers of ten, as many as quantities have digits.
var powers = func() (all [39]*big.Int) {
	all[0] = big.NewInt(1)
	for i := range all[1:] {
		all[i+1] = new(big.Int).Mul(all[i], big.NewInt(10))
	}
	return all
}()

// decimal is an amount as a quantity.
func (x amount) decimal() (d qty.Decimal) {
	_ = d.ScanNumeric(pgtype.Numeric{Int: x.big(), Exp: -decimalPlaces, Valid: true}) // cannot fail
	return d
}
