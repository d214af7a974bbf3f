package gs1_test

import (
	"testing"

	"github.com/lottrail/lottrail/internal/gs1"
)

func TestWrite(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		elements                 gs1.Elements
		text, bracketed, digital string
	}{
		{lot, "010952123454321310ABC/1", "(01)09521234543213(10)ABC/1", "https://id.gs1.org/01/09521234543213/10/ABC%2F1"},
		{reversed(), "10ABC/1\x1d0109521234543213", "(10)ABC/1(01)09521234543213", "https://id.gs1.org/01/09521234543213/10/ABC%2F1"},
		{
			el("01", "99521234543216", "17", "261231", "3103", "012500", "10", "A(1)", "21", "S"),
			"01995212345432161726123131030125" + "0010A(1)\x1d21S",
			`(01)99521234543216(17)261231(3103)012500(10)A\(1)(21)S`,
			"https://id.gs1.org/01/99521234543216/10/A%281%29/21/S?17=261231&3103=012500",
		},
		{
			el("00", "095212345678901235", "02", "99521234543216", "37", "12", "10", "A+B"),
			"0009521234567890123502995212345432163712\x1d10A+B",
			"(00)095212345678901235(02)99521234543216(37)12(10)A+B",
			"https://id.gs1.org/00/095212345678901235?02=99521234543216&37=12&10=A%2BB",
		},
		{ // what comes again is written once
			el("01", "09521234543213", "10", "A", "10", "A"),
			"010952123454321310A", "(01)09521234543213(10)A", "https://id.gs1.org/01/09521234543213/10/A",
		},
		{ // variable lengths first in the query go to its end
			el("95", "X", "01", "09521234543213", "17", "261231"),
			"95X\x1d010952123454321317261231", "(95)X(01)09521234543213(17)261231", "https://id.gs1.org/01/09521234543213?17=261231&95=X",
		},
		{ // 235 and 10 are of different orders; 10 may stand in the query
			el("01", "09521234543213", "10", "A", "235", "T"),
			"010952123454321310A\x1d235T", "(01)09521234543213(10)A(235)T", "https://id.gs1.org/01/09521234543213/235/T?10=A",
		},
	} {
		if got, err := c.elements.ElementString(); got != c.text || err != nil {
			t.Errorf("%v.ElementString() = %q, %v; want %q", c.elements, got, err, c.text)
		}
		if got, err := c.elements.ScanData(gs1.GS1DataMatrix); got != "]d2"+c.text || err != nil {
			t.Errorf("%v.ScanData() = %q, %v; want ]d2%q", c.elements, got, err, c.text)
		}
		if got, err := c.elements.Bracketed(); got != c.bracketed || err != nil {
			t.Errorf("%v.Bracketed() = %q, %v; want %q", c.elements, got, err, c.bracketed)
		}
		if got, err := c.elements.DigitalLink(""); got != c.digital || err != nil {
			t.Errorf("%v.DigitalLink() = %q, %v; want %q", c.elements, got, err, c.digital)
		}
	}
}

func TestDigitalLinkStem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ stem, want string }{
		{"https://example.com", "https://example.com/01/09521234543213/10/ABC%2F1"},
		{"https://example.com/", "https://example.com/01/09521234543213/10/ABC%2F1"},
		{"http://localhost:8080/items", "http://localhost:8080/items/01/09521234543213/10/ABC%2F1"},
		{"example.com", ""},
		{"https://", ""},
		{"https://example.com?a=b", ""},
		{"https://example.com#a", ""},
		{"https://exam ple.com", ""},
	} {
		got, err := lot.DigitalLink(c.stem)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("DigitalLink(%q) = %q, %v; want %q", c.stem, got, err, c.want)
		}
	}
}

