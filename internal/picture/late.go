package picture

import pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"

// Late marks that a lot or run cannot have been reached in time.
func (s *Sheet) Late(handle int) { s.counts[s.at[handle].node].late++ }

// led is from which node to which something was joined, by their handles.
type led struct{ from, to int32 }

// joinedLate marks that one of what was joined did not go in time.
func (s *Sheet) joinedLate(of led) {
	key := ends{int(s.at[of.from].node), int(s.at[of.to].node)}
	if flow := s.edges[key]; flow != nil {
		flow.late++
	}
}

// markLate marks edges over which nothing went in time, and the suppliers and customers that
// only such edges lead to.
func (g *Graph) markLate() {
	some, inTime := make([]bool, len(g.Nodes)), make([]bool, len(g.Nodes))
	for i := range g.Edges {
		e := &g.Edges[i]
		e.Late = e.Late || g.Nodes[e.From].Late || g.Nodes[e.To].Late
		for _, n := range []int{e.From, e.To} {
			some[n], inTime[n] = true, inTime[n] || !e.Late
		}
	}
	for i := range g.Nodes {
		if n := &g.Nodes[i]; n.party() && some[i] && !inTime[i] {
			n.Late = true
		}
	}
}

// takeLate marks what a trace tells to be out of time: lots and runs by their number in it,
// receipts and shipments by their number among these.
func (t *Trail) takeLate(o *pb.TraceOutOfTime) {
	mark := func(all []led, number int32) {
		if number > 0 && int(number) <= len(all) {
			t.joinedLate(all[number-1])
		}
	}
	mark(t.receipts, o.GetReceiptNumber())
	mark(t.shipments, o.GetShipmentNumber())
	if ref := o.GetRef(); ref > 0 && int(ref) < len(t.refs) {
		t.Late(t.refs[ref])
	}
}

// late is what stands before the quantity on an edge over which nothing went in time.
const late = "✗ "

// said is what is written beside an edge.
func (e *Edge) said() string {
	if e.Late {
		return late + e.Label
	}
	return e.Label
}
