package picture

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// look is how nodes of a kind are drawn: shape and pattern of the frame tell them apart
// on paper without colours.
type look struct {
	fill, line string
	round      float64
}

var looks = map[Kind]look{
	Lot:      {"#ffffff", "#1f2937", 4},
	Run:      {"#eef2ff", "#4338ca", 14},
	Supplier: {"#f0fdf4", "#15803d", 0},
	Customer: {"#fff7ed", "#c2410c", 0},
}

// words say what is marked.
func words(n *Node) string {
	var all []string
	for _, is := range []struct {
		so   bool
		word string
	}{{n.Seed, "◆ asked for"}, {n.Held, "■ held"}, {n.Gone, "▶ shipped"}, {n.Open, "… in process"}, {n.Late, late + "out of time"}} {
		if is.so {
			all = append(all, is.word)
		}
	}
	return strings.Join(all, "  ")
}

// marks are the words in as many lines as they take: none of them may be cut off.
func marks(n *Node) []string {
	var lines []string
	for _, word := range strings.Split(words(n), "  ") {
		last := len(lines) - 1
		if last >= 0 && width(lines[last]+"  "+word) <= nodeWidth-2*padding {
			lines[last] += "  " + word
		} else if word != "" {
			lines = append(lines, word)
		}
	}
	return lines
}

// WriteSVG draws a graph as an SVG picture with its own styles, to stand alone or in a
// page. Whoever hovers over a node reads all of it.
func WriteSVG(w io.Writer, g *Graph) error {
	l := arrange(g)
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img" font-family="system-ui,sans-serif" font-size="12">`+"\n", l.width, l.height, l.width, l.height)
	b.WriteString(`<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="#6b7280"/></marker></defs>` + "\n")
	at := newLabels(g, l.at)
	for i, way := range l.ways {
		if g.back(g.Edges[i]) {
			writeBack(&b, way, &g.Edges[i], at)
		} else {
			writeEdge(&b, way, &g.Edges[i], at)
		}
	}
	b.Write(at.drawn.Bytes()) // over all edges, which would strike them through
	for i := range g.Nodes {
		writeNode(&b, &g.Nodes[i], l.at[i])
	}
	b.WriteString("</svg>\n")
	_, err := w.Write(b.Bytes())
	return err
}

func writeEdge(b *bytes.Buffer, way []point, e *Edge, at *labels) {
	fmt.Fprintf(b, `<path d="M%.1f %.1f`, way[0].x, way[0].y)
	var last func(t float64) point
	for i := 1; i < len(way); i++ {
		from, to := way[i-1], way[i]
		reach := (to.x - from.x) / 2
		if reach < 30 && reach > -30 {
			reach = 30
		}
		out, in := point{from.x + reach, from.y}, point{to.x - reach, to.y}
		fmt.Fprintf(b, ` C%.1f %.1f %.1f %.1f %.1f %.1f`, out.x, out.y, in.x, in.y, to.x, to.y)
		last = func(t float64) point { return bend(from, out, in, to, t) }
	}
	dashes := ""
	if e.Late {
		dashes = ` stroke-dasharray="7 5"`
	}
	b.WriteString(`" fill="none" stroke="#6b7280"` + dashes + ` marker-end="url(#tip)"/>` + "\n")
	at.write(e.said(), last)
}

func writeBack(b *bytes.Buffer, way []point, e *Edge, at *labels) {
	from, to := way[0], way[1]
	low := lowest(way)
	if from == to { // a loop
		from.x, to.x = from.x-nodeWidth/4, to.x+nodeWidth/4
	}
	out, in := point{from.x, low}, point{to.x, low}
	fmt.Fprintf(b, `<path d="M%.1f %.1f C%.1f %.1f %.1f %.1f %.1f %.1f" fill="none" stroke="#6b7280" stroke-dasharray="2 3" marker-end="url(#tip)"/>`+"\n", from.x, from.y, out.x, out.y, in.x, in.y, to.x, to.y)
	at.write(e.said(), func(t float64) point { return bend(from, out, in, to, t) })
}

func writeNode(b *bytes.Buffer, n *Node, at point) {
	is := looks[n.Kind]
	frame := ""
	if n.Held {
		frame = ` stroke-width="3"`
	}
	switch {
	case n.Late:
		frame += ` stroke-dasharray="1.5 4"`
	case n.Open && !n.Held:
		frame += ` stroke-dasharray="5 3"`
	}
	fmt.Fprintf(b, `<g><title>%s</title><rect x="%.1f" y="%.1f" width="%.0f" height="%.0f" rx="%.0f" fill="%s" stroke="%s"%s/>`,
		escape(strings.Join(append([]string{n.Title, words(n)}, n.Lines...), "\n")), at.x, at.y, nodeWidth, height(n), is.round, is.fill, is.line, frame)
	y := at.y + padding + 12
	line := func(text, attributes string) {
		fmt.Fprintf(b, `<text x="%.1f" y="%.1f"%s>%s</text>`, at.x+padding, y, attributes, escape(fit(text, nodeWidth-2*padding)))
		y += lineHeight
	}
	line(n.Title, ` font-weight="600"`)
	for _, text := range n.Lines {
		line(text, ` fill="#4b5563"`)
	}
	for _, text := range marks(n) {
		line(text, ` fill="`+is.line+`"`)
	}
	b.WriteString("</g>\n")
}

// fit shortens a text to so many pixels.
func fit(text string, most float64) string {
	width, end := 0.0, 0
	for i, r := range text {
		if width += breadth(r); width > most {
			return text[:end] + "…"
		}
		if width+breadth('…') <= most {
			end = i + utf8.RuneLen(r)
		}
	}
	return text
}

// width is about how wide a text gets, rather too wide than too narrow.
func width(text string) (all float64) {
	for _, r := range text {
		all += breadth(r)
	}
	return all
}

// breadth is about how wide a letter gets in the fonts that there are, at 12 pixels and in
// bold, likewise.
func breadth(r rune) float64 {
	switch {
	case strings.ContainsRune("ijlftrI.,:;'|!()[]/ -", r):
		return 5
	case strings.ContainsRune("mwMW@%…◆■▶✗", r), r >= 0x2e80:
		return 12.5
	case 'A' <= r && r <= 'Z', r >= 0x80, strings.ContainsRune("<>=+&_#", r):
		return 9
	}
	return 7.5
}

func escape(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a builder does not fail
	return b.String()
}
