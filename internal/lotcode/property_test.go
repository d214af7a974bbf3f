package lotcode_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lottrail/lottrail/internal/lotcode"
)

var (
	days = rapid.Custom(func(t *rapid.T) time.Time {
		return time.Date(rapid.IntRange(1990, 2110).Draw(t, "year"), time.Month(rapid.IntRange(1, 12).Draw(t, "month")),
			rapid.IntRange(1, 31).Draw(t, "day"), 0, 0, 0, 0, time.UTC)
	})
	texts      = rapid.StringMatching(`[A-Za-z0-9!"%&'()*+,./:;<=>?_-]{0,3}`)
	numbers    = rapid.StringMatching(`\{#{1,9}\}`)
	inMonths   = rapid.SampledFrom([]string{"", "{YYYY}", "{YY}", "{Y}", "{MM}", "{DD}", "{DDD}"})
	inWeeks    = rapid.SampledFrom([]string{"", "{GGGG}", "{GG}", "{WW}"})
	wellFormed = rapid.Custom(func(t *rapid.T) string {
		dates := rapid.SampledFrom([]*rapid.Generator[string]{inMonths, inWeeks}).Draw(t, "calendar")
		return texts.Draw(t, "") + dates.Draw(t, "") + texts.Draw(t, "") + numbers.Draw(t, "") + dates.Draw(t, "") + texts.Draw(t, "")
	})
	// anything is made of what patterns are made of, in any order.
	anything = rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{
			"{", "}", "#", "{#}", "{###}", "YYYY", "{YYYY}", "{MM}", "{WW}", "{GG}", "A", "-", " ", "ü", "\x00", "\xff", "{SKU}",
		}), 0, 8).Draw(t, "pieces"), "")
	})
	codes = regexp.MustCompile(`^[A-Za-z0-9!"%&'()*+,./:;<=>?_-]{1,20}$`)
)

// Numbers that differ make codes that differ, whatever the days; and the same number
// makes the same code on days of the same scope, and on those alone.
func TestCodesDiffer(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p, err := lotcode.Compile(wellFormed.Draw(t, "pattern"))
		var refused *lotcode.Error
		if errors.As(err, &refused) && refused.Reason == lotcode.LongCode {
			t.Skip("too long")
		}
		if err != nil {
			t.Fatal(err)
		}
		code := func(day time.Time, n int64) string {
			code, err := p.Code(day, n)
			if err != nil {
				t.Fatal(err)
			}
			if !codes.MatchString(code) {
				t.Fatalf("%q made %q", p, code)
			}
			return code
		}
		day, other := days.Draw(t, "day"), days.Draw(t, "other day")
		n, m := rapid.Int64Range(1, p.Last()).Draw(t, "n"), rapid.Int64Range(1, p.Last()).Draw(t, "m")
		if n != m && code(day, n) == code(other, m) {
			t.Fatalf("%q makes %q of %d on %s, and of %d on %s", p, code(day, n), n, day, m, other)
		}
		if (p.Scope(day) == p.Scope(other)) != (code(day, n) == code(other, n)) {
			t.Fatalf("%q: scopes %q and %q, codes %q and %q", p, p.Scope(day), p.Scope(other), code(day, n), code(other, n))
		}
		if _, err := p.Code(day, p.Last()+1); !errors.As(err, &refused) || refused.Reason != lotcode.Exhausted {
			t.Fatalf("%q, number %d: %v", p, p.Last()+1, err)
		}
	})
}

// Whatever is called a pattern is refused with a reason and a place in it, or makes
// codes that are fit for a barcode.
func TestAnyPattern(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		source := rapid.OneOf(anything, rapid.String()).Draw(t, "pattern")
		p, err := lotcode.Compile(source)
		if err == nil {
			if code, err := p.Code(days.Draw(t, "day"), p.Last()); err != nil || !codes.MatchString(code) {
				t.Fatalf("%q made %q, %v", source, code, err)
			}
			return
		}
		var refused *lotcode.Error
		if !errors.As(err, &refused) || refused.Reason == "" || refused.Message == "" ||
			refused.Position < 0 || refused.Position > len([]rune(source)) {
			t.Fatalf("%q: %#v", source, err)
		}
	})
}
