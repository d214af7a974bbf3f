package picture

import (
	"cmp"
	"slices"
)

// point is a place on the page, in CSS pixels.
type point struct{ x, y float64 }

// Sizes on the page, in CSS pixels: a title of a lot code fits, at 13 pixels a line.
const (
	nodeWidth  = 176.0
	lineHeight = 17.0
	padding    = 9.0
	gapAcross  = 92.0 // between layers, for the labels of edges
	gapDown    = 16.0
	margin     = 24.0
	viaHeight  = 10.0 // what an edge takes up where it passes a layer
)

// sweeps is how often layers are ordered to and fro: after some there is little to gain.
const sweeps = 12

// layout is where everything is drawn.
type layout struct {
	at            []point // of nodes: the upper left corner
	ways          [][]point
	width, height float64
}

// vertex is a node in its layer, or where an edge that spans layers passes one.
type vertex struct {
	node          int // -1: passes by
	rank          int
	above, beyond []int // neighbours in the layers before and after
	order         float64
	y             float64
}

func (v *vertex) height(g *Graph) float64 {
	if v.node < 0 {
		return viaHeight
	}
	return height(&g.Nodes[v.node])
}

func height(n *Node) float64 {
	return 2*padding + lineHeight*float64(1+len(n.Lines)+len(marks(n)))
}

// arrange says where to draw what.
func arrange(g *Graph) *layout {
	vertices, chains := span(g)
	layers := byRank(vertices)
	for i := range sweeps {
		order(vertices, layers, i%2 == 0)
	}
	l := &layout{at: make([]point, len(g.Nodes))}
	place(g, vertices, layers)
	for rank, layer := range layers {
		x := margin + float64(rank)*(nodeWidth+gapAcross)
		l.width = x + nodeWidth + margin
		for _, v := range layer {
			l.height = max(l.height, vertices[v].y+vertices[v].height(g)+margin)
			if n := vertices[v].node; n >= 0 {
				l.at[n] = point{x, vertices[v].y}
			}
		}
	}
	for i, e := range g.Edges {
		way := l.way(g, e, vertices, chains[i])
		if g.back(e) {
			l.height = max(l.height, lowest(way)+margin)
		}
		l.ways = append(l.ways, way)
	}
	return l
}

// span makes a vertex of each node, and one for each layer that an edge passes.
func span(g *Graph) (vertices []vertex, chains [][]int) {
	for i := range g.Nodes {
		vertices = append(vertices, vertex{node: i, rank: g.Nodes[i].Rank})
	}
	for _, e := range g.Edges {
		var chain []int
		if !g.back(e) {
			last := e.From
			for rank := g.Nodes[e.From].Rank + 1; rank < g.Nodes[e.To].Rank; rank++ {
				vertices = append(vertices, vertex{node: -1, rank: rank})
				link(vertices, last, len(vertices)-1)
				last = len(vertices) - 1
				chain = append(chain, last)
			}
			link(vertices, last, e.To)
		}
		chains = append(chains, chain)
	}
	return vertices, chains
}

func link(vertices []vertex, from, to int) {
	vertices[from].beyond = append(vertices[from].beyond, to)
	vertices[to].above = append(vertices[to].above, from)
}

func byRank(vertices []vertex) [][]int {
	var layers [][]int
	for i := range vertices {
		for len(layers) <= vertices[i].rank {
			layers = append(layers, nil)
		}
		vertices[i].order = float64(len(layers[vertices[i].rank]))
		layers[vertices[i].rank] = append(layers[vertices[i].rank], i)
	}
	return layers
}

// order puts each layer in the order of where the neighbours of its vertices are on
// average, from the first layer on or from the last.
func order(vertices []vertex, layers [][]int, forth bool) {
	for n := range layers {
		layer, near := layers[n], func(v *vertex) []int { return v.above }
		if !forth {
			layer, near = layers[len(layers)-1-n], func(v *vertex) []int { return v.beyond }
		}
		for _, i := range layer {
			if around := near(&vertices[i]); len(around) > 0 {
				total := 0.0
				for _, j := range around {
					total += vertices[j].order
				}
				vertices[i].order = total / float64(len(around))
			}
		}
		slices.SortStableFunc(layer, func(a, b int) int { return cmp.Compare(vertices[a].order, vertices[b].order) })
		for place, i := range layer {
			vertices[i].order = float64(place)
		}
	}
}

