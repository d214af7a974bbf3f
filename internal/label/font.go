package label

import (
	"fmt"
	"math"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
)

// parsed are the Go fonts: Latin, Greek and Cyrillic letters. They come with the
// program, for a server has no fonts of its own.
var parsed = sync.OnceValues(func() ([2]*opentype.Font, error) {
	var both [2]*opentype.Font
	for i, source := range [][]byte{goregular.TTF, gobold.TTF} {
		f, err := opentype.Parse(source)
		if err != nil {
			return both, fmt.Errorf("the label's font: %w", err)
		}
		both[i] = f
	}
	return both, nil
})

// fonts are for one label at a time: a face keeps what it drew last.
type fonts struct{ regular, bold *face }

type face struct {
	font.Face
	letters *opentype.Font
	buffer  sfnt.Buffer
}

func newFonts() (*fonts, error) {
	both, err := parsed()
	if err != nil {
		return nil, err
	}
	var faces [2]*face
	for i, letters := range both {
		// Of 72 dots an inch a point is a dot.
		f, err := opentype.NewFace(letters, &opentype.FaceOptions{Size: textSize, DPI: 72, Hinting: font.HintingFull})
		if err != nil {
			return nil, fmt.Errorf("the label's font: %w", err)
		}
		faces[i] = &face{Face: f, letters: letters}
	}
	return &fonts{faces[0], faces[1]}, nil
}

func (f *fonts) face(bold bool) *face {
	if bold {
		return f.bold
	}
	return f.regular
}

// width is how wide a text is. A letter that the font does not have is taken for one
// as wide as high, which is what those of other scripts are at most.
func (f *face) width(text string) int {
	width := font.MeasureString(f, text)
	for _, r := range text {
		if !f.hasRune(r) {
			advance, _ := f.GlyphAdvance(r)
			width += max(0, f.Metrics().Height-advance)
		}
	}
	return int(math.Ceil(float64(width) / 64))
}

// has says whether the font has all the letters of a text.
func (f *face) has(text string) bool {
	for _, r := range text {
		if !f.hasRune(r) {
			return false
		}
	}
	return true
}

func (f *face) hasRune(r rune) bool {
	index, err := f.letters.GlyphIndex(&f.buffer, r)
	return err == nil && index != 0
}
