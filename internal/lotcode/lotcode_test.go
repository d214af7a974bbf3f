package lotcode_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/lottrail/lottrail/internal/lotcode"
)

func date(t *testing.T, text string) time.Time {
	t.Helper()
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return day
}

func compile(t *testing.T, pattern string) lotcode.Pattern {
	t.Helper()
	p, err := lotcode.Compile(pattern)
	if err != nil {
		t.Fatalf("Compile(%q): %v", pattern, err)
	}
	return p
}

func TestCode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, day string
		n            int64
		code, scope  string
	}{
		{"LOT-{YYYY}-{MM}-{###}", "2026-11-22", 7, "LOT-2026-11-007", "LOT-2026-11-{#}"},
		{"{YY}{MM}{DD}{##}", "2026-01-02", 99, "26010299", "260102{#}"},
		{"{Y}{DDD}/{#}", "2026-01-09", 3, "6009/3", "6009/{#}"},
		{"{DDD}{#}", "2028-12-31", 3, "3663", "366{#}"},
		{"{#########}", "2026-01-09", 999999999, "999999999", "{#}"},
		{"{##}x{YY}", "2000-02-29", 1, "01x00", "{#}x00"},
		// An ISO week belongs to the year that has its Thursday.
		{"{GGGG}W{WW}-{##}", "2025-12-29", 1, "2026W01-01", "2026W01-{#}"},
		{"{GG}{WW}.{##}", "2027-01-01", 12, "2653.12", "2653.{#}"},
		// All of set 82 that is not a letter or a digit, in a code of 20.
		{"!\"%&'()*+,-./:;<=>?{#}", "2026-01-09", 1, "!\"%&'()*+,-./:;<=>?1", "!\"%&'()*+,-./:;<=>?{#}"},
		{"AZaz09_{#}", "2026-01-09", 1, "AZaz09_1", "AZaz09_{#}"},
	} {
		p := compile(t, c.pattern)
		code, err := p.Code(date(t, c.day), c.n)
		if err != nil || code != c.code {
			t.Errorf("%q, %s, %d: code %q, %v; want %q", c.pattern, c.day, c.n, code, err, c.code)
		}
		if scope := p.Scope(date(t, c.day)); scope != c.scope {
			t.Errorf("%q, %s: scope %q; want %q", c.pattern, c.day, scope, c.scope)
		}
		if p.String() != c.pattern {
			t.Errorf("%q is told as %q", c.pattern, p)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, reason string
		position        int
		says            []string
	}{
		{"", lotcode.NoNumber, 0, []string{"{###}"}},
		{"LOT-{YYYY}{MM}{DD}", lotcode.NoNumber, 0, []string{"LOT-{YYYY}{MM}{DD}", "{###}"}},
		{"L{#}-{##}", lotcode.TwoNumbers, 6, []string{"character 6", "character 2"}},
		{"L{##########}", lotcode.LongNumber, 2, []string{"10 digits", "9 at most"}},
		{"L{YEAR}{#}", lotcode.UnknownPlaceholder, 2, []string{`"{YEAR}"`, "character 2", "{YYYY}", "{WW}"}},
		{"L{}{#}", lotcode.UnknownPlaceholder, 2, []string{`"{}"`}},
		{"L{ #}", lotcode.UnknownPlaceholder, 2, []string{`"{ #}"`}},
		{"L{#a}", lotcode.UnknownPlaceholder, 2, []string{`"{#a}"`}},
		{"L{yyyy}{#}", lotcode.UnknownPlaceholder, 2, []string{"{yyyy}", "write {YYYY}"}},
		{"{#}-{YYYY", lotcode.UnclosedBrace, 5, []string{"character 5", "close it"}},
		{"{#}-{", lotcode.UnclosedBrace, 5, []string{"character 5"}},
		{"{{YYYY}}{#}", lotcode.UnclosedBrace, 1, []string{"character 1"}},
		{"{#}}", lotcode.UnopenedBrace, 4, []string{"character 4", "{###}"}},
		{"LOT ###", lotcode.BadCharacter, 4, []string{"character 4", `' '`, "letters"}},
		{"LOT###", lotcode.BadCharacter, 4, []string{"character 4", "{###}"}},
		{"Ä{#}", lotcode.BadCharacter, 1, []string{"character 1", `'Ä'`}},
		// Characters are counted, not bytes.
		{"{ÄÖÜ}{#}", lotcode.UnknownPlaceholder, 1, []string{"{ÄÖÜ}"}},
		{"a{#}\u202eb", lotcode.BadCharacter, 5, []string{`'\u202e'`}},
		{"a{#}\xff", lotcode.BadCharacter, 5, nil},
		{"a{#}$", lotcode.BadCharacter, 5, nil},
		{"a{#}@", lotcode.BadCharacter, 5, nil},
		{"a{#}\n", lotcode.BadCharacter, 5, nil},
		{"{YYYY}-{WW}-{#}", lotcode.MixedCalendars, 8, []string{"{WW} at character 8", "than {YYYY}", "{GGGG}"}},
		{"{WW}{YY}{#}", lotcode.MixedCalendars, 5, []string{"{YY} at character 5", "than {WW}"}},
		{"{GGGG}{MM}{#}", lotcode.MixedCalendars, 7, []string{"{MM} at character 7", "than {GGGG}"}},
		{"FACTORY-7-{YYYY}{MM}-{####}", lotcode.LongCode, 0, []string{"21 characters", "20", "GS1", "identifier 10"}},
	} {
		p, err := lotcode.Compile(c.pattern)
		var refused *lotcode.Error
		if !errors.As(err, &refused) {
			t.Errorf("Compile(%q) = %q, %v; want a refusal", c.pattern, p, err)
			continue
		}
		if refused.Reason != c.reason || refused.Position != c.position {
			t.Errorf("Compile(%q): %s at %d (%v); want %s at %d", c.pattern, refused.Reason, refused.Position, err, c.reason, c.position)
		}
		for _, part := range c.says {
			if !strings.Contains(refused.Error(), part) {
				t.Errorf("Compile(%q) says %q, without %q", c.pattern, err, part)
			}
		}
		if p.String() != "" {
			t.Errorf("Compile(%q) refuses, and returns %q", c.pattern, p)
		}
	}
}

