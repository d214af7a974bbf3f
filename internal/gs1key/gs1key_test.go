package gs1key_test

import (
	"errors"
	"testing"

	"github.com/lottrail/lottrail/internal/gs1key"
)

func TestGTIN(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"96385074", "00000096385074"},       // GTIN-8
		{"614141000036", "00614141000036"},   // GTIN-12
		{"4006381333931", "04006381333931"},  // GTIN-13
		{"00614141000036", "00614141000036"}, // GTIN-12 with zeros
		{"10614141000415", "10614141000415"}, // GTIN-14
		{"0000000000000", "00000000000000"},  // a sum of 0 wants the digit 0
		{"6291041500213", "06291041500213"},  // GS1 General Specifications, figure 7.9.1
	} {
		if got, err := gs1key.GTIN(c.text); got != c.want || err != nil {
			t.Errorf("GTIN(%q) = %q, %v; want %q", c.text, got, err, c.want)
		}
	}
}

func TestGTINRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want error
	}{
		{"", gs1key.ErrLength},
		{"9638507", gs1key.ErrLength},
		{"963850745", gs1key.ErrLength},
		{"40063813339", gs1key.ErrLength},
		{"123456789012345", gs1key.ErrLength},
		{"400638133393x", gs1key.ErrNotDigits},
		{"x006381333931", gs1key.ErrNotDigits},
		{"4006381333930", &gs1key.CheckDigitError{Is: '0', ShouldBe: '1'}},
		{"4006381339331", &gs1key.CheckDigitError{Is: '1', ShouldBe: '9'}}, // two digits swapped
	} {
		got, err := gs1key.GTIN(c.text)
		var digit, want *gs1key.CheckDigitError
		same := errors.Is(err, c.want)
		if errors.As(c.want, &want) {
			same = errors.As(err, &digit) && *digit == *want
		}
		if got != "" || !same {
			t.Errorf("GTIN(%q) = %q, %v; want %v", c.text, got, err, c.want)
		}
	}
}

// Each digit but the check digit decides on it: a single wrong digit is always
// found.
func TestEverySingleWrongDigitIsFound(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"96385074", "614141000036", "6291041500213", "10614141000415"} {
		for i := range len(good) {
			for digit := byte('0'); digit <= '9'; digit++ {
				bad := good[:i] + string(digit) + good[i+1:]
				if _, err := gs1key.GTIN(bad); (err == nil) != (bad == good) {
					t.Errorf("GTIN(%q): %v", bad, err)
				}
			}
		}
	}
}

func TestCheckGLN(t *testing.T) {
	t.Parallel()
	if err := gs1key.CheckGLN("0614141000005"); err != nil {
		t.Errorf("valid GLN: %v", err)
	}
	if err := gs1key.CheckGLN("061414100000"); !errors.Is(err, gs1key.ErrLength) {
		t.Errorf("12 digits: %v", err)
	}
	var digit *gs1key.CheckDigitError
	if err := gs1key.CheckGLN("0614141000006"); !errors.As(err, &digit) || digit.ShouldBe != '5' {
		t.Errorf("wrong check digit: %v", err)
	}
}
