package lineage

import (
	"slices"
	"time"

	"github.com/lottrail/lottrail/internal/queries"
)

// sender numbers what is found, drops what is not asked for, counts, and cuts
// the whole into parts.
type sender struct {
	emit    func(*Part) error
	part    *Part
	weight  int
	summary Summary
	query   Query
	seen    *Seen
	items   map[int64]bool // nil is all

	lots, runs nodeTable
	// walking is the way that is being walked.
	walking Direction
	// waiting are the runs that were met and not sent, see runs.go.
	waiting              map[int64]Run
	customers, suppliers nodeTable
	units                units
	// leaveOut is what is not sent because it is out of time; nil sends it all.
	leaveOut *lateness
	// silent has nothing read of lots that is not needed to walk on, and nothing sent.
	silent bool
}

func newSender(q Query, emit func(*Part) error) sender {
	s := sender{
		emit: emit, part: &Part{}, query: q, seen: &Seen{}, waiting: map[int64]Run{},
	}
	s.summary.InTimeOnly = q.InTimeOnly
	if len(q.ItemIDs) > 0 {
		s.items = map[int64]bool{}
		for _, id := range q.ItemIDs {
			s.items[id] = true
		}
	}
	return s
}

// metLot says whether a lot was sent or hidden before.
func (s *sender) metLot(id int64) bool { return s.silent || s.lots.has(id, sent|hidden|tooLate) }

// isSeed says whether a lot was asked for itself.
func (s *sender) isSeed(lotID int64) bool {
	_, found := slices.BinarySearch(s.query.LotIDs, lotID)
	return found
}

// hides says whether a lot is not shown, and counts those.
func (s *sender) hides(lot *Lot) bool {
	switch {
	case s.isSeed(lot.LotID):
		return false
	case s.items != nil && !s.items[lot.ItemID]:
		s.summary.HiddenLots++
		return true
	case lot.elsewhere:
		s.summary.ElsewhereLots++
		return true
	}
	return false
}

// stop notes the lots from which edges lead beyond the depth asked for.
func (s *sender) stop(beyond []edge) {
	for i := range beyond {
		if s.lots.mark(beyond[i].LotID, stopped) {
			s.summary.StoppedLots++
		}
	}
}

func (s *sender) nextRef() int32 { return s.summary.Lots + s.summary.Runs + 1 }

func (s *sender) sendLot(lot *Lot, depth int32, direction Direction) error {
	if s.hides(lot) {
		s.lots.mark(lot.LotID, hidden)
		return nil
	}
	if s.lateLot(lot.LotID) {
		s.lots.mark(lot.LotID, tooLate)
		s.summary.OutOfTime.Lots++
		return nil
	}
	lot.Ref, lot.Depth, lot.Direction = s.nextRef(), depth, direction
	n := s.lots.get(lot.LotID)
	s.lots.put(lot.LotID, node{lot.Ref, s.units.number(lot.BaseUnit), n.marks | sent})
	s.summary.Lots++
	if direction == Sibling {
		s.summary.Siblings++
	}
	if lot.Inferred {
		s.summary.InferredLots++
	}
	s.part.Lots = append(s.part.Lots, *lot)
	return s.weigh(1 + len(lot.Stocks))
}

// sendEdges sends edges whose lot is shown, each with its run if that was not
// sent yet.
func (s *sender) sendEdges(edges []edge) error {
	for i := range edges {
		e := &edges[i]
		lot := s.lots.get(e.LotID)
		if lot.marks&(sent|tooLate) == 0 || s.sentBefore(lot, e.RunID) {
			continue
		}
		if s.lateRun(e.RunID) || lot.marks&sent == 0 {
			continue
		}
		if err := s.sendRun(e.RunID); err != nil {
			return err
		}
		s.summary.Edges++
		s.part.Edges = append(s.part.Edges, Edge{
			Kind: e.kind, LotRef: lot.ref, RunRef: s.runs.get(e.RunID).ref, Quantity: e.quantity(), BaseUnit: s.units.text(lot.unit),
			FirstAt: time.UnixMicro(e.first), LastAt: time.UnixMicro(e.last),
		})
		if err := s.weigh(1); err != nil {
			return err
		}
	}
	return nil
}

