package picture

import (
	"cmp"
	"fmt"
	"slices"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/wording"
)

// MaxNodes is how many nodes are drawn one by one: more cannot be read.
const MaxNodes = 500

// mostGroups is how many nodes are drawn that were put together by group: where there are
// more, the runs are put together whatever their orders are, for of these there are nearly
// as many as runs.
const mostGroups = 150

// Ranking is where the ranks of lots and runs come from. Suppliers and customers are put
// beside the lots that they delivered or got in any case.
type Ranking int

// The rankings.
const (
	// Given: nodes come with their ranks, any number, also below zero.
	Given Ranking = iota
	// ByEdges: each node one further than whatever leads there.
	ByEdges
)

// Sheet gathers a graph node by node and edge by edge. As soon as there are more than
// MaxNodes it folds them: what has the same rank, kind and group becomes one node, and so
// does what comes later. So it takes a few bytes for each node, however many come.
type Sheet struct {
	ranking Ranking
	nodes   []Node
	counts  []count // of nodes
	edges   map[ends]*flow
	at      []mark // by handle
	level   folding
	of      map[foldKey]int
}

// NewSheet is a sheet without anything on it.
func NewSheet(ranking Ranking) *Sheet {
	return &Sheet{ranking: ranking, edges: map[ends]*flow{}, of: map[foldKey]int{}}
}

// mark is where a node went.
type mark struct {
	node int32
	gone bool
}

type ends struct{ from, to int }

// flow is what goes over an edge.
type flow struct {
	n     int
	late  int // of these
	sum   qty.Decimal
	unit  string
	mixed bool // units cannot be added up
}

func (f *flow) add(other *flow) {
	f.mixed = f.mixed || other.mixed || f.n > 0 && f.unit != other.unit
	f.n, f.late, f.sum, f.unit = f.n+other.n, f.late+other.late, f.sum.Add(other.sum), other.unit
}

func (f *flow) label() string {
	switch {
	case !f.mixed:
		return wording.Amount(&pb.Quantity{Value: f.sum.String(), Unit: f.unit})
	case f.n == 1:
		return ""
	}
	return fmt.Sprintf("%d ×", f.n)
}

// Add puts a node on the sheet and returns its handle.
func (s *Sheet) Add(n Node) int {
	handle := len(s.at)
	s.at = append(s.at, mark{node: int32(s.place(n)), gone: n.Gone}) //nolint:gosec // few nodes
	for s.tooMany() {
		s.fold()
	}
	return handle
}

func (s *Sheet) tooMany() bool {
	most := MaxNodes
	if s.level == byGroup {
		most = mostGroups
	}
	return len(s.nodes) > most && s.level < coarsest
}

// Gone marks that some of a lot was shipped.
func (s *Sheet) Gone(handle int) {
	if m := &s.at[handle]; !m.gone {
		m.gone = true
		s.counts[m.node].gone++
	}
}

// Share says how much of what was asked for a node has, or has given.
func (s *Sheet) Share(handle int, figure *pb.TraceFigure) {
	if share, err := qty.Parse(figure.GetQuantity().GetValue()); err == nil {
		c := &s.counts[s.at[handle].node]
		c.shared, c.share, c.unit = true, c.share.Add(share), figure.GetQuantity().GetUnit()
	}
}

// Join leads an edge from one node to another. Edges between the same two are one, over
// which goes the sum.
func (s *Sheet) Join(from, to int, quantity *pb.Quantity) {
	amount, err := qty.Parse(quantity.GetValue())
	s.join(ends{int(s.at[from].node), int(s.at[to].node)}, &flow{n: 1, sum: amount, unit: quantity.GetUnit(), mixed: err != nil})
}

func (s *Sheet) join(key ends, more *flow) {
	if s.edges[key] == nil {
		s.edges[key] = &flow{}
	}
	s.edges[key].add(more)
}

// Graph is what was gathered.
func (s *Sheet) Graph() *Graph {
	g := &Graph{Nodes: slices.Clone(s.nodes), Of: len(s.at)}
	for i := range g.Nodes {
		s.counts[i].tell(&g.Nodes[i])
	}
	for key, flow := range s.edges {
		g.Edges = append(g.Edges, Edge{From: key.from, To: key.to, Label: flow.label(), Late: flow.late == flow.n})
	}
	slices.SortFunc(g.Edges, func(a, b Edge) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	if s.ranking == ByEdges {
		g.rank()
	}
	g.rankParties()
	g.markLate()
	return g
}
