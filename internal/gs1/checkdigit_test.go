package gs1_test

import (
	"errors"
	"testing"

	"github.com/lottrail/lottrail/internal/gs1"
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
		if got, err := gs1.GTIN(c.text); got != c.want || err != nil {
			t.Errorf("GTIN(%q) = %q, %v; want %q", c.text, got, err, c.want)
		}
	}
}

func TestGTINRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text    string
		reason  string
		offset  int
		message string
	}{
		{"", gs1.ReasonLength, 0, "a GTIN has 8, 12, 13 or 14 digits, not 0"},
		{"9638507", gs1.ReasonLength, 7, "a GTIN has 8, 12, 13 or 14 digits, not 7"},
		{"963850745", gs1.ReasonLength, 9, "a GTIN has 8, 12, 13 or 14 digits, not 9"},
		{"40063813339", gs1.ReasonLength, 11, "a GTIN has 8, 12, 13 or 14 digits, not 11"},
		{"123456789012345", gs1.ReasonLength, 15, "a GTIN has 8, 12, 13 or 14 digits, not 15"},
		{"400638133393x", gs1.ReasonCharacter, 12, `"x" stands where a digit has to be`},
		{"x006381333931", gs1.ReasonCharacter, 0, `"x" stands where a digit has to be`},
		{"4006381333930", gs1.ReasonCheckDigit, 12, "the check digit is 0 and should be 1"},
		{"4006381339331", gs1.ReasonCheckDigit, 12, "the check digit is 1 and should be 9"}, // two digits swapped
	} {
		got, err := gs1.GTIN(c.text)
		refused(t, c.text, err, gs1.Error{Reason: c.reason, Offset: c.offset, Message: c.message})
		if got != "" {
			t.Errorf("GTIN(%q) = %q", c.text, got)
		}
	}
}

// refused holds an error against what it should be.
func refused(t *testing.T, input string, err error, want gs1.Error) {
	t.Helper()
	var got *gs1.Error
	if !errors.As(err, &got) || *got != want || err.Error() != want.Message {
		t.Errorf("%q:\ngot  %#v\nwant %#v", input, err, &want)
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
				if _, err := gs1.GTIN(bad); (err == nil) != (bad == good) {
					t.Errorf("GTIN(%q): %v", bad, err)
				}
			}
		}
	}
}

func TestCheckGLN(t *testing.T) {
	t.Parallel()
	if err := gs1.CheckGLN("0614141000005"); err != nil {
		t.Errorf("valid GLN: %v", err)
	}
	refused(t, "12 digits", gs1.CheckGLN("061414100000"), gs1.Error{Reason: gs1.ReasonLength, Offset: 12, Message: "a GLN has 13 digits, not 12"})
	refused(t, "wrong check digit", gs1.CheckGLN("0614141000006"), gs1.Error{Reason: gs1.ReasonCheckDigit, Offset: 12, Message: "the check digit is 6 and should be 5"})
}

// A single character exchanged in a Global Model Number changes its pair.
func TestCheckCharacterPair(t *testing.T) {
	t.Parallel()
	const good = "1987654Ad4X4bL5ttr2310c2K" // GS1 General Specifications, figure 7.9.5
	if reason, _ := gs1.CheckRule("checkpair", good); reason != "" {
		t.Errorf("%s: %s", good, reason)
	}
	for i := range len(good) {
		bad := good[:i] + "_" + good[i+1:]
		if reason, at := gs1.CheckRule("checkpair", bad); reason != gs1.ReasonCheckDigit || at != len(good)-2 {
			t.Errorf("%s: %q at %d", bad, reason, at)
		}
	}
}
