package label_test

import (
	"encoding/xml"
	"fmt"
	"image"
	"strings"
	"testing"

	"github.com/lottrail/lottrail/internal/label"
)

// drawing is an SVG, as far as labels are made of it.
type drawing struct {
	XMLName xml.Name `xml:"http://www.w3.org/2000/svg svg"`
	Width   string   `xml:"width,attr"`
	Height  string   `xml:"height,attr"`
	ViewBox string   `xml:"viewBox,attr"`
	Title   string   `xml:"title"`
	Path    struct {
		D string `xml:"d,attr"`
	} `xml:"path"`
	Texts []struct {
		Text     string  `xml:",chardata"`
		X        float64 `xml:"x,attr"`
		Baseline int     `xml:"y,attr"`
		Length   int     `xml:"textLength,attr"`
		Weight   string  `xml:"font-weight,attr"`
	} `xml:"g>text"`
}

func parse(t testing.TB, svg []byte) drawing {
	t.Helper()
	var d drawing
	if err := xml.Unmarshal(svg, &d); err != nil {
		t.Fatalf("%v in %s", err, svg)
	}
	return d
}

// bars are the rectangles of the barcode.
func (d drawing) bars(t testing.TB) []image.Rectangle {
	t.Helper()
	var bars []image.Rectangle
	for _, one := range strings.Split(strings.TrimSuffix(d.Path.D, "z"), "z") {
		var x, y, w, h, back int
		if _, err := fmt.Sscanf(one, "M%d %dh%dv%dh%d", &x, &y, &w, &h, &back); err != nil || back != -w || w <= 0 || h <= 0 {
			t.Fatalf("a bar of %q: %v", one, err)
		}
		bars = append(bars, image.Rect(x, y, x+w, y+h))
	}
	return bars
}

func bounds(bars []image.Rectangle) image.Rectangle {
	var all image.Rectangle
	for _, bar := range bars {
		all = all.Union(bar)
	}
	return all
}

// aim is where the barcode of a label is, with some white about it.
func aim(t testing.TB, p *label.Picture) image.Rectangle {
	t.Helper()
	return bounds(parse(t, p.SVG()).bars(t)).Inset(-8).Intersect(image.Rect(0, 0, p.Width, p.Height))
}

var sorts = []label.Label{
	{Symbology: label.DataMatrix},
	{Symbology: label.DataMatrix, Module: 20},
	{Symbology: label.GS1128},
	{Symbology: label.GS1128, Module: 2},
	{Symbology: label.DataMatrix, Title: []string{"Rye bread", "Lot 7"}},
	{Symbology: label.DataMatrix, Title: []string{strings.Repeat("Wood-fired ", 20) + "bread", "Lot 7"}},
	{Symbology: label.DataMatrix, Module: 2, Title: []string{strings.Repeat("n", 200)}},
	{Symbology: label.GS1128, Title: []string{strings.Repeat("W", 300)}},
}

// The barcode has nothing but white about it as far as GS1 wants it, and no text is
// on another, or beyond the edge.
func TestRoom(t *testing.T) {
	t.Parallel()
	for i, l := range sorts {
		l.Elements = []label.Element{{"01", "09506000134352"}, {"10", "LOT-2026-11-001"}}
		p := draw(t, l)
		d := parse(t, p.SVG())
		bars := d.bars(t)
		barcode := bounds(bars)
		if want := fmt.Sprintf("0 0 %d %d", p.Width, p.Height); d.ViewBox != want {
			t.Errorf("%d: viewBox %q; want %q", i, d.ViewBox, want)
		}
		if d.Width != fmt.Sprintf("%gmm", float64(p.Width)/8) || d.Height != fmt.Sprintf("%gmm", float64(p.Height)/8) {
			t.Errorf("%d: %s by %s for %d by %d dots", i, d.Width, d.Height, p.Width, p.Height)
		}
		module := narrowest(bars)
		quiet := image.Rect(barcode.Min.X-10*module, barcode.Min.Y, barcode.Max.X+10*module, barcode.Max.Y)
		if l.Symbology == label.DataMatrix {
			quiet = barcode.Inset(-module)
		}
		picture := picture(t, p)
		if !quiet.In(picture.Bounds()) {
			t.Errorf("%d: the quiet zone %v is beyond the edge of %v", i, quiet, picture.Bounds())
		}
		for y := quiet.Min.Y; y < quiet.Max.Y; y++ {
			for x := quiet.Min.X; x < quiet.Max.X; x++ {
				if at := image.Pt(x, y); !at.In(barcode) && picture.GrayAt(x, y).Y != 255 {
					t.Fatalf("%d: something is in the quiet zone at %v", i, at)
				}
			}
		}
		last := 0
		for j, text := range d.Texts {
			if text.Length == 0 || text.Length > p.Width-16 || text.X != float64(p.Width)/2 {
				t.Errorf("%d: %q is %d wide about %g, the label %d", i, text.Text, text.Length, text.X, p.Width)
			}
			if text.Baseline-last < 24 || text.Baseline > p.Height-16 {
				t.Errorf("%d: %q is at %d, the one before at %d, the label is %d high", i, text.Text, text.Baseline, last, p.Height)
			}
			if above := text.Baseline < barcode.Min.Y; above != (j < len(d.Texts)-lines(d, "(01)")) {
				t.Errorf("%d: %q at %d is on the wrong side of %v", i, text.Text, text.Baseline, barcode)
			}
			last = text.Baseline
			left := int(text.X) - text.Length/2
			if !dark(picture, image.Rect(left, text.Baseline-16, left+20, text.Baseline)) {
				t.Errorf("%d: %q cannot be seen in the PNG", i, text.Text)
			}
		}
	}
}

// dark says whether there is a black pixel in a part of a picture.
func dark(picture *image.Gray, part image.Rectangle) bool {
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			if picture.GrayAt(x, y).Y < 64 {
				return true
			}
		}
	}
	return false
}

func narrowest(bars []image.Rectangle) int {
	narrow := bars[0].Dx()
	for _, bar := range bars {
		narrow = min(narrow, bar.Dx())
	}
	return narrow
}

// lines counts the lines from the one that begins so.
func lines(d drawing, begin string) int {
	for i, text := range d.Texts {
		if strings.HasPrefix(text.Text, begin) {
			return len(d.Texts) - i
		}
	}
	return 0
}

// A label stays small, whatever is on it: what is too long for a line goes on in the
// next, and not before.
func TestWidth(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		title, value string
		// The most that the label may measure across, and how many lines there are.
		width, lines int
	}{
		{"Sourdough rye bread, 1 kg", "A", 320 + 32, 2},
		{"Rye", strings.Repeat("1", 30), 480 + 32, 2},
		{"Sourdough rye bread with walnuts, 1 kg", "A", 320 + 32, 3},
		{strings.Repeat("n", 200), "A", 320 + 32, 11},
		{"Rye", strings.Repeat("W", 90), 480 + 32, 6},
	} {
		p := draw(t, label.Label{Symbology: label.DataMatrix, Module: 2, Title: []string{c.title}, Elements: []label.Element{{"99", c.value}}})
		d := parse(t, p.SVG())
		if p.Width > c.width || len(d.Texts) != c.lines {
			t.Errorf("%q and %q: %d dots wide, %d lines; want %d and %d", c.title, c.value, p.Width, len(d.Texts), c.width, c.lines)
		}
	}
}
