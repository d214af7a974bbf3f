package worth

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/lottrail/lottrail/internal/qty"
)

func paid(quantity, cost, currency, numerator, denominator string) Paid {
	return Paid{
		Quantity: qty.MustParse(quantity), UnitCost: qty.MustParse(cost), Currency: currency,
		Numerator: qty.MustParse(numerator), Denominator: qty.MustParse(denominator), Known: true,
	}
}

func TestUnit(t *testing.T) {
	t.Parallel()
	notKnown := paid("10", "0", "", "1", "1")
	notKnown.Known = false
	for name, c := range map[string]struct {
		paid   []Paid
		onHand string
		want   string
	}{
		"one price":           {[]Paid{paid("10", "0.62", "EUR", "1", "1")}, "7.5", "4.65 EUR"},
		"in another unit":     {[]Paid{paid("100", "15.5", "EUR", "25", "1")}, "7.5", "4.65 EUR"},
		"several prices":      {[]Paid{paid("10", "1", "EUR", "1", "1"), paid("30", "2", "EUR", "1", "1")}, "20", "35 EUR"},
		"several currencies":  {[]Paid{paid("10", "1", "USD", "1", "1"), paid("30", "2", "EUR", "1", "1")}, "20", "30 EUR, 5 USD"},
		"no decimal":          {[]Paid{paid("10", "1", "EUR", "3", "1")}, "2", "0.666666667 EUR rounded"},
		"exact all the same":  {[]Paid{paid("10", "1", "EUR", "3", "1")}, "6", "2 EUR"},
		"for nothing":         {[]Paid{paid("10", "0", "EUR", "1", "1")}, "6", "0 EUR"},
		"of some not known":   {[]Paid{paid("10", "1", "EUR", "1", "1"), notKnown}, "6", ""},
		"made here":           {nil, "6", ""},
		"more than a float64": {[]Paid{paid("1", "1234567890123456789.000000001", "EUR", "1", "1")}, "3", "3703703670370370367.000000003 EUR"},
	} {
		var got string
		for i, v := range Unit(c.paid).Times(qty.MustParse(c.onHand)).Values() {
			if i > 0 {
				got += ", "
			}
			got += v.Amount + " " + v.Currency
			if v.Rounded {
				got += " rounded"
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestDecimal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		num, denom int64
		want       string
	}{
		{0, 1, "0 false"}, {1, 1, "1 false"}, {10, 1, "10 false"}, {1, 4, "0.25 false"}, {1, 1_000_000_000, "0.000000001 false"},
		{1, 2_000_000_000, "0 true"}, {3, 2_000_000_000, "0.000000002 true"}, {5, 2_000_000_000, "0.000000002 true"}, // half to even
		{1, 3, "0.333333333 true"}, {2, 3, "0.666666667 true"}, {2_999_999_999, 3_000_000_000, "1 true"},
	} {
		text, rounded := decimal(big.NewRat(c.num, c.denom))
		if got := fmt.Sprint(text, " ", rounded); got != c.want {
			t.Errorf("%d/%d: %s, want %s", c.num, c.denom, got, c.want)
		}
	}
}
