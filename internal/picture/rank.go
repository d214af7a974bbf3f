package picture

import "slices"

// rank puts each lot and run one further than whatever leads there. Where edges go round
// in a circle, as in rework, it begins with a seed, or with what was added first.
func (g *Graph) rank() {
	beyond, waits := make([][]int, len(g.Nodes)), make([]int, len(g.Nodes))
	for _, e := range g.Edges {
		if e.From != e.To && !g.Nodes[e.From].party() && !g.Nodes[e.To].party() {
			beyond[e.From] = append(beyond[e.From], e.To)
			waits[e.To]++
		}
	}
	var left []int
	for i := range g.Nodes {
		if !g.Nodes[i].party() {
			g.Nodes[i].Rank = 0
			left = append(left, i)
		}
	}
	for len(left) > 0 {
		at := max(0, g.next(left, waits))
		n := left[at]
		left = slices.Delete(left, at, at+1)
		for _, to := range beyond[n] {
			waits[to]--
			if slices.Contains(left, to) {
				g.Nodes[to].Rank = max(g.Nodes[to].Rank, g.Nodes[n].Rank+1)
			}
		}
	}
}

// next is which of the nodes that are left to take: one for which nothing waits, else a
// seed, else one that was reached already.
func (g *Graph) next(left, waits []int) int {
	for _, may := range []func(i int) bool{
		func(i int) bool { return waits[i] == 0 },
		func(i int) bool { return g.Nodes[i].Seed },
		func(i int) bool { return g.Nodes[i].Rank > 0 },
	} {
		if at := slices.IndexFunc(left, may); at >= 0 {
			return at
		}
	}
	return -1
}

func (n *Node) party() bool { return n.Kind == Supplier || n.Kind == Customer }

// rankParties puts suppliers just before the first lot that came from them, customers just
// behind the last that went to them, and has ranks begin with 0.
func (g *Graph) rankParties() {
	placed := make([]bool, len(g.Nodes))
	for _, e := range g.Edges {
		from, to := &g.Nodes[e.From], &g.Nodes[e.To]
		if from.Kind == Supplier && (!placed[e.From] || to.Rank-1 < from.Rank) {
			from.Rank, placed[e.From] = to.Rank-1, true
		}
		if to.Kind == Customer && (!placed[e.To] || from.Rank+1 > to.Rank) {
			to.Rank, placed[e.To] = from.Rank+1, true
		}
	}
	first := 0
	for i := range g.Nodes {
		first = min(first, g.Nodes[i].Rank)
	}
	for i := range g.Nodes {
		g.Nodes[i].Rank -= first
	}
}
