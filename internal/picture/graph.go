// Package picture draws where lots went: as SVG for pages, and as Graphviz DOT and Mermaid
// for whoever goes on with it.
//
// A graph is drawn in layers from left to right, by the ranks that its nodes come with.
// Each layer is ordered so that few edges cross (Sugiyama, Tagawa, Toda: Methods for
// visual understanding of hierarchical system structures, 1981: barycenters, to and fro).
// What is held and what has left is told apart by shape and words, not by colour alone.
package picture

// Kind is what a node stands for.
type Kind int

// The kinds of nodes.
const (
	Lot Kind = iota + 1
	Run
	Supplier
	Customer
)

// Node is a lot, a run, or one end of the way.
type Node struct {
	Kind Kind
	// Rank is the layer, from 0 on.
	Rank int
	// Title is the name, Lines are what else there is to say, a few words each.
	Title string
	Lines []string
	// Group is what nodes are folded by where there are too many: the item of a lot.
	Group string
	// Seed is what was asked about.
	Seed bool
	// Held: on hold. Gone: some of it was shipped. Open: a run in process.
	Held, Gone, Open bool
	// Late: what was asked about cannot have been there in time.
	Late bool
}

// Edge leads from one node to another, by their places in Graph.Nodes.
type Edge struct {
	From, To int
	Label    string // the quantity
	// Late: nothing of it went in time.
	Late bool
}

// Graph is what is to be drawn.
type Graph struct {
	Nodes []Node
	Edges []Edge
	// Of is how many nodes these are, where they were too many and were put together.
	Of int
}

// Folded says whether nodes were put together.
func (g *Graph) Folded() bool { return g.Of > len(g.Nodes) }
