package label_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/lottrail/lottrail/internal/label"
)

func TestRefused(t *testing.T) {
	t.Parallel()
	element := func(ai, value string) label.Label {
		return label.Label{Elements: []label.Element{{AI: ai, Value: value}}}
	}
	long, _ := longer(1300)
	for _, c := range []struct {
		name   string
		label  label.Label
		only   label.Symbology // 0 for both
		reason string
		says   []string
	}{
		{"nothing", label.Label{}, 0, label.NoElements, []string{"identifier 10"}},
		{"no digits", element("1O", "x"), 0, label.BadAI, []string{`"1O"`, "2 to 4 digits"}},
		{"a digit", element("1", "x"), 0, label.BadAI, nil},
		{"five digits", element("31031", "x"), 0, label.BadAI, nil},
		{"no value", element("10", ""), 0, label.BadLength, []string{"(10)", "0 characters", "1 to 90"}},
		{"a value too long", element("99", strings.Repeat("x", 91)), label.DataMatrix, label.BadLength, []string{"91 characters"}},
		{"a short GTIN", element("01", "9506000134352"), 0, label.BadLength, []string{"(01)", "13 characters", "needs 14"}},
		{"a long date", element("17", "20271231"), 0, label.BadLength, []string{"needs 6"}},
		{"a long weight", element("3103", "0001500"), 0, label.BadLength, []string{"needs 6"}},
		{"a blank", element("10", "LOT 7"), 0, label.BadCharacter, []string{`"LOT 7"`, "(10)", `' '`, "letters"}},
		{"a letter beyond", element("10", "LÖT"), 0, label.BadCharacter, []string{`'Ö'`}},
		{"a separator in a value", element("10", "A\x1d21B"), 0, label.BadCharacter, []string{`'\x1d'`}},
		{"FNC1 of Code 128 in a value", element("10", "A\u00f121B"), 0, label.BadCharacter, nil},
		{"FNC1 of DataMatrix in a value", element("10", "A\xe821B"), 0, label.BadCharacter, nil},
		{"49 characters", label.Label{Elements: []label.Element{{"10", strings.Repeat("a", 20)}, {"21", strings.Repeat("b", 20)}, {"90", "z"}}},
			label.GS1128, label.LongData, []string{"48", "49", "GS1 DataMatrix"}},
		{"beyond the largest square", label.Label{Elements: long}, label.DataMatrix, label.LongData, []string{"1344 characters", "132 by 132", "leave elements out"}},
		{"beyond any square", label.Label{Elements: append(long, long...)}, label.DataMatrix, label.LongData, []string{"leave elements out"}},
		{"wider than GS1 allows", label.Label{Elements: element("10", "LOT-2026-11-001").Elements, Module: 6},
			label.GS1128, label.WideBarcode, []string{"6 dots", "mm wide", "165.1 mm", "GS1 DataMatrix"}},
		{"a module too small", label.Label{Elements: element("10", "A").Elements, Module: 1}, 0, label.BadModule, []string{"1 dots", "2 to 20"}},
		{"a module below nothing", label.Label{Elements: element("10", "A").Elements, Module: -4}, 0, label.BadModule, nil},
		{"a module too large", label.Label{Elements: element("10", "A").Elements, Module: 21}, 0, label.BadModule, nil},
		{"eleven lines", label.Label{Elements: element("10", "A").Elements, Title: make([]string, 11)}, 0, label.LongTitle, []string{"11 lines", "10"}},
		{"a line too long", label.Label{Elements: element("10", "A").Elements, Title: []string{"a", strings.Repeat("ü", 301)}}, 0, label.LongTitle, []string{"line 2", "301", "300"}},
	} {
		for _, symbology := range []label.Symbology{label.DataMatrix, label.GS1128} {
			if c.only != 0 && c.only != symbology {
				continue
			}
			c.label.Symbology = symbology
			p, err := label.Draw(c.label)
			var refused *label.Error
			if !errors.As(err, &refused) || p != nil {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			if refused.Reason != c.reason {
				t.Errorf("%s: %s (%v); want %s", c.name, refused.Reason, err, c.reason)
			}
			for _, part := range c.says {
				if !strings.Contains(refused.Error(), part) {
					t.Errorf("%s: it says %q, without %q", c.name, err, part)
				}
			}
		}
	}
	_, err := label.Draw(element("10", "A"))
	var refused *label.Error
	if !errors.As(err, &refused) || refused.Reason != label.UnknownSymbology {
		t.Errorf("no symbology: %v", err)
	}
}

// Text is text, whatever is in it, and all of it is there.
func TestText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		title []string
		want  []string // joined lines, without blanks
	}{
		{"a script", []string{`<script>alert("1")</script>`}, []string{`<script>alert("1")</script>`}},
		{"an end", []string{`</text></svg>`, `]]><!-- & &amp; 'quoted'`}, []string{`</text></svg>`, `]]><!--&&amp;'quoted'`}},
		{"of other scripts", []string{"全粒粉パン", "خبز", "Хлеб, ψωμί, crème brûlée"}, []string{"全粒粉パン", "خبز", "Хлеб,ψωμί,crèmebrûlée"}},
		{"long, without a blank", []string{strings.Repeat("Vollkornbrot", 16)}, []string{strings.Repeat("Vollkornbrot", 16)}},
		{"long, with blanks", []string{strings.Repeat("Brot mit Saat, ", 20)}, []string{strings.Repeat("BrotmitSaat,", 20)}},
		{"lines and tabs in a line", []string{"Rye\nbread\t\u2028 1 kg", "Lot 7"}, []string{"Ryebread1kg", "Lot7"}},
		{"what XML cannot have", []string{"a\x00b\x1bc\ufffe"}, []string{"a\ufffdb\ufffdc\ufffd"}},
		{"nothing in a line", []string{"", "  ", "Lot 7"}, []string{"Lot7"}},
	} {
		p := draw(t, label.Label{Symbology: label.DataMatrix, Title: c.title, Elements: []label.Element{{"10", "<b>&amp;"}, {"21", "7"}}})
		svg := p.SVG()
		d := parse(t, svg)
		if strings.Count(string(svg), "<text") != len(d.Texts) || bytes.Contains(svg, []byte("<script")) || bytes.Contains(svg, []byte("</text></svg>")) {
			t.Errorf("%s: text became markup in %s", c.name, svg)
		}
		all := ""
		for _, text := range d.Texts {
			all += strings.ReplaceAll(text.Text, " ", "")
			// How wide it gets is told only where it is known.
			if known := !strings.ContainsAny(text.Text, "全粒粉パンخبز\ufffd"); known != (text.Length > 0) {
				t.Errorf("%s: %q is told to be %d wide", c.name, text.Text, text.Length)
			}
		}
		if want := strings.Join(c.want, "") + "(10)<b>&amp;(21)7"; all != want {
			t.Errorf("%s: it reads %q; want %q", c.name, all, want)
		}
		if d.Title != "(10)<b>&amp;(21)7" || d.Title != p.Says() {
			t.Errorf("%s: the picture is called %q, and says %q", c.name, d.Title, p.Says())
		}
		if _, err := p.PNG(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// The first line is bold, and elements stand on lines of their own if they are not to
// be wider than the barcode.
func TestLines(t *testing.T) {
	t.Parallel()
	l := label.Label{
		Symbology: label.DataMatrix,
		Elements:  []label.Element{{"01", "09506000134352"}, {"17", "271231"}, {"10", "LOT-7"}},
		Title:     []string{"Rye bread", "Lot LOT-7"},
	}
	told := func() string {
		d := parse(t, draw(t, l).SVG())
		all := ""
		for _, text := range d.Texts {
			all += text.Weight + "|" + text.Text + "\n"
		}
		return all
	}
	if got := told(); got != "bold|Rye bread\n|Lot LOT-7\n|(01)09506000134352\n|(17)271231\n|(10)LOT-7\n" {
		t.Errorf("beside a DataMatrix: %s", got)
	}
	l.Symbology = label.GS1128
	if got := told(); got != "bold|Rye bread\n|Lot LOT-7\n|(01)09506000134352  (17)271231  (10)LOT-7\n" {
		t.Errorf("below a GS1-128: %s", got)
	}
}

// A PNG tells how large it is: what it is printed as has the size that GS1 wants.
func TestPhysicalSize(t *testing.T) {
	t.Parallel()
	for symbology, module := range map[label.Symbology]int{label.DataMatrix: 6, label.GS1128: 4} {
		p := draw(t, label.Label{Symbology: symbology, Elements: []label.Element{{"10", "LOT-7"}}})
		bars := parse(t, p.SVG()).bars(t)
		if got := narrowest(bars); got != module {
			t.Errorf("symbology %d: modules of %d dots; want %d", symbology, got, module)
		}
		if high := bounds(bars).Dy(); symbology == label.GS1128 && high != 254 {
			t.Errorf("bars of %d dots; want 31.75 mm", high)
		}
		picture(t, p) // the checksums are right
		b, _ := p.PNG()
		at := bytes.Index(b, []byte("pHYs"))
		if at != 8+25+4 {
			t.Fatalf("no size behind the header, but at %d", at)
		}
		if x, y, unit := binary.BigEndian.Uint32(b[at+4:]), binary.BigEndian.Uint32(b[at+8:]), b[at+12]; x != 8000 || y != 8000 || unit != 1 {
			t.Errorf("%d by %d dots to the unit %d", x, y, unit)
		}
	}
	// What gets too wide gets finer, as far as it can be printed.
	wide := []label.Element{{"01", "09506000134352"}, {"17", "271231"}, {"10", "ABCDEFGHIJKLMNOPQRST"}}
	p := draw(t, label.Label{Symbology: label.GS1128, Elements: wide})
	if module := narrowest(parse(t, p.SVG()).bars(t)); module != 3 || p.Width > 1320 {
		t.Errorf("modules of %d dots, %d dots wide", module, p.Width)
	}
	p = draw(t, label.Label{Symbology: label.GS1128, Elements: fortyEight})
	if module := narrowest(parse(t, p.SVG()).bars(t)); module != 2 || p.Width > 1320 {
		t.Errorf("48 characters: modules of %d dots, %d dots wide", module, p.Width)
	}
}
