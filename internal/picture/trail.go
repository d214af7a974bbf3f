package picture

import (
	"cmp"
	"slices"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/wording"
)

// Trail gathers a trace, part by part, into a graph: goods go from left to right,
// whichever way they were traced.
type Trail struct {
	nodes []Node
	edges []Edge
	// refs are nodes by their number in the trace, parties by what they are and their code.
	refs    map[int32]int
	parties map[party]int
	sums    map[ends]*pb.Quantity // of what went between a lot and a party
}

type party struct {
	kind Kind
	code string
}

type ends struct{ from, to int }

// NewTrail is a trail without anything.
func NewTrail() *Trail {
	return &Trail{refs: map[int32]int{}, parties: map[party]int{}, sums: map[ends]*pb.Quantity{}}
}

// Take adds a part: what it refers to came before.
func (t *Trail) Take(part *pb.TracePart) {
	for _, l := range part.GetLots() {
		t.takeLot(l)
	}
	for _, r := range part.GetRuns() {
		t.refs[r.GetRef()] = len(t.nodes)
		t.nodes = append(t.nodes, Node{
			Kind: Run, Rank: rank(r.GetDirection(), 2*r.GetDepth()-1), Group: r.GetProductionOrderCode(),
			Title: r.GetProductionOrderCode() + " / " + r.GetRunCode(), Open: r.GetFinishedAt() == nil,
		})
	}
	for _, e := range part.GetEdges() {
		from, to := t.refs[e.GetLotRef()], t.refs[e.GetRunRef()]
		if e.GetKind() == pb.TraceEdgeKind_TRACE_EDGE_KIND_OUTPUT {
			from, to = to, from
		}
		t.edges = append(t.edges, Edge{from, to, wording.Amount(e.GetQuantity())})
	}
	for _, r := range part.GetReceipts() {
		t.sum(t.party(Supplier, r.GetSupplierCode(), r.GetSupplierName()), t.refs[r.GetLotRef()], r.GetQuantity())
	}
	for _, s := range part.GetShipments() {
		lot := t.refs[s.GetLotRef()]
		t.nodes[lot].Gone = true
		t.sum(lot, t.party(Customer, s.GetCustomerCode(), s.GetCustomerName()), s.GetQuantity())
	}
}

func (t *Trail) takeLot(l *pb.TraceLot) {
	n := Node{
		Kind: Lot, Rank: rank(l.GetDirection(), 2*l.GetDepth()), Title: l.GetLot().GetLotCode(), Lines: []string{l.GetItemName()},
		Group: l.GetLot().GetSku(), Seed: l.GetDepth() == 0, Held: l.GetActiveHoldCount() > 0,
	}
	if v := l.GetOnHand().GetValue(); v != "" && v != "0" {
		n.Lines = append(n.Lines, wording.Amount(l.GetOnHand())+" on hand")
	}
	t.refs[l.GetRef()] = len(t.nodes)
	t.nodes = append(t.nodes, n)
}

// rank is negative for what lies before the lot that was asked for.
func rank(direction pb.TraceDirection, steps int32) int {
	if direction == pb.TraceDirection_TRACE_DIRECTION_BACKWARD {
		return -int(steps)
	}
	return int(steps)
}

func (t *Trail) party(kind Kind, code, name string) int {
	key := party{kind, code}
	if at, known := t.parties[key]; known {
		return at
	}
	at := len(t.nodes)
	t.parties[key] = at
	t.nodes = append(t.nodes, Node{Kind: kind, Title: cmp.Or(name, code), Lines: []string{code}})
	return at
}

func (t *Trail) sum(from, to int, quantity *pb.Quantity) {
	key := ends{from, to}
	before := t.sums[key]
	if before == nil {
		t.sums[key] = quantity
		return
	}
	a, errA := qty.Parse(before.GetValue())
	b, errB := qty.Parse(quantity.GetValue())
	if errA == nil && errB == nil { // the service sends nothing else, in the lot's unit
		t.sums[key] = &pb.Quantity{Value: a.Add(b).String(), Unit: quantity.GetUnit()}
	}
}

// Graph is what was gathered: suppliers just before the first lot that came from them,
// customers just behind the last that went to them.
func (t *Trail) Graph() *Graph {
	g := &Graph{Nodes: slices.Clone(t.nodes), Edges: slices.Clone(t.edges)}
	placed := map[int]bool{}
	for key, quantity := range t.sums {
		g.Edges = append(g.Edges, Edge{key.from, key.to, wording.Amount(quantity)})
		from, to := &g.Nodes[key.from], &g.Nodes[key.to]
		if from.Kind == Supplier {
			if rank := to.Rank - 1; !placed[key.from] || rank < from.Rank {
				from.Rank, placed[key.from] = rank, true
			}
		} else if rank := from.Rank + 1; !placed[key.to] || rank > to.Rank {
			to.Rank, placed[key.to] = rank, true
		}
	}
	first := 0
	for i := range g.Nodes {
		first = min(first, g.Nodes[i].Rank)
	}
	for i := range g.Nodes {
		g.Nodes[i].Rank -= first
	}
	slices.SortFunc(g.Edges, func(a, b Edge) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Label, b.Label))
	})
	return g
}
