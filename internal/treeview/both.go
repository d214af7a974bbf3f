package treeview

import (
	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// sorter tells the parts of a trace in both directions apart: what was asked for is in
// both trees, and the rest in that on whose way it lies. Siblings are in a tree of their
// own, with what they share with it.
type sorter struct {
	lots      map[int32]*pb.TraceLot
	runs      map[int32]*pb.TraceRun
	fore, kin map[int32]bool // what the forward tree has, and that of siblings
	siblings  bool
}

func newSorter(siblings bool) *sorter {
	return &sorter{map[int32]*pb.TraceLot{}, map[int32]*pb.TraceRun{}, map[int32]bool{}, map[int32]bool{}, siblings}
}

const (
	ahead   = pb.TraceDirection_TRACE_DIRECTION_FORWARD
	behind  = pb.TraceDirection_TRACE_DIRECTION_BACKWARD
	sibling = pb.TraceDirection_TRACE_DIRECTION_SIBLING
)

// sort returns what of a part goes into the backward tree, into the forward one, and into
// that of siblings. Ends are in all: they are numbered, and drawn where their lot is.
func (s *sorter) sort(part *pb.TracePart) (back, fore, kin *pb.TracePart) {
	back = &pb.TracePart{
		Receipts: part.GetReceipts(), LotAttributions: part.GetLotAttributions(), RunAttributions: part.GetRunAttributions(), ReceiptAttributions: part.GetReceiptAttributions(),
		OutOfTime: part.GetOutOfTime(),
	}
	fore = &pb.TracePart{
		Shipments: part.GetShipments(), LotAttributions: part.GetLotAttributions(), RunAttributions: part.GetRunAttributions(),
		ShipmentAttributions: part.GetShipmentAttributions(), CustomerAttributions: part.GetCustomerAttributions(), OutOfTime: part.GetOutOfTime(), Summary: part.GetSummary(),
	}
	kin = &pb.TracePart{Shipments: part.GetShipments(), OutOfTime: part.GetOutOfTime()}
	for _, lot := range part.GetLots() {
		s.lots[lot.GetRef()] = lot
		if lot.GetDirection() == sibling {
			addLot(s.kin, lot, kin)
			continue
		}
		if lot.GetDirection() != ahead {
			back.Lots = append(back.Lots, lot)
		}
		if lot.GetDirection() == ahead || lot.GetDepth() == 0 {
			addLot(s.fore, lot, fore)
		}
	}
	for _, run := range part.GetRuns() {
		s.runs[run.GetRef()] = run
		if run.GetDirection() == sibling {
			addRun(s.kin, run, kin)
			continue
		}
		if run.GetDirection() != ahead {
			back.Runs = append(back.Runs, run)
		}
		if run.GetDirection() == ahead || run.GetDepth() == 0 {
			addRun(s.fore, run, fore)
		}
	}
	s.sortEdges(part.GetEdges(), back, fore, kin)
	for _, m := range part.GetMovements() {
		switch s.lots[m.GetLotRef()].GetDirection() {
		case ahead:
			fore.Movements = append(fore.Movements, m)
		case sibling:
			kin.Movements = append(kin.Movements, m)
		default:
			back.Movements = append(back.Movements, m)
		}
	}
	for _, shipment := range part.GetShipments() {
		switch lot := s.lots[shipment.GetLotRef()]; {
		case !s.siblings || lot.GetDirection() == ahead || lot.GetDepth() == 0:
			addLot(s.fore, lot, fore)
		case !s.fore[lot.GetRef()]:
			addLot(s.kin, lot, kin)
		}
	}
	return back, fore, kin
}

func (s *sorter) sortEdges(edges []*pb.TraceEdge, back, fore, kin *pb.TracePart) {
	for _, e := range edges {
		lot, run := s.lots[e.GetLotRef()], s.runs[e.GetRunRef()]
		switch {
		case s.betweenSiblings(lot, run):
			addLot(s.kin, lot, kin)
			addRun(s.kin, run, kin)
			kin.Edges = append(kin.Edges, e)
		case lot.GetDirection() != ahead && run.GetDirection() != ahead:
			back.Edges = append(back.Edges, e)
		default:
			addLot(s.fore, lot, fore) // a loop may lead forward from what was found backward
			addRun(s.fore, run, fore)
			fore.Edges = append(fore.Edges, e)
		}
	}
}

// betweenSiblings says whether an edge leads to a sibling, or from what was found backward
// to what was found forward, past what was asked for.
func (s *sorter) betweenSiblings(lot *pb.TraceLot, run *pb.TraceRun) bool {
	past := lot.GetDirection() == behind && lot.GetDepth() > 0 && run.GetDirection() == ahead
	return lot.GetDirection() == sibling || run.GetDirection() == sibling || s.siblings && past
}

func addLot(has map[int32]bool, lot *pb.TraceLot, part *pb.TracePart) {
	if lot != nil && !has[lot.GetRef()] {
		has[lot.GetRef()] = true
		part.Lots = append(part.Lots, lot)
	}
}

func addRun(has map[int32]bool, run *pb.TraceRun, part *pb.TracePart) {
	if run != nil && !has[run.GetRef()] {
		has[run.GetRef()] = true
		part.Runs = append(part.Runs, run)
	}
}

// Lines are the tree as it stands, a line of text each. Of a trace in both directions
// there are two, and a third one of siblings.
func (t *Tree) Lines() []string {
	if t.back == nil {
		return t.lines()
	}
	lines := append([]string{"What went into it:"}, t.back.lines()...)
	lines = append(append(lines, "Where it went:"), t.lines()...)
	if kin := t.kin.lines(); len(kin) > 0 {
		lines = append(append(lines, "What else came of that which went into it, and where that went:"), kin...)
	}
	return lines
}
