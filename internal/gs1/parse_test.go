package gs1_test

import (
	"slices"
	"testing"

	"github.com/lottrail/lottrail/internal/gs1"
)

// el are elements: AI, value, AI, value, …
func el(pairs ...string) gs1.Elements {
	var all gs1.Elements
	for pair := range slices.Chunk(pairs, 2) {
		all = append(all, gs1.Element{AI: pair[0], Value: pair[1]})
	}
	return all
}

var lot = el("01", "09521234543213", "10", "ABC/1")

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		data, symbology string
		want            gs1.Elements
	}{
		// element strings
		{"]C1010952123454321310ABC/1", "]C1", lot},
		{"]e0010952123454321310ABC/1", "]e0", lot},
		{"]d2010952123454321310ABC/1", "]d2", lot},
		{"]Q3010952123454321310ABC/1", "]Q3", lot},
		{"]J1010952123454321310ABC/1", "]J1", lot},
		{"]d2010952123454321310ABC/1\r\n", "]d2", lot},        // as keyboards send it
		{"]d2010952123454321310ABC/1\x1d", "]d2", lot},        // a separator too many
		{"]d20109521234543213\x1d10ABC/1", "]d2", lot},        // and after a predefined length
		{"]d210ABC/1\x1d0109521234543213", "]d2", reversed()}, // in any order
		{"]d210ABC/1\x1d0109521234543213\x1d10ABC/1", "]d2", reversed()},
		{"\x1d010952123454321310ABC/1", "", lot},
		{"^010952123454321310ABC/1", "", lot},
		{"^10ABC/1^0109521234543213", "", reversed()},
		{"010952123454321310ABC/1", "", lot},            // its check digit tells
		{"10ABC/1\x1d0109521234543213", "", reversed()}, // the separator tells
		{"00095212345678901235", "", el("00", "095212345678901235")},
		{"]C1019952123454321610X\x1d310300019517261231", "]C1", el("01", "99521234543216", "10", "X", "3103", "000195", "17", "261231")},

		// bare GTINs
		{"]E09521234543213", "]E0", el("01", "09521234543213")},
		{"]E39521234543213", "]E3", el("01", "09521234543213")},
		{"]E3952123454321312", "]E3", el("01", "09521234543213")},    // an add-on of two digits,
		{"]E3952123454321312345", "]E3", el("01", "09521234543213")}, // of five
		{"]E496385074", "]E4", el("01", "00000096385074")},
		{"]I199521234543216", "]I1", el("01", "99521234543216")},
		{"]E09521234543213|]e010ABC/1", "]E0", lot}, // composite
		{"9521234543213", "", el("01", "09521234543213")},
		{"99521234543216", "", el("01", "99521234543216")},
		{"96385074", "", el("01", "00000096385074")},

		// brackets
		{"(01)09521234543213(10)ABC/1", "", lot},
		{`(01)09521234543213(10)A\(1)`, "", el("01", "09521234543213", "10", "A(1)")},
		{"]Q1(01)09521234543213(10)ABC/1", "]Q1", lot},

		// Digital Links
		{"https://id.gs1.org/01/09521234543213/10/ABC%2F1", "", lot},
		{"http://example.com/01/09521234543213/10/ABC%2f1", "", lot},
		{"HTTPS://example.com:8443/a/b/01/09521234543213/10/ABC%2F1", "", lot},
		{"]Q1https://example.com/01/09521234543213/10/ABC%2F1", "]Q1", lot},
		{"]d1https://example.com/01/09521234543213?10=ABC/1&linkType=all&x", "]d1", lot},
		{"https://example.com/01/09521234543213/22/V/10/ABC/21/S?17=261231#f", "", el("01", "09521234543213", "22", "V", "10", "ABC", "21", "S", "17", "261231")},
		{"https://example.com/414/9521234543213/254/D%2B1", "", el("414", "9521234543213", "254", "D+1")},
		{"https://example.com/00/095212345678901235", "", el("00", "095212345678901235")},
	} {
		got, err := gs1.Parse(c.data)
		if err != nil || got.Symbology != c.symbology || !slices.Equal(got.Elements, c.want) {
			t.Errorf("Parse(%q) = %q %v, %v; want %q %v", c.data, got.Symbology, got.Elements, err, c.symbology, c.want)
		}
	}
}

func reversed() gs1.Elements {
	all := slices.Clone(lot)
	slices.Reverse(all)
	return all
}

func TestOlderFormsOfDigitalLinks(t *testing.T) {
	t.Parallel()
	const short, words = "https://example.com/01/9521234543213/10/ABC%2F1", "https://example.com/gtin/09521234543213/lot/ABC%2F1"
	both := "https://example.com/gtin/9521234543213/lot/ABC%2F1"
	for _, c := range []struct {
		data    string
		options []gs1.Option
		reads   bool
	}{
		{short, nil, false},
		{short, []gs1.Option{gs1.ShortGTINs}, true},
		{short, []gs1.Option{gs1.ConvenienceAlphas}, false},
		{words, nil, false},
		{words, []gs1.Option{gs1.ConvenienceAlphas}, true},
		{both, []gs1.Option{gs1.ConvenienceAlphas, gs1.ShortGTINs}, true},
	} {
		got, err := gs1.Parse(c.data, c.options...)
		if (err == nil) != c.reads || c.reads && !slices.Equal(got.Elements, lot) {
			t.Errorf("Parse(%q, %v) = %v, %v", c.data, c.options, got.Elements, err)
		}
	}
}

// What one of several symbols says need not be complete.
func TestParseCarrier(t *testing.T) {
	t.Parallel()
	const data = "]C110ABC/1"
	got, err := gs1.ParseCarrier(data)
	if want := el("10", "ABC/1"); err != nil || got.Symbology != "]C1" || !slices.Equal(got.Elements, want) {
		t.Errorf("ParseCarrier(%q) = %v, %v", data, got, err)
	}
	if _, err := gs1.Parse(data); err == nil {
		t.Error("a lot number without a GTIN is complete")
	}
	other, err := gs1.ParseCarrier("]C10109521234543213")
	if err != nil {
		t.Fatal(err)
	}
	if err := gs1.CheckTogether(slices.Concat(got.Elements, other.Elements)); err != nil {
		t.Errorf("both symbols together: %v", err)
	}
}
