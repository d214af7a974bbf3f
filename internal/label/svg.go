package label

import (
	"bytes"
	"encoding/xml"
	"fmt"
)

// SVG is the picture as vectors, of one file and without a script. Text is drawn in a
// font that the viewer has, which is how letters of every script can be seen.
func (p *Picture) SVG() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%gmm" height="%gmm" viewBox="0 0 %d %d">`,
		float64(p.Width)/8, float64(p.Height)/8, p.Width, p.Height)
	b.WriteString("\n<title>")
	escape(&b, p.says)
	fmt.Fprintf(&b, "</title>\n<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n", p.Width, p.Height)
	// They are one path, so that no seams show between them, and not moved to the
	// pixels of a screen, which would make some bars wider than others.
	b.WriteString(`<path fill="#000" d="`)
	for _, bar := range p.bars {
		fmt.Fprintf(&b, "M%d %dh%dv%dh%dz", bar.Min.X, bar.Min.Y, bar.Dx(), bar.Dy(), -bar.Dx())
	}
	fmt.Fprintf(&b, "\"/>\n<g fill=\"#000\" font-family=\"Go,Arial,'Liberation Sans',Helvetica,sans-serif\" font-size=\"%d\" text-anchor=\"middle\">\n", textSize)
	for _, line := range p.lines {
		fmt.Fprintf(&b, `<text xml:space="preserve" x="%g" y="%d"`, float64(p.Width)/2, line.baseline)
		if line.bold {
			b.WriteString(` font-weight="bold"`)
		}
		if line.exact {
			// Whatever the viewer's font is, the text gets no wider than it was laid out.
			fmt.Fprintf(&b, ` textLength="%d" lengthAdjust="spacingAndGlyphs"`, line.width)
		}
		b.WriteByte('>')
		escape(&b, line.text)
		b.WriteString("</text>\n")
	}
	b.WriteString("</g>\n</svg>\n")
	return b.Bytes()
}

// escape makes text of whatever it is. What XML cannot have becomes U+FFFD.
func escape(b *bytes.Buffer, text string) {
	_ = xml.EscapeText(b, []byte(text)) // a buffer takes all
}