func TestWriteRefused(t *testing.T) {
	t.Parallel()
	bad := el("01", "09521234543213", "10", "ABC 1")
	want := gs1.Error{
		Reason: gs1.ReasonCharacter, AI: "10", Offset: 3,
		Message: `(10) BATCH/LOT: " " is not in GS1's character set 82: letters, digits and !"%&'()*+,-./_:;<=>?`,
	}
	_, err := bad.ElementString()
	refused(t, "ElementString", err, want)
	_, err = bad.ScanData(gs1.GS1128)
	refused(t, "ScanData", err, want)
	_, err = bad.Bracketed()
	refused(t, "Bracketed", err, want)
	_, err = bad.DigitalLink("")
	refused(t, "DigitalLink", err, want)

	_, err = lot.ScanData("]Q1")
	refused(t, "a plain symbol", err, gs1.Error{Reason: gs1.ReasonSymbology, Message: `"]Q1" is no symbology identifier of a GS1 symbol`})
	_, err = gs1.Elements{}.ElementString()
	refused(t, "nothing", err, gs1.Error{Reason: gs1.ReasonEmpty, Message: "there is no element"})
	_, err = el("89", "1").ElementString()
	refused(t, "no AI", err, gs1.Error{Reason: gs1.ReasonUnknownAI, Message: `there is no application identifier "89"`})
	_, err = el("10", "A", "10", "B").ElementString()
	refused(t, "two lots", err, gs1.Error{Reason: gs1.ReasonRepeatedAI, AI: "10", Message: "(10) BATCH/LOT: comes twice, with different values"})
	_, err = el("10", "A").DigitalLink("")
	refused(t, "no key", err, gs1.Error{Reason: gs1.ReasonDigitalLink, Message: "no element is the key of a GS1 Digital Link, such as a GTIN (01) or an SSCC (00)"})
	_, err = el("01", "09521234543213", "8200", "http://a").DigitalLink("")
	refused(t, "no attribute", err, gs1.Error{Reason: gs1.ReasonDigitalLink, AI: "8200", Message: "(8200) PRODUCT URL cannot stand in a GS1 Digital Link of (01) GTIN"})
}

func TestCheckTogether(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		elements   gs1.Elements
		reason, ai string
	}{
		{lot, "", ""},
		{el("10", "A"), gs1.ReasonMissingAI, "10"},
		{el("01", "09521234543213", "250", "A"), gs1.ReasonMissingAI, "250"}, // needs both 01 and 21
		{el("01", "09521234543213", "21", "S", "250", "A"), "", ""},
		{el("01", "09521234543213", "3922", "0299"), gs1.ReasonMissingAI, "3922"},
		{el("01", "09521234543213", "3922", "0299", "3103", "000195"), "", ""}, // 31nn
		{el("01", "09521234543213", "37", "2"), gs1.ReasonExcludedAI, "01"},
		{el("01", "09521234543213", "3103", "000195", "3205", "000430"), "", ""}, // in two units
		{el("01", "09521234543213", "3103", "000195", "3102", "000020"), gs1.ReasonExcludedAI, "3103"},
		{el("01", "09521234543213", "10", "A", "10", "A"), "", ""},
		{el("01", "09521234543213", "10", "A", "10", "B"), gs1.ReasonRepeatedAI, "10"},
		{el("01", "09521234543213", "89", "A"), gs1.ReasonUnknownAI, "89"},
		{el("8003", "01234567890128", "8030", "ABC"), gs1.ReasonMissingAI, "8003"}, // a signature of one thing
		{el("8003", "01234567890128S", "8030", "ABC"), "", ""},
		{nil, "", ""},
	} {
		err := gs1.CheckTogether(c.elements)
		got, _ := err.(*gs1.Error) //nolint:errorlint // it is of this type, unwrapped
		switch {
		case c.reason == "" && err != nil:
			t.Errorf("%v: %v", c.elements, err)
		case c.reason != "" && (got == nil || got.Reason != c.reason || got.AI != c.ai):
			t.Errorf("%v: %#v, want %s (%s)", c.elements, err, c.reason, c.ai)
		}
	}
}
