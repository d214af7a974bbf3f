package label

import (
	"image"
	"strings"
)

// The measures of a label, in dots.
const (
	margin      = 16 // 2 mm, all around
	gap         = 8  // between the barcode and the text, at least
	textSize    = 24 // 3 mm
	lineHeight  = 30
	narrowTitle = 320 // 40 mm: a title may make a small barcode's label so wide
	narrowText  = 480 // 60 mm: and an element with a long value so wide
)

// line is a line of text about the middle of the label.
type line struct {
	text     string
	bold     bool
	baseline int
	// width is how wide the text is in the label's own font; exact says that the font
	// has all its letters.
	width int
	exact bool
}

// layOut puts the title above the barcode, and what the barcode says below it.
func layOut(l Label, s *symbol, fonts *fonts) *Picture {
	p := &Picture{says: says(l.Elements)}
	elements := interpretation(l.Elements)
	limit := max(s.width(), narrowText)
	widest := s.width()
	for _, element := range elements {
		// As wide as the widest element, for they are not to be broken.
		widest = max(widest, min(fonts.regular.width(element), limit))
	}
	var title []line
	for i, text := range l.Title {
		// Blanks of all kinds, line breaks too, part words.
		title = append(title, fonts.flow(strings.Fields(text), " ", i == 0, max(widest, narrowTitle))...)
	}
	below := fonts.flow(elements, "  ", false, widest)

	y := margin
	for i := range title {
		y += lineHeight
		title[i].baseline = y - lineHeight + textSize
	}
	// A square has to be quiet above and below too, a row of bars has not.
	space := gap
	if s.rows > 1 {
		space = max(gap, s.quiet*s.module)
	}
	top := max(margin, space)
	if len(title) > 0 {
		top = y + space
	}
	y = top + s.height + space
	for i := range below {
		y += lineHeight
		below[i].baseline = y - lineHeight + textSize
	}
	p.Height = y + margin
	p.lines = append(title, below...)
	p.Width = s.width()
	for _, line := range p.lines {
		p.Width = max(p.Width, line.width+2*margin)
	}

	left := (p.Width - s.columns*s.module) / 2
	rowHeight := s.height / s.rows
	for _, run := range s.dark {
		p.bars = append(p.bars, image.Rect(
			left+run.Min.X*s.module, top+run.Min.Y*rowHeight,
			left+run.Max.X*s.module, top+run.Max.Y*rowHeight))
	}
	return p
}

// flow fills lines with pieces, and breaks a piece only if it does not fit in a line
// of its own.
func (f *fonts) flow(pieces []string, space string, bold bool, limit int) []line {
	face := f.face(bold)
	var lines []line
	text := ""
	end := func() {
		if text != "" {
			lines = append(lines, line{text: text, bold: bold, width: face.width(text), exact: face.has(text)})
		}
		text = ""
	}
	for _, piece := range pieces {
		if joined := text + space + piece; text != "" && face.width(joined) <= limit {
			text = joined
			continue
		}
		end()
		for _, r := range piece {
			if text != "" && face.width(text+string(r)) > limit {
				end()
			}
			text += string(r)
		}
	}
	end()
	return lines
}
