package qty_test

import (
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/lottrail/lottrail/internal/qty"
)

func TestParse(t *testing.T) {
	t.Parallel()
	nines := strings.Repeat("9", 29)
	for text, want := range map[string]string{
		"0":                             "0",
		"-0":                            "0",
		"0.000":                         "0",
		"12.5":                          "12.5",
		"0012.500":                      "12.5",
		"-0.000000001":                  "-0.000000001",
		"100":                           "100",
		"1000000000000000000":           "1000000000000000000",
		nines + ".999999999":            nines + ".999999999",
		"0000" + nines:                  nines,
		"1." + strings.Repeat("0", 500): "1",
		// What a float cannot hold.
		"9007199254740993":     "9007199254740993",
		"0.1":                  "0.1",
		"12345678901234567.89": "12345678901234567.89",
	} {
		got, err := qty.Parse(text)
		if err != nil || got.String() != want {
			t.Errorf("Parse(%q) = %q, %v; want %q", text, got, err, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]error{
		"":                               qty.ErrNotANumber,
		"-":                              qty.ErrNotANumber,
		".":                              qty.ErrNotANumber,
		".5":                             qty.ErrNotANumber,
		"5.":                             qty.ErrNotANumber,
		"+5":                             qty.ErrNotANumber,
		"--5":                            qty.ErrNotANumber,
		"5-":                             qty.ErrNotANumber,
		"1e3":                            qty.ErrNotANumber,
		"1E-3":                           qty.ErrNotANumber,
		"0x10":                           qty.ErrNotANumber,
		"1_000":                          qty.ErrNotANumber,
		"1,000":                          qty.ErrNotANumber,
		"1.2.3":                          qty.ErrNotANumber,
		" 1":                             qty.ErrNotANumber,
		"1\n":                            qty.ErrNotANumber,
		"NaN":                            qty.ErrNotANumber,
		"Infinity":                       qty.ErrNotANumber,
		"-inf":                           qty.ErrNotANumber,
		"٣":                              qty.ErrNotANumber,
		"0.0000000001":                   qty.ErrTooPrecise,
		"1.0000000001":                   qty.ErrTooPrecise,
		"1" + strings.Repeat("0", 29):    qty.ErrTooLarge,
		strings.Repeat("9", 1000000):     qty.ErrTooLarge,
		"0." + strings.Repeat("1", 1000): qty.ErrTooPrecise,
	} {
		if got, err := qty.Parse(text); !errors.Is(err, want) {
			t.Errorf("Parse(%.40q) = %v, %v; want %v", text, got, err, want)
		}
	}
}

func TestZeroValueIsZero(t *testing.T) {
	t.Parallel()
	var zero qty.Decimal
	if !zero.IsZero() || zero.String() != "0" || zero.Decimals() != 0 || zero.Cmp(qty.MustParse("0.00")) != 0 || zero.Add(qty.FromInt(2)).String() != "2" {
		t.Errorf("zero value is %q", zero)
	}
	if minus := qty.MustParse("0").Neg(); minus.String() != "0" || minus.Sign() != 0 {
		t.Errorf("-0 is %q", minus)
	}
}

func TestDecimals(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"0": 0, "100": 0, "1.50": 1, "0.000000001": 9, "-12.34": 2} {
		if got := qty.MustParse(text).Decimals(); got != want {
			t.Errorf("Decimals(%s) = %d, want %d", text, got, want)
		}
	}
}

// random is a number of up to so many digits before the point, and its value
// by other arithmetic.
func random(t *testing.T, r *rand.Rand, digits int) (qty.Decimal, *big.Rat) {
	t.Helper()
	var text strings.Builder
	if r.IntN(2) == 0 {
		text.WriteByte('-')
	}
	for range 1 + r.IntN(digits) {
		text.WriteByte(byte('0' + r.IntN(10)))
	}
	if n := r.IntN(10); n > 0 {
		text.WriteByte('.')
		for range n {
			text.WriteByte(byte('0' + r.IntN(10)))
		}
	}
	x, err := qty.Parse(text.String())
	if err != nil {
		t.Fatalf("%q: %v", text.String(), err)
	}
	return x, rat(t, text.String())
}

func rat(t *testing.T, text string) *big.Rat {
	t.Helper()
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		t.Fatalf("%q is no number", text)
	}
	return r
}

// Arithmetic agrees with that of math/big, to the last digit.
func TestArithmeticIsExact(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		x, rx := random(t, r, 28)
		y, ry := random(t, r, 28)
		if got, want := x.Cmp(y), rx.Cmp(ry); got != want {
			t.Fatalf("Cmp(%s, %s) = %d, want %d", x, y, got, want)
		}
		lesser := rx
		if ry.Cmp(rx) < 0 {
			lesser = ry
		}
		for name, c := range map[string]struct {
			got  qty.Decimal
			want *big.Rat
		}{
			"itself": {x, rx},
			"Add":    {x.Add(y), new(big.Rat).Add(rx, ry)},
			"Sub":    {x.Sub(y), new(big.Rat).Sub(rx, ry)},
			"Neg":    {x.Neg(), new(big.Rat).Neg(rx)},
			"Min":    {x.Min(y), lesser},
		} {
			if rat(t, c.got.String()).Cmp(c.want) != 0 || c.got.Sign() != c.want.Sign() {
				t.Fatalf("%s of %s and %s = %s, want %s", name, x, y, c.got, c.want.RatString())
			}
		}
		if again := qty.MustParse(x.String()); again.Cmp(x) != 0 || again.String() != x.String() {
			t.Fatalf("%s is parsed back as %s", x, again)
		}
	}
}

// Operands are left as they are, so that a Decimal can be copied.
func TestOperandsStayAsTheyAre(t *testing.T) {
	t.Parallel()
	x, y := qty.MustParse("10.50"), qty.MustParse("-3")
	x.Add(y)
	x.Sub(y)
	_ = x.Neg()
	x.Min(y)
	if _, err := (qty.Ratio{Numerator: y, Denominator: x}).ToBase(x, 9); err != nil {
		t.Fatal(err)
	}
	if x.String() != "10.5" || y.String() != "-3" {
		t.Errorf("now %s and %s", x, y)
	}
}

func TestScientific(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text        string
		coefficient int64
		exponent    int32
		small       bool
	}{
		{"0", 0, 0, true},
		{"12", 12, 0, true},
		{"-1.25", -125, -2, true},
		{"1200", 12, 2, true},
		{"0.000000001", 1, -9, true},
		{"9223372036854775807", math.MaxInt64, 0, true},
		{"-9223372036854775807", -math.MaxInt64, 0, true},
		{"9223372036854775808", 0, 0, false},
		{"-99999999999999999999999999999.999999999", 0, 0, false},
	} {
		x := qty.MustParse(c.text)
		coefficient, exponent, small := x.Scientific()
		if coefficient != c.coefficient || exponent != c.exponent || small != c.small {
			t.Errorf("%s is %d·10^%d, %t", c.text, coefficient, exponent, small)
		}
		if back := qty.FromScientific(coefficient, exponent); small && (back.Cmp(x) != 0 || back.String() != c.text) {
			t.Errorf("%s came back as %s", c.text, back)
		}
	}
	if coefficient, _, small := (qty.Decimal{}).Scientific(); coefficient != 0 || !small {
		t.Errorf("the zero value is %d, %t", coefficient, small)
	}
}
