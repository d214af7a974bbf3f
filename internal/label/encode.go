package label

import (
	"fmt"
	"image"
	"image/color"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/datamatrix"
)

// fixedLength has how long the elements are whose length is fixed by the first two digits
// of their application identifier, which is counted too. A scanner ends them there,
// and all others at a separator (GS1 General Specifications, 7.8.5).
var fixedLength = map[string]int{
	"00": 20, "01": 16, "02": 16, "03": 16, "04": 18,
	"11": 8, "12": 8, "13": 8, "14": 8, "15": 8, "16": 8, "17": 8, "18": 8, "19": 8, "20": 4,
	"31": 10, "32": 10, "33": 10, "34": 10, "35": 10, "36": 10, "41": 16,
}

// maxValue is how long the value of an element may be.
const maxValue = 90

// check refuses elements that would be read otherwise than they are written.
func check(elements []Element) error {
	if len(elements) == 0 {
		return refuse(NoElements, "a barcode without an element says nothing: give one at least, such as the lot code with application identifier 10")
	}
	for _, e := range elements {
		if len(e.AI) < 2 || len(e.AI) > 4 || strings.Trim(e.AI, "0123456789") != "" {
			return refuse(BadAI, "%q is no application identifier: those of GS1 have 2 to 4 digits", e.AI)
		}
		if len(e.Value) == 0 || len(e.Value) > maxValue {
			return refuse(BadLength, "the value of (%s) has %d characters: it needs 1 to %d", e.AI, len(e.Value), maxValue)
		}
		if n := fixedLength[e.AI[:2]]; n > 0 && len(e.AI+e.Value) != n {
			return refuse(BadLength, "the value %q of (%s) has %d characters: it needs %d, for a scanner ends it there", e.Value, e.AI, len(e.Value), n-len(e.AI))
		}
		for _, r := range e.Value {
			if !encodable(r) {
				return refuse(BadCharacter, "the value %q of (%s) has %q in it, which cannot stand in a GS1 barcode: use letters A to Z and a to z, digits, and any of !\"%%&'()*+,-./:;<=>?_", e.Value, e.AI, r)
			}
		}
	}
	return nil
}

// encodable says whether a character is of set 82, or is the # that set 39 has beside
// it (GS1 General Specifications, 7.11). No separator is among them.
func encodable(r rune) bool {
	return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' ||
		strings.ContainsRune(`!"#%&'()*+,-./:;<=>?_`, r)
}

// join strings the elements together, with the separator after each that has no fixed
// length and is not the last.
func join(elements []Element, separator string) string {
	var data strings.Builder
	for i, e := range elements {
		data.WriteString(e.AI + e.Value)
		if fixedLength[e.AI[:2]] == 0 && i < len(elements)-1 {
			data.WriteString(separator)
		}
	}
	return data.String()
}

// symbol is a barcode in modules, without quiet zones.
type symbol struct {
	columns, rows int
	// dark are the dark modules, as long as they are side by side in a row.
	dark []image.Rectangle
	// quiet is how many modules have to stay white: left and right of it, and for a
	// square above and below too.
	quiet int
	// module and height are in dots. The height is all of it.
	module, height int
}

// How GS1 wants a GS1-128 where goods are moved (GS1 General Specifications, 5.4.4
// and 5.9): in dots, but for the number of characters.
const (
	linearHeight   = 254  // 31.75 mm
	linearMaxWidth = 1320 // 165 mm, with its quiet zones
	linearMaxData  = 48   // with its separators
	linearModule   = 4
)

const (
	matrixModule = 6
	// matrixMaxRows leaves the largest square out, of 144: encoders and decoders do not
	// agree on the order of its error correction, and some cannot read others'.
	matrixMaxRows = 132
)

func encode(l Label) (*symbol, error) {
	switch l.Symbology {
	case DataMatrix:
		return encodeMatrix(l)
	case GS1128:
		return encodeLinear(l)
	}
	return nil, refuse(UnknownSymbology, "there is no symbology %d: choose GS1 DataMatrix or GS1-128", l.Symbology)
}

func encodeMatrix(l Label) (*symbol, error) {
	// FNC1 in the first place is what makes it GS1's.
	fnc1 := string([]byte{datamatrix.FNC1})
	code, err := datamatrix.Encode(fnc1 + join(l.Elements, fnc1))
	if err != nil || code.Bounds().Dy() > matrixMaxRows {
		return nil, refuse(LongData, "the %d characters of these elements do not fit in a GS1 DataMatrix of %d by %d: leave elements out", len(join(l.Elements, fnc1)), matrixMaxRows, matrixMaxRows)
	}
	s := newSymbol(code)
	// One module has to be quiet; ink spreads.
	s.quiet, s.module = 2, matrixModule
	if l.Module != 0 {
		s.module = l.Module
	}
	s.height = s.rows * s.module
	return s, nil
}

func encodeLinear(l Label) (*symbol, error) {
	fnc1 := string(code128.FNC1)
	data := join(l.Elements, fnc1)
	if n := len([]rune(data)); n > linearMaxData {
		return nil, refuse(LongData, "GS1-128 has room for %d characters, and these elements are %d with their application identifiers and separators: choose GS1 DataMatrix, or leave elements out", linearMaxData, n)
	}
	code, err := code128.Encode(fnc1 + data)
	if err != nil {
		return nil, fmt.Errorf("GS1-128 of %q: %w", data, err)
	}
	s := newSymbol(code)
	s.quiet, s.module, s.height = 10, l.Module, linearHeight
	if l.Module == 0 {
		s.module = linearModule
		for s.module > minModule && s.width() > linearMaxWidth {
			s.module--
		}
	}
	if s.width() > linearMaxWidth {
		return nil, refuse(WideBarcode, "with modules of %d dots this GS1-128 is %.1f mm wide, and GS1 allows 165.1 mm: make the module smaller, choose GS1 DataMatrix, or leave elements out", s.module, float64(s.width())/8)
	}
	return s, nil
}

// width is in dots, with the quiet zones.
func (s *symbol) width() int { return (s.columns + 2*s.quiet) * s.module }

func newSymbol(code barcode.Barcode) *symbol {
	size := code.Bounds()
	s := &symbol{columns: size.Dx(), rows: size.Dy()}
	for y := range s.rows {
		for x := 0; x < s.columns; x++ {
			from := x
			for x < s.columns && code.At(size.Min.X+x, size.Min.Y+y) == color.Black {
				x++
			}
			if x > from {
				s.dark = append(s.dark, image.Rect(from, y, x, y+1))
			}
		}
	}
	return s
}
