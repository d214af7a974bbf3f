package picture

import (
	"bytes"
	"fmt"
	"math"
)

// labels are quantities beside edges, where they lie over no node and no other label as
// long as there is such a place.
type labels struct {
	drawn bytes.Buffer
	taken map[[2]int][]area // by the squares of a grid that they touch
}

// area is a part of the page.
type area struct{ left, top, right, bottom float64 }

// over is how much of the page two areas share.
func (a area) over(b area) float64 {
	wide, high := min(a.right, b.right)-max(a.left, b.left), min(a.bottom, b.bottom)-max(a.top, b.top)
	return max(0, wide) * max(0, high)
}

// square is the side of those of the grid: no label touches more than a few.
const square = 64.0

func (l *labels) squares(a area, each func([2]int)) {
	for x := math.Floor(a.left / square); x*square < a.right; x++ {
		for y := math.Floor(a.top / square); y*square < a.bottom; y++ {
			each([2]int{int(x), int(y)})
		}
	}
}

func (l *labels) take(a area) {
	l.squares(a, func(at [2]int) { l.taken[at] = append(l.taken[at], a) })
}

// crowd is how much of what is taken an area lies over.
func (l *labels) crowd(a area) (all float64) {
	l.squares(a, func(at [2]int) {
		for _, other := range l.taken[at] {
			all += a.over(other)
		}
	})
	return all
}

// newLabels begins with where the nodes are.
func newLabels(g *Graph, at []point) *labels {
	l := &labels{taken: map[[2]int][]area{}}
	for i := range g.Nodes {
		l.take(area{at[i].x, at[i].y, at[i].x + nodeWidth, at[i].y + height(&g.Nodes[i])})
	}
	return l
}

// write writes a label at the first place along its edge that is free, or else at the one
// that is least crowded. Along says where the edge is, from 0 to 1.
func (l *labels) write(label string, along func(t float64) point) {
	if label == "" {
		return
	}
	label = fit(label, gapAcross)
	half := width(label) / 2
	least := math.Inf(1)
	var at point
	var here area
	for i := range 15 {
		// From the middle outwards, by turns.
		p := along(0.5 + 0.05*float64((i+1)/2)*float64(1-2*(i%2)))
		a := area{p.x - half, p.y - 13, p.x + half, p.y + 1}
		if n := l.crowd(a); n < least {
			least, at, here = n, p, a
		}
		if least == 0 {
			break
		}
	}
	l.take(here)
	fmt.Fprintf(&l.drawn, `<text x="%.1f" y="%.1f" text-anchor="middle" fill="#374151" stroke="#fff" stroke-width="3" paint-order="stroke">%s</text>`+"\n", at.x, at.y-3, escape(label))
}

// bend is the point of a cubic Bézier curve at t.
func bend(from, out, in, to point, t float64) point {
	s := 1 - t
	at := func(a, b, c, d float64) float64 { return s*s*s*a + 3*s*s*t*b + 3*s*t*t*c + t*t*t*d }
	return point{at(from.x, out.x, in.x, to.x), at(from.y, out.y, in.y, to.y)}
}