func TestExhausted(t *testing.T) {
	t.Parallel()
	p := compile(t, "LOT-{YYYY}-{MM}-{##}")
	day := date(t, "2026-11-22")
	if code, err := p.Code(day, p.Last()); err != nil || code != "LOT-2026-11-99" {
		t.Errorf("the last code is %q, %v", code, err)
	}
	code, err := p.Code(day, 100)
	var refused *lotcode.Error
	if !errors.As(err, &refused) || refused.Reason != lotcode.Exhausted || code != "" {
		t.Fatalf("code 100 is %q, %v", code, err)
	}
	for _, part := range []string{"all 99", "LOT-2026-11-##", "LOT-{YYYY}-{MM}-{##}", "more #"} {
		if !strings.Contains(refused.Message, part) {
			t.Errorf("it says %q, without %q", refused.Message, part)
		}
	}
	// With a digit more it goes on in the same scope, and makes none of the codes
	// that were made before.
	wide := compile(t, "LOT-{YYYY}-{MM}-{###}")
	if wide.Scope(day) != p.Scope(day) {
		t.Errorf("scopes %q and %q", wide.Scope(day), p.Scope(day))
	}
	if code, err := wide.Code(day, 100); err != nil || code != "LOT-2026-11-100" {
		t.Errorf("with a digit more it is %q, %v", code, err)
	}
	for _, n := range []int64{0, -1} {
		if code, err := p.Code(day, n); err == nil || errors.As(err, &refused) {
			t.Errorf("code %d is %q, %v; want an error that is not about exhaustion", n, code, err)
		}
	}
	if code, err := (lotcode.Pattern{}).Code(day, 1); err == nil {
		t.Errorf("the zero pattern made %q", code)
	}
}
