package qty_test

import (
	"errors"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/lottrail/lottrail/internal/qty"
)

func TestToBase(t *testing.T) {
	t.Parallel()
	large := "1" + strings.Repeat("0", 28)
	for _, c := range []struct {
		amount, numerator, denominator string
		decimals                       int
		want                           string
		err                            error
	}{
		{"2", "24", "1", 0, "48", nil},
		{"1.5", "24", "1", 0, "36", nil},
		{"1", "0.45359237", "1", 9, "0.45359237", nil},
		{"1", "0.45359237", "1", 7, "", qty.ErrTooPrecise},
		{"100", "0.45359237", "1", 6, "45.359237", nil},
		{"3", "1", "3", 0, "1", nil},
		{"1", "1", "3", 9, "", qty.ErrTooPrecise},
		{"2", "1", "3", 9, "", qty.ErrTooPrecise},
		{"0.3", "1", "3", 1, "0.1", nil},
		{"1", "50", "3", 9, "", qty.ErrTooPrecise},
		{"3", "50", "3", 0, "50", nil},
		{"1", "1", "8", 3, "0.125", nil},
		{"1", "1", "8", 2, "", qty.ErrTooPrecise},
		{"0.1", "1", "1", 0, "", qty.ErrTooPrecise},
		{"1.0", "1", "1", 0, "1", nil},
		{"0.000000001", "0.1", "1", 9, "", qty.ErrTooPrecise},
		{"0.000000001", "0.1", "0.1", 9, "0.000000001", nil},
		{large, "9", "1", 0, "9" + strings.Repeat("0", 28), nil},
		{large, "10", "1", 0, "", qty.ErrTooLarge},
		{large, large, "1", 0, "", qty.ErrTooLarge},
		{large, "1", "0.000000001", 0, "", qty.ErrTooLarge},
		{large, large, large, 0, large, nil},
		// So near to 1 that a rounded number would be taken for it.
		{"1", strings.Repeat("9", 28), large, 9, "", qty.ErrTooPrecise},
	} {
		ratio := qty.Ratio{Numerator: qty.MustParse(c.numerator), Denominator: qty.MustParse(c.denominator)}
		got, err := ratio.ToBase(qty.MustParse(c.amount), c.decimals)
		if !errors.Is(err, c.err) || (err == nil && got.String() != c.want) {
			t.Errorf("%s of %s/%s with %d decimals = %s, %v; want %s, %v", c.amount, c.numerator, c.denominator, c.decimals, got, err, c.want, c.err)
		}
	}
}

// ToBase agrees with math/big: it answers exactly when the exact answer has few
// enough digits.
func TestToBaseIsExactOrRefused(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	limit := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(29), nil))
	answered := 0
	for range 20000 {
		amount, ra := random(t, r, 1+r.IntN(20))
		numerator, rn := random(t, r, 1+r.IntN(12))
		// Powers of two and five often come out even.
		denominator := qty.FromInt([]int64{1, 2, 3, 5, 8, 16, 25, 48, 125, 1000}[r.IntN(10)])
		if numerator.Sign() <= 0 {
			continue
		}
		decimals := r.IntN(10)
		want := new(big.Rat).Mul(ra, rn)
		want.Quo(want, rat(t, denominator.String()))
		scaled := new(big.Rat).Mul(want, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil)))
		fits := scaled.IsInt() && new(big.Rat).Abs(want).Cmp(limit) < 0
		got, err := qty.Ratio{Numerator: numerator, Denominator: denominator}.ToBase(amount, decimals)
		if (err == nil) != fits {
			t.Fatalf("%s of %s/%s with %d decimals: %s, %v; exactly %s", amount, numerator, denominator, decimals, got, err, want.RatString())
		}
		if err == nil {
			answered++
			if rat(t, got.String()).Cmp(want) != 0 {
				t.Fatalf("%s of %s/%s = %s, exactly %s", amount, numerator, denominator, got, want.RatString())
			}
		}
	}
	if answered < 1000 {
		t.Errorf("only %d of the cases have an answer: they show little", answered)
	}
}