// place gives vertices their heights on the page: near their neighbours, in the order of
// their layer, and none over another.
func place(g *Graph, vertices []vertex, layers [][]int) {
	for _, layer := range layers {
		y := margin
		for _, i := range layer {
			vertices[i].y = y
			y += vertices[i].height(g) + gapDown
		}
	}
	for i := range sweeps {
		for n := range layers {
			layer := layers[n]
			if i%2 == 1 {
				layer = layers[len(layers)-1-n]
			}
			settle(g, vertices, layer)
		}
	}
	top := 0.0
	for i := range vertices {
		top = min(top, vertices[i].y-margin)
	}
	for i := range vertices {
		vertices[i].y -= top
	}
}

// settle moves a layer to where its vertices want to be, as near as their order and what
// they take up lets them: those that want the same place share it, around where they want
// to be on average (pool adjacent violators, which is the least of all squares).
func settle(g *Graph, vertices []vertex, layer []int) {
	type block struct {
		n, first int // of so many vertices, from that one in the layer on
		wish     float64
	}
	var blocks []block
	below := make([]float64, len(layer)) // how far each lies below the first if all are close
	for n, i := range layer {
		if n > 0 {
			below[n] = below[n-1] + vertices[layer[n-1]].height(g) + gapDown
		}
		last := block{n: 1, first: n, wish: wish(g, vertices, i) - below[n]}
		for len(blocks) > 0 && blocks[len(blocks)-1].wish >= last.wish {
			above := blocks[len(blocks)-1]
			blocks = blocks[:len(blocks)-1]
			total := above.n + last.n
			last = block{n: total, first: above.first, wish: (above.wish*float64(above.n) + last.wish*float64(last.n)) / float64(total)}
		}
		blocks = append(blocks, last)
	}
	for _, b := range blocks {
		for n := b.first; n < b.first+b.n; n++ {
			vertices[layer[n]].y = b.wish + below[n]
		}
	}
}

// wish is where a vertex would be if it were alone: in the middle of its neighbours.
func wish(g *Graph, vertices []vertex, i int) float64 {
	v := &vertices[i]
	around := slices.Concat(v.above, v.beyond)
	if len(around) == 0 {
		return v.y
	}
	total := 0.0
	for _, j := range around {
		total += vertices[j].y + vertices[j].height(g)/2
	}
	return total/float64(len(around)) - v.height(g)/2
}

// back says whether an edge leads back, or to its own layer, as rework does.
func (g *Graph) back(e Edge) bool { return g.Nodes[e.From].Rank >= g.Nodes[e.To].Rank }

// way is the line of an edge, from node to node past the layers between; of one that
// leads back, from below the one to below the other.
func (l *layout) way(g *Graph, e Edge, vertices []vertex, chain []int) []point {
	under := func(n int) point { return point{l.at[n].x + nodeWidth/2, l.at[n].y + height(&g.Nodes[n])} }
	if g.back(e) {
		return []point{under(e.From), under(e.To)}
	}
	middle := func(n int) float64 { return l.at[n].y + height(&g.Nodes[n])/2 }
	way := []point{{l.at[e.From].x + nodeWidth, middle(e.From)}}
	for _, i := range chain {
		x := margin + float64(vertices[i].rank)*(nodeWidth+gapAcross)
		y := vertices[i].y + viaHeight/2
		way = append(way, point{x, y}, point{x + nodeWidth, y})
	}
	return append(way, point{l.at[e.To].x, middle(e.To)})
}

// dip is how far below its ends an edge that leads back bends.
const dip = 46.0

// lowest is how far down an edge that leads back bends.
func lowest(way []point) float64 { return max(way[0].y, way[1].y) + dip }
