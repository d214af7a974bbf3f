package picture_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/lottrail/lottrail/internal/picture"
)

func drawn(t *testing.T, g *picture.Graph) string {
	t.Helper()
	var b bytes.Buffer
	if err := picture.WriteSVG(&b, g); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A picture gets little higher than its highest layer, whatever is beside that: layers do
// not drift apart.
func TestLayersStayTogether(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5) {
		r := rand.New(rand.NewPCG(seed, 3))
		g := &picture.Graph{}
		first := 0 // of the layer before
		for rank, n := range []int{1, 40, 60, 90, 90, 120, 14} {
			next := len(g.Nodes)
			for i := range n {
				g.Nodes = append(g.Nodes, picture.Node{Kind: picture.Lot, Rank: rank, Title: fmt.Sprint(rank, "-", i)})
				for range min(2, rank) {
					g.Edges = append(g.Edges, picture.Edge{From: first + r.IntN(next-first), To: next + i, Label: "1"})
				}
			}
			first = next
		}
		svg := drawn(t, g)
		bottoms := map[string]float64{} // how much the boxes of a layer take up
		for _, m := range box.FindAllStringSubmatch(svg, -1) {
			height, _ := strconv.ParseFloat(m[4], 64)
			bottoms[m[1]] += height + 16
		}
		highest := 0.0
		for _, height := range bottoms {
			highest = max(highest, height)
		}
		var width, height float64
		if _, err := fmt.Sscanf(svg[strings.Index(svg, "viewBox"):], `viewBox="0 0 %f %f"`, &width, &height); err != nil {
			t.Fatal(err)
		}
		if height > 1.25*highest {
			t.Errorf("%d: the picture is %.0f high, its highest layer %.0f", seed, height, highest)
		}
	}
}

var label = regexp.MustCompile(`<text x="([\d.]+)" y="([\d.]+)" text-anchor="middle"[^>]*>([^<]*)<`)

// Quantities lie over no other, and over no node, where edges cross and lead back.
func TestLabelsAreApart(t *testing.T) {
	t.Parallel()
	g := &picture.Graph{}
	for i := range 2 {
		g.Nodes = append(g.Nodes, picture.Node{Kind: picture.Lot, Title: fmt.Sprint("a", i), Lines: []string{"flour", "40 kg on hand"}})
	}
	for i := range 2 {
		g.Nodes = append(g.Nodes, picture.Node{Kind: picture.Run, Rank: 1, Title: fmt.Sprint("b", i)})
		for j := range 2 {
			g.Edges = append(g.Edges, picture.Edge{From: j, To: 2 + i, Label: fmt.Sprintf("%d%d kg", i+1, j)})
		}
	}
	g.Nodes = append(g.Nodes, picture.Node{Kind: picture.Lot, Rank: 2, Title: "c"})
	g.Edges = append(g.Edges, picture.Edge{From: 2, To: 4, Label: "12 kg"}, picture.Edge{From: 4, To: 3, Label: "7 kg"}, picture.Edge{From: 4, To: 0, Label: "5 kg"})
	svg := drawn(t, g)
	var areas [][4]float64
	for _, m := range box.FindAllStringSubmatch(svg, -1) {
		var a [4]float64
		for i := range a {
			a[i], _ = strconv.ParseFloat(m[1+i], 64)
		}
		areas = append(areas, a)
	}
	found := label.FindAllStringSubmatch(svg, -1)
	for _, m := range found {
		x, _ := strconv.ParseFloat(m[1], 64)
		y, _ := strconv.ParseFloat(m[2], 64)
		wide := 6 * float64(len(m[3])) // as it is in most fonts
		a := [4]float64{x - wide/2, y - 9, wide, 11}
		for _, b := range areas {
			if a[0] < b[0]+b[2] && b[0] < a[0]+a[2] && a[1] < b[1]+b[3] && b[1] < a[1]+a[3] {
				t.Errorf("%q at %v lies over %v", m[3], a, b)
			}
		}
		areas = append(areas, a)
	}
	if len(found) != len(g.Edges) {
		t.Errorf("%d labels of %d edges", len(found), len(g.Edges))
	}
	if last := strings.LastIndex(svg, "<path"); strings.Index(svg, "text-anchor") < last {
		t.Error("edges are drawn over quantities")
	}
}

// Whatever a node is, all of it is told where it is drawn.
func TestMarksAreNotCut(t *testing.T) {
	t.Parallel()
	svg := drawn(t, &picture.Graph{Nodes: []picture.Node{{Kind: picture.Lot, Title: "L", Seed: true, Held: true, Gone: true}}})
	svg = svg[strings.Index(svg, "</title>"):]
	for _, want := range []string{"◆ asked for", "■ held", "▶ shipped"} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %q in %s", want, svg)
		}
	}
}