// sentBefore says whether the edge between a lot and a run was sent on a way that was
// walked before. Backward, every edge is sent of which both ends are visited: of a
// run all that it consumed, of a lot all that put it out, but for runs beyond the depth
// asked for, which are not visited. Forward it is the same in a mirror.
func (s *sender) sentBefore(lot node, runID int64) bool {
	both := func(visited marks) bool { return lot.marks&visited != 0 && s.runs.has(runID, visited) }
	return s.walking != Backward && both(visitedBackward) || s.walking == Sibling && both(visitedForward)
}

// sendReceipt returns the how manieth it is, 0 if it is not shown.
func (s *sender) sendReceipt(row queries.LineageReceiptListRow, supplier party) (int32, error) {
	lot := s.lots.get(row.LotID)
	if lot.marks&(sent|tooLate) == 0 || s.lateReceipt(row.LotID, row.ReceivedAt) || lot.marks&sent == 0 {
		return 0, nil
	}
	s.suppliers.mark(supplier.id, met)
	s.summary.Receipts++
	s.part.Receipts = append(s.part.Receipts, Receipt{
		LotRef: lot.ref, ReceiptCode: row.ReceiptCode, PurchaseOrderCode: row.PurchaseOrderCode,
		OrderLineNumber: row.OrderLineNumber, SupplierCode: supplier.code, SupplierName: supplier.name,
		Quantity: row.Quantity, BaseUnit: s.units.text(lot.unit), ReceivedAt: row.ReceivedAt,
	})
	return s.summary.Receipts, s.weigh(1)
}

// sendShipment returns the how manieth it is, 0 if it is not shown.
func (s *sender) sendShipment(row queries.LineageShipmentListRow, customer party) (int32, error) {
	lot := s.lots.get(row.LotID)
	if lot.marks&(sent|tooLate) == 0 || s.lateShipment(row.LotID, row.ShippedAt) || lot.marks&sent == 0 {
		return 0, nil
	}
	s.customers.mark(customer.id, met)
	s.summary.Shipments++
	shipment := Shipment{
		LotRef: lot.ref, ShipmentCode: row.ShipmentCode, CustomerCode: customer.code, CustomerName: customer.name,
		CustomerContact: customer.contact, Quantity: row.Quantity, BaseUnit: s.units.text(lot.unit), ShippedAt: row.ShippedAt,
		DeliveryDate: row.DeliveryDate,
	}
	if row.SalesOrderCode != nil {
		shipment.SalesOrderCode = *row.SalesOrderCode
	}
	if row.OrderLineNumber != nil {
		shipment.OrderLineNumber = *row.OrderLineNumber
	}
	s.part.Shipments = append(s.part.Shipments, shipment)
	return s.summary.Shipments, s.weigh(1)
}

// weigh sends the part off once it is full.
func (s *sender) weigh(more int) error {
	if s.weight += more; s.weight < s.query.part() {
		return nil
	}
	return s.flush()
}

func (s *sender) flush() error {
	if s.weight == 0 {
		return nil
	}
	part := s.part
	part.Seen = s.seen
	s.part, s.weight = part.roomy(), 0
	if s.query.Detail == SummaryAlone {
		return nil
	}
	return s.emit(part)
}

// roomy is a part with room for as much as there is in this one: the next is like it.
func (p *Part) roomy() *Part {
	return &Part{
		Lots: make([]Lot, 0, len(p.Lots)), Runs: make([]Run, 0, len(p.Runs)), Edges: make([]Edge, 0, len(p.Edges)),
		Receipts: make([]Receipt, 0, len(p.Receipts)), Shipments: make([]Shipment, 0, len(p.Shipments)),
	}
}

// see notes what the walk sees of the ledger.
func (s *sender) see(seen Seen) {
	*s.seen = seen
	s.summary.ReadAt, s.summary.Log, s.summary.AsOf = seen.ReadAt, seen.Log, s.query.AsOf
}

// finish sends the summary, together with what is left.
func (s *sender) finish() error {
	if s.query.Detail == SummaryAlone {
		s.part, s.summary.Untold = &Part{}, true
	}
	s.summary.OfCategories = s.query.OfCategories
	summary := s.summary
	summary.Suppliers, summary.Customers = int32(s.suppliers.size), int32(s.customers.size) //nolint:gosec // counted as lots are
	summary.Statement = state(s.query, &summary)
	s.part.Seen, s.part.Summary = s.seen, &summary
	return s.emit(s.part)
}
