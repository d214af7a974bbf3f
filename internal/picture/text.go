package picture

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// WriteDOT writes a graph for Graphviz.
func WriteDOT(w io.Writer, g *Graph) error {
	shapes := map[Kind]string{Lot: "box", Run: "ellipse", Supplier: "house", Customer: "invhouse"}
	var b bytes.Buffer
	b.WriteString("digraph trail {\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n")
	for i := range g.Nodes {
		n := &g.Nodes[i]
		style := ""
		switch {
		case n.Held && n.Late:
			style = ", penwidth=3, style=dotted"
		case n.Held:
			style = ", penwidth=3"
		case n.Late:
			style = ", style=dotted"
		case n.Open:
			style = ", style=dashed"
		}
		fmt.Fprintf(&b, "  n%d [shape=%s, label=%s%s];\n", i, shapes[n.Kind], dotText(strings.Join(said(n), "\n")), style)
	}
	for _, e := range g.Edges {
		style := ""
		if e.Late {
			style = ", style=dashed"
		}
		fmt.Fprintf(&b, "  n%d -> n%d [label=%s%s];\n", e.From, e.To, dotText(e.said()), style)
	}
	b.WriteString("}\n")
	_, err := w.Write(b.Bytes())
	return err
}

// dotText is a double-quoted string (https://graphviz.org/doc/info/lang.html): a quote
// is escaped, a backslash too, since labels have escapes of their own, and a line break
// is one of them.
func dotText(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(text) + `"`
}

// WriteMermaid writes a graph as a Mermaid flowchart.
func WriteMermaid(w io.Writer, g *Graph) error {
	shapes := map[Kind][2]string{Lot: {"[", "]"}, Run: {"([", "])"}, Supplier: {"[/", `\]`}, Customer: {`[\`, "/]"}}
	var b bytes.Buffer
	b.WriteString("flowchart LR\n")
	for i := range g.Nodes {
		n := &g.Nodes[i]
		fmt.Fprintf(&b, "  n%d%s%s%s\n", i, shapes[n.Kind][0], mermaidText(strings.Join(said(n), "\n")), shapes[n.Kind][1])
		switch {
		case n.Held && n.Late:
			fmt.Fprintf(&b, "  style n%d stroke-width:3px,stroke-dasharray:2 4\n", i)
		case n.Held:
			fmt.Fprintf(&b, "  style n%d stroke-width:3px\n", i)
		case n.Late:
			fmt.Fprintf(&b, "  style n%d stroke-dasharray:2 4\n", i)
		}
	}
	for _, e := range g.Edges {
		arrow := "-->"
		if e.Late {
			arrow = "-.->"
		}
		if said := e.said(); said != "" {
			arrow += "|" + mermaidText(said) + "|"
		}
		fmt.Fprintf(&b, "  n%d %s n%d\n", e.From, arrow, e.To)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// mermaidText is a quoted text: what could end it or mean something is written as its
// number (https://mermaid.js.org/syntax/flowchart.html, entity codes).
func mermaidText(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '\n':
			b.WriteString("<br/>")
		case strings.ContainsRune("\"#&<>`\\;", r):
			fmt.Fprintf(&b, "#%d;", r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// said is all that is said of a node.
func said(n *Node) []string {
	lines := append([]string{n.Title}, n.Lines...)
	if marks := words(n); marks != "" {
		lines = append(lines, marks)
	}
	return lines
}
