// Package label draws the label of a lot: a barcode of GS1 elements, with what it
// says in brackets below and lines for people above, as SVG or PNG. It is pure, and
// what it draws needs nothing from elsewhere: no font, no style sheet, no link.
//
// It measures in dots of an eighth of a millimetre, which label printers of 203 dpi
// print. A PNG has a pixel for each, and both say how large they are, so that either
// prints as large as the other.
package label

import (
	"fmt"
	"image"
	"strings"
)

// Element is an application identifier with its value, such as 10 and LOT-7. The
// caller knows that they are right; checked here is what would make a scanner read
// something else than was meant.
type Element struct{ AI, Value string }

// Symbology is a kind of barcode.
type Symbology int

// The symbologies.
const (
	// DataMatrix is GS1 DataMatrix: small, square, for scanners with a camera.
	DataMatrix Symbology = iota + 1
	// GS1128 is GS1-128: long, for every scanner, and for 48 characters at most.
	GS1128
)

// Label is what is to be drawn.
type Label struct {
	Symbology Symbology
	// Elements stand in the barcode in this order. Those of a fixed length first
	// spare a separator.
	Elements []Element
	// Title are lines above the barcode, the first in bold: the item's name, the lot
	// code, dates. Text is text, whatever is in it; a long line is broken into more.
	Title []string
	// Module is how many dots wide the narrowest bar, or the side of a square, is:
	// 2 to 20. With 0 it is as GS1 wants it where goods are moved: 6 (0.75 mm) for a
	// DataMatrix, and for GS1-128 4 (0.5 mm), or 3 or 2 if it gets too wide otherwise.
	Module int
}

// The limits of a label.
const (
	minModule, maxModule = 2, 20
	maxTitleLines        = 10
	maxTitleLength       = 300
)

// The reasons for which a label is refused.
const (
	NoElements       = "LABEL_WITHOUT_ELEMENTS"
	BadAI            = "LABEL_AI_INVALID"
	BadLength        = "LABEL_ELEMENT_LENGTH"
	BadCharacter     = "LABEL_CHARACTER_NOT_ALLOWED"
	LongData         = "LABEL_DATA_TOO_LONG"
	WideBarcode      = "LABEL_BARCODE_TOO_WIDE"
	BadModule        = "LABEL_MODULE_OUT_OF_RANGE"
	LongTitle        = "LABEL_TITLE_TOO_LONG"
	UnknownSymbology = "LABEL_SYMBOLOGY_UNKNOWN"
)

// Error says why a label cannot be drawn, and what to do.
type Error struct {
	// Reason is one of the constants above: callers branch on it.
	Reason  string
	Message string
}

func (e *Error) Error() string { return e.Message }

func refuse(reason, format string, args ...any) *Error {
	return &Error{Reason: reason, Message: fmt.Sprintf(format, args...)}
}

// Picture is a label that was laid out. All is in dots.
type Picture struct {
	Width, Height int
	bars          []image.Rectangle
	lines         []line
	// says is the human-readable interpretation on one line.
	says string
}

// Draw lays a label out. What cannot be drawn is refused with an *Error.
func Draw(l Label) (*Picture, error) {
	if l.Module != 0 && (l.Module < minModule || l.Module > maxModule) {
		return nil, refuse(BadModule, "a module of %d dots cannot be printed or read: give %d to %d (of an eighth of a millimetre), or 0 for GS1's size", l.Module, minModule, maxModule)
	}
	if err := checkTitle(l.Title); err != nil {
		return nil, err
	}
	if err := check(l.Elements); err != nil {
		return nil, err
	}
	s, err := encode(l)
	if err != nil {
		return nil, err
	}
	fonts, err := newFonts()
	if err != nil {
		return nil, err
	}
	return layOut(l, s, fonts), nil
}

func checkTitle(title []string) error {
	if len(title) > maxTitleLines {
		return refuse(LongTitle, "there are %d lines above the barcode: give %d at most", len(title), maxTitleLines)
	}
	for i, text := range title {
		if n := len([]rune(text)); n > maxTitleLength {
			return refuse(LongTitle, "line %d above the barcode has %d characters: give it %d at most", i+1, n, maxTitleLength)
		}
	}
	return nil
}

// interpretation is what people read of an element.
func interpretation(elements []Element) []string {
	texts := make([]string, len(elements))
	for i, e := range elements {
		texts[i] = "(" + e.AI + ")" + e.Value
	}
	return texts
}

// Says is the human-readable interpretation, such as (01)09506000134352(10)LOT-7.
func (p *Picture) Says() string { return p.says }

func says(elements []Element) string { return strings.Join(interpretation(elements), "") }
