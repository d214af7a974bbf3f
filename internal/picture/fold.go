package picture

import (
	"cmp"
	"fmt"
	"slices"
)

// MaxNodes is how many nodes are drawn one by one: more cannot be read.
const MaxNodes = 500

type foldKey struct {
	rank  int
	kind  Kind
	group string
}

// Fold puts nodes of the same layer, kind and group together where there are more than
// MaxNodes, and then groups too, and says whether it did. The seeds stay as they are.
func Fold(g *Graph) (folded *Graph, did bool) {
	if len(g.Nodes) <= MaxNodes {
		return g, false
	}
	folded = fold(g, func(n *Node) string { return n.Group })
	if len(folded.Nodes) > MaxNodes {
		folded = fold(g, func(*Node) string { return "" })
	}
	return folded, true
}

func fold(g *Graph, group func(*Node) string) *Graph {
	folded := &Graph{}
	at := make([]int, len(g.Nodes))
	of := map[foldKey]int{}
	counts := map[int]*count{}
	for i := range g.Nodes {
		n := &g.Nodes[i]
		key := foldKey{n.Rank, n.Kind, group(n)}
		place, known := of[key]
		if n.Seed || !known {
			place = len(folded.Nodes)
			folded.Nodes = append(folded.Nodes, *n)
			counts[place] = &count{group: key.group}
			if !n.Seed {
				of[key] = place
			}
		}
		at[i] = place
		counts[place].add(n)
	}
	for i := range folded.Nodes {
		counts[i].tell(&folded.Nodes[i])
	}
	folded.Edges = foldEdges(g.Edges, at)
	return folded
}

// count is how many nodes were put together, and how many of them are what.
type count struct {
	group                   string
	nodes, held, gone, open int
}

func (c *count) add(n *Node) {
	c.nodes++
	for _, is := range []struct {
		so bool
		n  *int
	}{{n.Held, &c.held}, {n.Gone, &c.gone}, {n.Open, &c.open}} {
		if is.so {
			*is.n++
		}
	}
}

var plurals = map[Kind]string{Lot: "lots", Run: "runs", Supplier: "suppliers", Customer: "customers"}

func (c *count) tell(n *Node) {
	if c.nodes == 1 {
		return
	}
	n.Title, n.Lines = fmt.Sprintf("%d %s", c.nodes, plurals[n.Kind]), nil
	if c.group != "" {
		n.Lines = append(n.Lines, "of "+c.group)
	}
	for _, is := range []struct {
		n    int
		word string
		mark *bool
	}{{c.held, "held", &n.Held}, {c.gone, "shipped", &n.Gone}, {c.open, "in process", &n.Open}} {
		*is.mark = is.n > 0
		if is.n > 0 {
			n.Lines = append(n.Lines, fmt.Sprintf("%d %s", is.n, is.word))
		}
	}
}

// foldEdges leaves one edge between two nodes, which says how many it is.
func foldEdges(edges []Edge, at []int) []Edge {
	counts := map[ends]int{}
	labels := map[ends]string{}
	for _, e := range edges {
		key := ends{at[e.From], at[e.To]}
		counts[key]++
		labels[key] = e.Label
	}
	folded := make([]Edge, 0, len(counts))
	for key, n := range counts {
		label := labels[key]
		if n > 1 {
			label = fmt.Sprintf("%d ×", n)
		}
		folded = append(folded, Edge{key.from, key.to, label})
	}
	slices.SortFunc(folded, func(a, b Edge) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	return folded
}
