package picture

import (
	"cmp"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/wording"
)

// Trail gathers a trace, part by part, on a sheet: goods go from left to right, whichever
// way they were traced.
type Trail struct {
	*Sheet
	// refs are handles by number in the trace, parties by what they are and their code.
	refs    []int
	parties map[party]int
	shared  map[int32]bool // of which a share was told, by number in the trace
	// receipts and shipments are from where to where they led, by handles: a trace tells by
	// their numbers which are out of time.
	receipts, shipments []led
}

type party struct {
	kind Kind
	code string
}

// NewTrail is a trail without anything.
func NewTrail() *Trail {
	return &Trail{Sheet: NewSheet(Given), parties: map[party]int{}, shared: map[int32]bool{}}
}

// Take adds a part: what it refers to came before.
func (t *Trail) Take(part *pb.TracePart) {
	for _, l := range part.GetLots() {
		t.takeLot(l)
	}
	for _, r := range part.GetRuns() {
		t.note(r.GetRef(), Node{
			Kind: Run, Rank: rank(r.GetDirection(), 2*r.GetDepth()-1), Group: r.GetProductionOrderCode(),
			Title: r.GetProductionOrderCode() + " / " + r.GetRunCode(), Open: r.GetFinishedAt() == nil,
		})
	}
	for _, e := range part.GetEdges() {
		from, to := t.refs[e.GetLotRef()], t.refs[e.GetRunRef()]
		if e.GetKind() == pb.TraceEdgeKind_TRACE_EDGE_KIND_OUTPUT {
			from, to = to, from
		}
		t.Join(from, to, e.GetQuantity())
	}
	for _, r := range part.GetReceipts() {
		from, to := t.party(Supplier, r.GetSupplierCode(), r.GetSupplierName()), t.refs[r.GetLotRef()]
		t.Join(from, to, r.GetQuantity())
		t.receipts = append(t.receipts, led{int32(from), int32(to)}) //nolint:gosec // few nodes
	}
	for _, s := range part.GetShipments() {
		lot := t.refs[s.GetLotRef()]
		t.Gone(lot)
		to := t.party(Customer, s.GetCustomerCode(), s.GetCustomerName())
		t.Join(lot, to, s.GetQuantity())
		t.shipments = append(t.shipments, led{int32(lot), int32(to)}) //nolint:gosec // few nodes
	}
	t.takeShares(part)
	for _, o := range part.GetOutOfTime() {
		t.takeLate(o)
	}
}

// takeShares adds what was attributed. What lies in a loop is told both ways, and drawn
// where the walk found it first.
func (t *Trail) takeShares(part *pb.TracePart) {
	once := func(ref int32, figure *pb.TraceFigure) {
		if !t.shared[ref] {
			t.shared[ref] = true
			t.Share(t.refs[ref], figure)
		}
	}
	for _, l := range part.GetLotAttributions() {
		once(l.GetLotRef(), l.GetThrough())
	}
	for _, r := range part.GetRunAttributions() {
		once(r.GetRunRef(), r.GetThrough())
	}
	for _, c := range part.GetCustomerAttributions() {
		t.Share(t.party(Customer, c.GetCustomerCode(), c.GetCustomerName()), c.GetFigure())
	}
	for _, r := range part.GetReceiptAttributions() {
		t.Share(t.party(Supplier, r.GetSupplierCode(), ""), r.GetFigure())
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
	t.note(l.GetRef(), n)
}

// note adds a node under its number in the trace; these are given one by one.
func (t *Trail) note(ref int32, n Node) {
	for len(t.refs) <= int(ref) {
		t.refs = append(t.refs, 0)
	}
	t.refs[ref] = t.Add(n)
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
	at, known := t.parties[key]
	if !known {
		at = t.Add(Node{Kind: kind, Title: cmp.Or(name, code), Lines: []string{code}})
		t.parties[key] = at
	}
	return at
}
