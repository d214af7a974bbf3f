package treeview

import (
	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// sorter tells the parts of a trace in both directions apart: what was asked for is in
// both trees, and the rest in that on whose way it lies.
type sorter struct {
	lots map[int32]*pb.TraceLot
	runs map[int32]*pb.TraceRun
	fore map[int32]bool // what the forward tree has
}

func newSorter() *sorter {
	return &sorter{map[int32]*pb.TraceLot{}, map[int32]*pb.TraceRun{}, map[int32]bool{}}
}

const ahead = pb.TraceDirection_TRACE_DIRECTION_FORWARD

// sort returns what of a part goes into the backward tree and into the forward one.
func (s *sorter) sort(part *pb.TracePart) (back, fore *pb.TracePart) {
	back = &pb.TracePart{
		Receipts: part.GetReceipts(), LotAttributions: part.GetLotAttributions(), RunAttributions: part.GetRunAttributions(), ReceiptAttributions: part.GetReceiptAttributions(),
		OutOfTime: part.GetOutOfTime(),
	}
	fore = &pb.TracePart{
		Shipments: part.GetShipments(), LotAttributions: part.GetLotAttributions(), RunAttributions: part.GetRunAttributions(),
		ShipmentAttributions: part.GetShipmentAttributions(), CustomerAttributions: part.GetCustomerAttributions(), OutOfTime: part.GetOutOfTime(), Summary: part.GetSummary(),
	}
	for _, lot := range part.GetLots() {
		s.lots[lot.GetRef()] = lot
		if lot.GetDirection() != ahead {
			back.Lots = append(back.Lots, lot)
		}
		if lot.GetDirection() == ahead || lot.GetDepth() == 0 {
			s.addLot(lot, fore)
		}
	}
	for _, run := range part.GetRuns() {
		s.runs[run.GetRef()] = run
		if run.GetDirection() != ahead {
			back.Runs = append(back.Runs, run)
		}
		if run.GetDirection() == ahead || run.GetDepth() == 0 {
			s.addRun(run, fore)
		}
	}
	for _, e := range part.GetEdges() {
		lot, run := s.lots[e.GetLotRef()], s.runs[e.GetRunRef()]
		if lot.GetDirection() != ahead && run.GetDirection() != ahead {
			back.Edges = append(back.Edges, e)
			continue
		}
		s.addLot(lot, fore) // a loop may lead forward from what was found backward
		s.addRun(run, fore)
		fore.Edges = append(fore.Edges, e)
	}
	for _, m := range part.GetMovements() {
		if s.lots[m.GetLotRef()].GetDirection() == ahead {
			fore.Movements = append(fore.Movements, m)
		} else {
			back.Movements = append(back.Movements, m)
		}
	}
	for _, shipment := range part.GetShipments() {
		s.addLot(s.lots[shipment.GetLotRef()], fore)
	}
	return back, fore
}

func (s *sorter) addLot(lot *pb.TraceLot, fore *pb.TracePart) {
	if lot != nil && !s.fore[lot.GetRef()] {
		s.fore[lot.GetRef()] = true
		fore.Lots = append(fore.Lots, lot)
	}
}

func (s *sorter) addRun(run *pb.TraceRun, fore *pb.TracePart) {
	if run != nil && !s.fore[run.GetRef()] {
		s.fore[run.GetRef()] = true
		fore.Runs = append(fore.Runs, run)
	}
}

// Lines are the tree as it stands, a line of text each. Of a trace in both directions
// there are two.
func (t *Tree) Lines() []string {
	if t.back == nil {
		return t.lines()
	}
	lines := append([]string{"What went into it:"}, t.back.lines()...)
	return append(append(lines, "Where it went:"), t.lines()...)
}
