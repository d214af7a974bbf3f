package attribution

import (
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/lottrail/lottrail/internal/qty"
)

func drawAmount(t *rapid.T, name string) amount {
	x := amount{rapid.Uint64().Draw(t, name+" high"), rapid.Uint64().Draw(t, name+" low")}
	switch rapid.IntRange(0, 3).Draw(t, "size") {
	case 0:
		x.hi = 0
	case 1:
		x.hi &= 1<<36 - 1
	}
	return x
}

// Amounts are what math/big makes of them.
func TestAmounts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x, y, z := drawAmount(t, "x"), drawAmount(t, "y"), drawAmount(t, "z")
		same := func(what string, got amount, want *big.Int) {
			if got.big().Cmp(want) != 0 {
				t.Errorf("%s of %s and %s is %s, want %s", what, x.big(), y.big(), got.big(), want)
			}
		}
		same("itself", fromBig(x.big()), x.big())
		if x.hi < 1<<63 && y.hi < 1<<63 {
			same("sum", x.add(y), new(big.Int).Add(x.big(), y.big()))
		}
		less, more := x.min(y), x.max(y)
		if less.cmp(more) > 0 || less.cmp(more) != less.big().Cmp(more.big()) || x.cmp(y) != x.big().Cmp(y.big()) {
			t.Errorf("%s and %s", x.big(), y.big())
		}
		same("difference", more.sub(less), new(big.Int).Sub(more.big(), less.big()))
		if !more.isZero() {
			q, r := z.part(less, more)
			want, rest := new(big.Int).QuoRem(new(big.Int).Mul(z.big(), less.big()), more.big(), new(big.Int))
			same("part", q, want)
			same("remainder", r, rest)
		}
	})
	for _, text := range []string{"0", "0.000000001", "100", "12345678901234567890.123456789"} {
		if got := fromBig(measure(qty.MustParse(text))).decimal().String(); got != text {
			t.Errorf("%s is %s", text, got)
		}
	}
}

// What is divided adds up, nothing that was given is taken back, and nobody has more than
// one unit too much or too little.
func TestDivide(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var weights []amount
		total := amount{}
		for range rapid.IntRange(1, 6).Draw(t, "parts") {
			weights = append(weights, amount{0, rapid.Uint64Range(0, 50).Draw(t, "weight")})
			total = total.add(weights[len(weights)-1])
		}
		if total.isZero() {
			return
		}
		parts, content := make([]amount, len(weights)), uint64(0)
		for range 20 {
			content += rapid.Uint64Range(0, 9).Draw(t, "more")
			before, sum := append([]amount{}, parts...), amount{}
			divide(amount{0, content}, weights, parts)
			for i, part := range parts {
				if sum = sum.add(part); part.cmp(before[i]) < 0 {
					t.Errorf("%v became %v", before, parts)
				}
				if ideal := float64(content) * float64(weights[i].lo) / float64(total.lo); float64(part.lo) < ideal-2 || float64(part.lo) > ideal+2 {
					t.Errorf("%d of %d by %v: %v", part.lo, content, weights, parts)
				}
			}
			if sum.lo != content {
				t.Errorf("%v of %d", parts, content)
			}
		}
	})
}

// Where remainders have moved on since the last time, so that what was given and what is due
// are more than there is, what was not given before is what gives way.
func TestDivideMoreThanThereIs(t *testing.T) {
	t.Parallel()
	weights, parts := []amount{{0, 1}, {0, 1}, {0, 6}, {0, 6}, {0, 6}, {}}, make([]amount, 6)
	for _, c := range []struct {
		content uint64
		want    []amount
	}{{8, []amount{{0, 1}, {0, 1}, {0, 2}, {0, 2}, {0, 2}, {}}}, {10, []amount{{0, 1}, {0, 1}, {0, 3}, {0, 3}, {0, 2}, {}}}} {
		divide(amount{0, c.content}, weights, parts)
		if !slices.Equal(parts, c.want) {
			t.Errorf("%d is %v, want %v", c.content, parts, c.want)
		}
	}
}
