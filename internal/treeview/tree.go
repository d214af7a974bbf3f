// Package treeview draws a trace as a tree of text while its parts come in.
//
// Invariants that it keeps:
//
//   - Every edge of the trace is a line, and every lot and run is drawn in full
//     once: under the edge that the walk came by first, which is on a shortest
//     way. The other edges that lead there refer to it, so a loop ends where it
//     closes.
//   - A tree only grows: what was drawn under a line stays under it.
package treeview

import (
	"slices"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// Tree is a trace in one direction, as far as it has come in.
type Tree struct {
	direction pb.TraceDirection
	nodes     map[int32]*node
	order     []*node // as they came
	numbered  ends
	// ofSiblings says that the roots are what siblings share with the lot asked for.
	ofSiblings bool
	summary    *pb.TraceSummary
	quantities
	// back, kin and sorter are there for a trace in both directions: this is then the tree
	// of the forward one, and these are the backward one and that of siblings.
	back, kin *Tree
	sorter    *sorter
}

// node is a lot or a run; one of the two is set.
type node struct {
	lot    *pb.TraceLot
	run    *pb.TraceRun
	placed bool // some edge leads here, or it was asked for
	asked  bool
	late   bool // it is out of time
	edges  []edge
	// Where a lot came from or went to.
	receipts  []end[*pb.TraceReceipt]
	shipments []end[*pb.TraceShipment]
	movements []*pb.TraceMovement
}

// edge leads on, away from the lot asked for.
type edge struct {
	to       *node
	quantity *pb.Quantity
	full     bool // to is drawn here
}

// New returns an empty tree. A trace in both directions is two trees, one behind the
// other; of one with siblings, as a direction, there is a third.
func New(direction pb.TraceDirection) *Tree {
	t := &Tree{direction: direction, nodes: map[int32]*node{}, quantities: newQuantities()}
	if direction == pb.TraceDirection_TRACE_DIRECTION_BOTH || direction == sibling {
		t.direction, t.sorter = ahead, newSorter(direction == sibling)
		t.back, t.kin = New(behind), New(ahead)
		t.kin.ofSiblings = true
	}
	return t
}

// Add takes the next part of the trace in.
func (t *Tree) Add(part *pb.TracePart) {
	if t.back != nil {
		var back, kin *pb.TracePart
		back, part, kin = t.sorter.sort(part)
		t.back.Add(back)
		t.kin.Add(kin)
	}
	for _, lot := range part.GetLots() {
		t.add(lot.GetRef(), &node{lot: lot, asked: lot.GetDepth() == 0})
	}
	for _, run := range part.GetRuns() {
		t.add(run.GetRef(), &node{run: run, asked: run.GetDepth() == 0})
	}
	for _, e := range part.GetEdges() {
		t.connect(e)
	}
	for _, r := range part.GetReceipts() {
		late := t.numbered.receipt()
		if n := t.nodes[r.GetLotRef()]; n != nil {
			n.receipts = append(n.receipts, end[*pb.TraceReceipt]{r, late})
		}
	}
	for _, s := range part.GetShipments() {
		late := t.numbered.shipment()
		if n := t.nodes[s.GetLotRef()]; n != nil {
			n.shipments = append(n.shipments, end[*pb.TraceShipment]{s, late})
		}
	}
	t.quantities.add(part, t.backward())
	for _, o := range part.GetOutOfTime() {
		t.markLate(o)
	}
	for _, m := range part.GetMovements() {
		if n := t.nodes[m.GetLotRef()]; n != nil {
			n.movements = append(n.movements, m)
		}
	}
	if part.GetSummary() != nil {
		t.summary = part.GetSummary()
	}
}

// Summary is what the trace ended with, nil until then.
func (t *Tree) Summary() *pb.TraceSummary { return t.summary }

func (t *Tree) add(ref int32, n *node) {
	n.placed = n.asked
	t.nodes[ref] = n
	t.order = append(t.order, n)
}

func (t *Tree) connect(e *pb.TraceEdge) {
	from, to := t.nodes[e.GetLotRef()], t.nodes[e.GetRunRef()]
	if from == nil || to == nil {
		return // a trace refers to what it has sent; there is nothing to draw else
	}
	// What a run puts out lies beyond it walking forward, before it walking back.
	if (e.GetKind() == pb.TraceEdgeKind_TRACE_EDGE_KIND_OUTPUT) != t.backward() {
		from, to = to, from
	}
	from.edges = append(from.edges, edge{to: to, quantity: e.GetQuantity(), full: !to.placed})
	to.placed = true
}

func (t *Tree) backward() bool {
	return t.direction == pb.TraceDirection_TRACE_DIRECTION_BACKWARD
}

// roots are the lots and runs asked for, and what a filter has cut off from them.
func (t *Tree) roots() []*node {
	return slices.DeleteFunc(slices.Clone(t.order), func(n *node) bool { return n.placed && !n.asked })
}
