package picture_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/lottrail/lottrail/internal/picture"
)

func bakery() *picture.Graph {
	return &picture.Graph{
		Nodes: []picture.Node{
			{Kind: picture.Supplier, Rank: 0, Title: "MILL", Lines: []string{"PO-7001", "2026-03-11"}},
			{Kind: picture.Lot, Rank: 1, Title: "FL-2026-0311", Lines: []string{"FLOUR-T550", "120 KGM on hand"}, Seed: true, Held: true},
			{Kind: picture.Run, Rank: 2, Title: "MO-1 / R-1"},
			{Kind: picture.Run, Rank: 2, Title: "MO-2 / R-1", Open: true},
			{Kind: picture.Lot, Rank: 3, Title: "BR-0325-A", Lines: []string{"BREAD", "40 H87 on hand"}, Gone: true},
			{Kind: picture.Lot, Rank: 3, Title: `<script>"&é`, Lines: []string{"DANISH-CHS"}, Gone: true, Held: true},
			{Kind: picture.Customer, Rank: 4, Title: "CAFE", Lines: []string{"Corner Café"}},
			{Kind: picture.Customer, Rank: 4, Title: "FARM"},
		},
		Edges: []picture.Edge{{From: 0, To: 1, Label: "400 KGM"}, {From: 1, To: 2, Label: "200 KGM"}, {From: 1, To: 3, Label: "80 KGM"}, {From: 2, To: 4, Label: "380 H87"}, {From: 3, To: 5, Label: "90 H87"}, {From: 4, To: 6, Label: "100 H87"}, {From: 4, To: 7, Label: "240 H87"}, {From: 5, To: 6, Label: "12 H87"}, {From: 1, To: 6, Label: "1 KGM"}, {From: 5, To: 2, Label: "3 H87"}},
	}
}

// random is a graph as traces have them: edges lead to the next layers mostly.
func random(r *rand.Rand, nodes int) *picture.Graph {
	g := &picture.Graph{}
	for i := range nodes {
		g.Nodes = append(g.Nodes, picture.Node{
			Kind: picture.Kind(1 + r.IntN(4)), Rank: r.IntN(6), Title: fmt.Sprintf("L%06d", i), Group: fmt.Sprintf("ITEM-%d", r.IntN(9)),
			Held: r.IntN(5) == 0, Gone: r.IntN(3) == 0, Seed: i == 0,
		})
	}
	for range nodes * 3 / 2 {
		g.Edges = append(g.Edges, picture.Edge{From: r.IntN(nodes), To: r.IntN(nodes), Label: "1"})
	}
	return g
}

func TestSVG(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := picture.WriteSVG(&b, bakery()); err != nil {
		t.Fatal(err)
	}
	decoder, texts := xml.NewDecoder(bytes.NewReader(b.Bytes())), ""
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if text, ok := token.(xml.CharData); ok {
			texts += string(text) + "\n"
		}
	}
	for _, want := range []string{"FL-2026-0311", "■ held", "▶ shipped", "… in process", "◆ asked for", `<script>"&é`, "380 H87", "Corner Café"} {
		if !strings.Contains(texts, want) {
			t.Errorf("no %q in %s", want, texts)
		}
	}
}

var box = regexp.MustCompile(`<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"`)

// However many there are, no node lies over another, and all lie on the page.
func TestNothingOverlaps(t *testing.T) {
	t.Parallel()
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 1))
		g := random(r, 1+r.IntN(60))
		var b bytes.Buffer
		if err := picture.WriteSVG(&b, g); err != nil {
			t.Fatal(err)
		}
		var width, height float64
		if _, err := fmt.Sscanf(b.String()[strings.Index(b.String(), "viewBox"):], `viewBox="0 0 %f %f"`, &width, &height); err != nil {
			t.Fatal(err)
		}
		var boxes [][4]float64
		for _, m := range box.FindAllStringSubmatch(b.String(), -1) {
			var x [4]float64
			for i := range x {
				x[i], _ = strconv.ParseFloat(m[1+i], 64)
			}
			if x[0] < 0 || x[1] < 0 || x[0]+x[2] > width || x[1]+x[3] > height {
				t.Errorf("%d: %v is not on the page of %v by %v", seed, x, width, height)
			}
			for _, y := range boxes {
				if x[0] < y[0]+y[2] && y[0] < x[0]+x[2] && x[1] < y[1]+y[3] && y[1] < x[1]+x[3] {
					t.Errorf("%d: %v lies over %v", seed, x, y)
				}
			}
			boxes = append(boxes, x)
		}
		if len(boxes) != len(g.Nodes) {
			t.Errorf("%d: %d nodes drawn of %d", seed, len(boxes), len(g.Nodes))
		}
	}
}

// A layer in which the order is plain is drawn in it: no edges cross that need not.
func TestFewCrossings(t *testing.T) {
	t.Parallel()
	g := &picture.Graph{}
	for i := range 10 {
		g.Nodes = append(g.Nodes, picture.Node{Kind: picture.Lot, Title: fmt.Sprint("a", i)})
	}
	for i := range 10 {
		g.Nodes = append(g.Nodes, picture.Node{Kind: picture.Lot, Rank: 1, Title: fmt.Sprint("b", i)})
		g.Edges = append(g.Edges, picture.Edge{From: 9 - i, To: 10 + i})
	}
	var b bytes.Buffer
	if err := picture.WriteSVG(&b, g); err != nil {
		t.Fatal(err)
	}
	down := func(title string) float64 {
		m := regexp.MustCompile("<title>" + title + `\s[^<]*</title><rect x="[\d.]+" y="([\d.]+)"`).FindStringSubmatch(strings.ReplaceAll(b.String(), "&#xA;", "\n"))
		if m == nil {
			t.Fatalf("no %s in %s", title, b.String())
		}
		y, _ := strconv.ParseFloat(m[1], 64)
		return y
	}
	for i := range 9 {
		a := down(fmt.Sprint("a", 9-i)) < down(fmt.Sprint("a", 8-i))
		b := down(fmt.Sprint("b", i)) < down(fmt.Sprint("b", i+1))
		if a != b {
			t.Errorf("edges %d and %d cross", i, i+1)
		}
	}
}

// What stands in names is text in every format.
func TestTexts(t *testing.T) {
	t.Parallel()
	g := &picture.Graph{
		Nodes: []picture.Node{{Kind: picture.Lot, Title: "a\"];x[\\N", Lines: []string{"<b>#1</b>"}}, {Kind: picture.Customer, Rank: 1, Title: "b", Held: true}},
		Edges: []picture.Edge{{From: 0, To: 1, Label: `1 "kg"`}, {From: 1, To: 0}},
	}
	for _, c := range []struct {
		name  string
		write func(io.Writer, *picture.Graph) error
		want  []string
	}{
		{"DOT", picture.WriteDOT, []string{`n0 [shape=box, label="a\"];x[\\N\n<b>#1</b>"];`, `label="b\n■ held", penwidth=3];`, `n0 -> n1 [label="1 \"kg\""];`}},
		{"Mermaid", picture.WriteMermaid, []string{`n0["a#34;]#59;x[#92;N<br/>#60;b#62;#35;1#60;/b#62;"]`, "style n1 stroke-width:3px", `n0 -->|"1 #34;kg#34;"| n1`, "n1 --> n0"}},
	} {
		var b bytes.Buffer
		if err := c.write(&b, g); err != nil {
			t.Fatal(err)
		}
		for _, want := range c.want {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%s: no %s in\n%s", c.name, want, b.String())
			}
		}
	}
}
