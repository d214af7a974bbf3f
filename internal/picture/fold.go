package picture

import (
	"fmt"
	"slices"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/wording"
)

// folding is what nodes are put together by.
type folding int

const (
	apart    folding = iota
	byGroup          // by rank, kind and group
	runsByIt         // runs by rank alone, of which there are many groups
	coarsest         // all by rank and kind
)

type foldKey struct {
	rank  int
	kind  Kind
	group string
}

func (f folding) key(n *Node) foldKey {
	key := foldKey{n.Rank, n.Kind, n.Group}
	if f == coarsest || f == runsByIt && n.Kind == Run {
		key.group = ""
	}
	return key
}

// place puts a node on the sheet, or to those that it is folded with. The seeds stay as
// they are.
func (s *Sheet) place(n Node) int {
	c := count{nodes: 1}
	for _, is := range []struct {
		so bool
		n  *int
	}{{n.Held, &c.held}, {n.Gone, &c.gone}, {n.Open, &c.open}} {
		if is.so {
			*is.n = 1
		}
	}
	return s.put(n, c)
}

func (s *Sheet) put(n Node, c count) int {
	folded := s.level > apart && !n.Seed
	key := s.level.key(&n)
	if place, known := s.of[key]; folded && known {
		s.counts[place].add(c)
		return place
	}
	place := len(s.nodes)
	if folded {
		s.of[key], n.Group = place, key.group
	}
	s.nodes, s.counts = append(s.nodes, n), append(s.counts, c)
	return place
}

// fold goes to the next level, and puts together what is there.
func (s *Sheet) fold() {
	nodes, counts, edges := s.nodes, s.counts, s.edges
	s.level++
	s.nodes, s.counts, s.edges, s.of = nil, nil, map[ends]*flow{}, map[foldKey]int{}
	to := make([]int, len(nodes))
	for i := range nodes {
		to[i] = s.put(nodes[i], counts[i])
	}
	for i := range s.at {
		s.at[i].node = int32(to[s.at[i].node]) //nolint:gosec // few nodes
	}
	for key, flow := range edges {
		s.join(ends{to[key.from], to[key.to]}, flow)
	}
}

// count is how many nodes were put together, how many of them are what, and how much of
// what was asked for they have.
type count struct {
	nodes, held, gone, open, late int

	shared bool
	share  qty.Decimal
	unit   string
}

func (c *count) add(other count) {
	c.nodes += other.nodes
	c.held += other.held
	c.gone += other.gone
	c.open += other.open
	c.late += other.late
	if other.shared {
		c.shared, c.share, c.unit = true, c.share.Add(other.share), other.unit
	}
}

var names = map[Kind]string{Lot: "lot", Run: "run", Supplier: "supplier", Customer: "customer"}

func (c *count) tell(n *Node) {
	n.Held, n.Gone, n.Open, n.Late = c.held > 0, c.gone > 0, c.open > 0, c.late == c.nodes
	if c.shared && !n.Seed {
		share := wording.About(&pb.Quantity{Value: c.share.String(), Unit: c.unit}) + " of it"
		defer func() { n.Lines = append(slices.Clip(n.Lines), share) }()
	}
	if c.nodes == 1 {
		return
	}
	n.Title, n.Lines = wording.Count(c.nodes, names[n.Kind]), nil
	if n.Group != "" {
		n.Lines = append(n.Lines, "of "+n.Group)
	}
	for _, is := range []struct {
		n    int
		word string
	}{{c.held, "held"}, {c.gone, "shipped"}, {c.open, "in process"}, {c.late, "out of time"}} {
		if is.n > 0 {
			n.Lines = append(n.Lines, fmt.Sprintf("%s %s", wording.Number(is.n), is.word))
		}
	}
}
