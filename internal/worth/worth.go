// Package worth calculates what stock is worth by what was paid for it.
package worth

import (
	"maps"
	"math/big"
	"slices"
	"strings"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/qty"
)

// Worth is an amount in each currency, exactly: what was paid in a unit of three, say,
// is no decimal. nil is not known, which is not nothing.
type Worth map[string]*big.Rat

// Paid is a quantity in base units, and what was paid for each cost unit of it, which is
// Numerator/Denominator base units; or that this is not known.
type Paid struct {
	Quantity, UnitCost     qty.Decimal
	Currency               string
	Numerator, Denominator qty.Decimal
	Known                  bool
}

// all is what all of it cost; nil if that is not known.
func (p *Paid) all() Worth {
	if !p.Known {
		return nil
	}
	perUnit := new(big.Rat).Mul(rat(p.UnitCost), new(big.Rat).Quo(rat(p.Denominator), rat(p.Numerator)))
	return Worth{p.Currency: perUnit.Mul(perUnit, rat(p.Quantity))}
}

// Total is what all of several quantities cost together; nil if there are none, or if the
// cost of one of them is not known.
func Total(paid []Paid) Worth {
	if len(paid) == 0 {
		return nil
	}
	cost := Worth{}
	for i := range paid {
		all := paid[i].all()
		if all == nil {
			return nil
		}
		cost.Add(all)
	}
	return cost
}

func rat(d qty.Decimal) *big.Rat {
	r, ok := new(big.Rat).SetString(d.String())
	if !ok {
		panic("a decimal that is no number: " + d.String())
	}
	return r
}

// Unit is what one base unit of a lot cost: the average over all that was received
// of it. It is known only if the cost of all of it is.
func Unit(paid []Paid) Worth {
	cost, total := Total(paid), new(big.Rat)
	for i := range paid {
		total.Add(total, rat(paid[i].Quantity))
	}
	for _, amount := range cost {
		amount.Quo(amount, total)
	}
	return cost
}

// Add adds what is known.
func (w Worth) Add(more Worth) {
	for currency, amount := range more {
		if w[currency] == nil {
			w[currency] = new(big.Rat)
		}
		w[currency].Add(w[currency], amount)
	}
}

// Times is that of so many units.
func (w Worth) Times(quantity qty.Decimal) Worth {
	if w == nil {
		return nil
	}
	product, factor := make(Worth, len(w)), rat(quantity)
	for currency, amount := range w {
		product[currency] = new(big.Rat).Mul(amount, factor)
	}
	return product
}

// Values are in the order of the currencies.
func (w Worth) Values() []*lottrailv1.ExpiryValue {
	var values []*lottrailv1.ExpiryValue
	for _, currency := range slices.Sorted(maps.Keys(w)) {
		amount, rounded := decimal(w[currency])
		values = append(values, &lottrailv1.ExpiryValue{Currency: currency, Amount: amount, Rounded: rounded})
	}
	return values
}

// places is how many digits behind the point an amount has at most.
const places = 9

// decimal writes an amount that is not negative, rounded half to even where it has more
// digits.
func decimal(amount *big.Rat) (text string, rounded bool) {
	shift := new(big.Int).Exp(big.NewInt(10), big.NewInt(places), nil)
	scaled := new(big.Rat).Mul(amount, new(big.Rat).SetInt(shift))
	whole, rest := new(big.Int).QuoRem(scaled.Num(), scaled.Denom(), new(big.Int))
	if rest.Sign() != 0 {
		rounded = true
		half := new(big.Int).Lsh(rest, 1).Cmp(scaled.Denom())
		if half > 0 || half == 0 && whole.Bit(0) == 1 {
			whole.Add(whole, big.NewInt(1))
		}
	}
	digits := whole.String()
	if missing := places + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	text = digits[:len(digits)-places] + "." + digits[len(digits)-places:]
	return strings.TrimSuffix(strings.TrimRight(text, "0"), "."), rounded
}
