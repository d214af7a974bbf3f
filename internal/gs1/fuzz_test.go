package gs1_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/lottrail/lottrail/internal/gs1"
)

// Whatever a scanner delivers, it does not panic; errors say where, in text that
// can be sent on; and what is read is written, and read again as the same elements.
func FuzzParse(f *testing.F) {
	for _, data := range []string{
		"", "ABC", "]", "]d2", "^", "(", "\x1d", "https://", "]Q1", "]E0|]e0",
		"]d2010952123454321310ABC/1\x1d17261231", "^10A^0109521234543213^", "01095212345432133103000195",
		"9521234543213", "]E496385074", "]E09521234543213|]e010A\x1d21B", "]E3952123454321312",
		`(01)09521234543213(10)A\(1)`, "]Q1(00)095212345678901235(02)09521234543213(37)3",
		"https://a/01/09521234543213/22/V/10/%41%2F/21/S?17=261231&3103=000195&x=y#f",
		"http://a/01/09521234543213?10", "https://a/gtin/9521234543213/lot/A?99=%25", "]d1HTTPS://a/414/9521234543213/254/%zz",
		"(253)9521234543213X(8030)AB==(8013)1987654Ad4X4bL5ttr2310c2K", "(7040)1ABC(7041)1A(4309)02790858483015297971",
		"(8110)106141412345678901101201212085010048000214025610048000310123191000", "(8008)2612310859(7258)2/3",
		"]C1423004008012", "(10)A\xff\x80", "]C110\xe2\x90\x9d",
	} {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data string) {
		for _, options := range [][]gs1.Option{nil, {gs1.ShortGTINs, gs1.ConvenienceAlphas}} {
			if scan, err := gs1.Parse(data, options...); err != nil {
				wellTold(t, data, err)
			} else if err := gs1.CheckTogether(scan.Elements); err != nil {
				t.Errorf("%q: parsed, and %v", data, err)
			}
			scan, err := gs1.ParseCarrier(data, options...)
			if err != nil {
				wellTold(t, data, err)
				continue
			}
			readAgain(t, data, scan.Elements)
		}
	})
}

func wellTold(t *testing.T, data string, err error) {
	t.Helper()
	var e *gs1.Error
	if !errors.As(err, &e) || !strings.HasPrefix(e.Reason, "GS1_") || e.Message == "" ||
		!utf8.ValidString(e.Message) || e.Offset < 0 || e.Offset > len(data) {
		t.Errorf("%q: %#v", data, err)
	}
}

// readAgain writes elements in each form, and reads what was written.
func readAgain(t *testing.T, data string, elements gs1.Elements) {
	t.Helper()
	text, err := elements.ElementString()
	if err != nil {
		t.Fatalf("%q: read as %q, which cannot be written: %v", data, elements, err)
	}
	scanned, err := elements.ScanData(gs1.GS1QRCode)
	if err != nil || scanned != "]Q3"+text {
		t.Fatalf("%q: %q, %v", data, scanned, err)
	}
	bracketed, err := elements.Bracketed()
	if err != nil {
		t.Fatalf("%q: %v", data, err)
	}
	for _, again := range []string{scanned, "\x1d" + text, "^" + strings.ReplaceAll(text, "\x1d", "^"), bracketed, "]Q1" + bracketed} {
		if got, err := gs1.ParseCarrier(again); err != nil || !slices.Equal(got.Elements, elements) {
			t.Fatalf("%q: %q is written as %q, and read as %q, %v", data, elements, again, got.Elements, err)
		}
	}
	uri, err := elements.DigitalLink("https://example.com/a")
	if err != nil {
		wellTold(t, uri, err) // not all elements make one
		return
	}
	got, err := gs1.ParseCarrier(uri)
	if err != nil || !slices.Equal(sorted(got.Elements), sorted(elements)) {
		t.Fatalf("%q: %q is written as %q, and read as %q, %v", data, elements, uri, got.Elements, err)
	}
}

func sorted(elements gs1.Elements) gs1.Elements {
	all := slices.Clone(elements)
	slices.SortFunc(all, func(a, b gs1.Element) int { return strings.Compare(a.AI, b.AI) })
	return all
}
