package recall_test

import (
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var (
	drawnNode = regexp.MustCompile(`<g><title>(.*?)</title>`)
	drawnText = regexp.MustCompile(`paint-order="stroke">(.*?)</text>`)
)

// drawn are the nodes of a page's picture, all that is said of each, and what stands at
// its edges.
func drawn(t *testing.T, page string) (nodes, edges []string) {
	t.Helper()
	_, page, _ = strings.Cut(page, `<section id="picture">`)
	svg, _, found := strings.Cut(page, "</section>")
	if !found {
		t.Fatal("there is no picture")
	}
	for _, m := range drawnNode.FindAllStringSubmatch(svg, -1) {
		nodes = append(nodes, strings.Join(strings.Fields(html.UnescapeString(m[1])), " "))
	}
	for _, m := range drawnText.FindAllStringSubmatch(svg, -1) {
		edges = append(edges, html.UnescapeString(m[1]))
	}
	slices.Sort(nodes)
	slices.Sort(edges)
	return nodes, edges
}

// The page has everything in scope drawn, with what went from where to where.
func TestPacketPicture(t *testing.T) {
	t.Parallel()
	h := newPlant(t)
	h.open("C-1", "FLOUR/F1")
	wantEdges := []string{"10 kg", "100 kg", "20 kg", "20 pcs", "30 kg", "40 kg", "8 pcs", "4 pcs", "1 pcs", "8 pcs"}
	slices.Sort(wantEdges)
	check := func(f1, b1, b2, d1, r3 string) {
		t.Helper()
		nodes, edges := drawn(t, h.page("C-1"))
		want := []string{
			"Corner Café CAFE", "Hotel " + nasty + " HOTEL", "MO-1 / R1", "MO-1 / R2", "MO-1 / R3" + r3, "Oberland Mill MILL",
			"F1 ◆ asked for" + f1 + " Flour 60 kg on hand", "B1" + b1 + " ▶ shipped Bread 15 pcs on hand", "B2" + b2 + " ▶ shipped Bread", "D1" + d1 + " " + nasty,
		}
		slices.Sort(want)
		if !slices.Equal(nodes, want) {
			t.Errorf("drawn are\n%s\nwant\n%s", strings.Join(nodes, "\n"), strings.Join(want, "\n"))
		}
		if !slices.Equal(edges, wantEdges) {
			t.Errorf("edges %q, want %q", edges, wantEdges)
		}
	}
	check("", "", "", "", " … in process")
	// Goods go from left to right.
	page, last := h.page("C-1"), -1.0
	for _, title := range []string{"Oberland Mill", "F1", "MO-1 / R1", "D1", "MO-1 / R2", "B1", "Corner Café"} {
		m := regexp.MustCompile(`<g><title>` + title + `(?:&#xA;[^<]*)?</title><rect x="([\d.]+)"`).FindStringSubmatch(page)
		if m == nil {
			t.Fatalf("no %s", title)
		}
		x, err := strconv.ParseFloat(m[1], 64)
		if err != nil || x <= last {
			t.Errorf("%s is at %s, not to the right of %.0f", title, m[1], last)
		}
		last = x
	}
	h.must(h.tryActivate("C-1"))
	h.decide("C-1", release, "BREAD/B1")
	h.decide("C-1", keep, "FLOUR/F1")
	h.tell("finish R3")
	check(" ■ held", "", " ■ held", " ■ held", "")
}
