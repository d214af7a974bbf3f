package lineage

import (
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
	items   map[int64]bool // nil is all

	lots map[int64]sentLot
	runs map[int64]int32
	// waiting are the runs that were met and not sent: a run is sent with its
	// first edge to a lot that is shown.
	waiting map[int64]Run
	// edges is kept only where two ways may lead over the same edge.
	edges                map[edgeKey]bool
	hidden, stopped      map[int64]bool
	customers, suppliers map[int64]bool
	// units has each unit's text once.
	units map[string]string
}

type sentLot struct {
	ref  int32
	unit string
}

type edgeKey struct {
	kind         EdgeKind
	lotID, runID int64
}

func newSender(q Query, emit func(*Part) error) sender {
	s := sender{
		emit: emit, part: &Part{}, query: q,
		lots: map[int64]sentLot{}, runs: map[int64]int32{}, waiting: map[int64]Run{},
		hidden: map[int64]bool{}, stopped: map[int64]bool{}, customers: map[int64]bool{}, suppliers: map[int64]bool{},
		units: map[string]string{},
	}
	if len(q.ItemIDs) > 0 {
		s.items = map[int64]bool{}
		for _, id := range q.ItemIDs {
			s.items[id] = true
		}
	}
	if q.Direction == Both {
		s.edges = map[edgeKey]bool{}
	}
	return s
}

// metLot says whether a lot was sent or hidden before.
func (s *sender) metLot(id int64) bool {
	_, sent := s.lots[id]
	return sent || s.hidden[id]
}

// stop notes the lots from which edges lead beyond the depth asked for.
func (s *sender) stop(beyond []edge) {
	for i := range beyond {
		s.stopped[beyond[i].LotID] = true
	}
}

func (s *sender) nextRef() int32 { return s.summary.Lots + s.summary.Runs + 1 }

func (s *sender) sendLot(lot *Lot, depth int32, direction Direction) error {
	if s.items != nil && !s.items[lot.ItemID] && lot.LotID != s.query.LotID {
		s.hidden[lot.LotID] = true
		return nil
	}
	lot.Ref, lot.Depth, lot.Direction = s.nextRef(), depth, direction
	if _, known := s.units[lot.BaseUnit]; !known {
		s.units[lot.BaseUnit] = lot.BaseUnit
	}
	s.lots[lot.LotID] = sentLot{lot.Ref, s.units[lot.BaseUnit]}
	s.summary.Lots++
	if lot.Inferred {
		s.summary.InferredLots++
	}
	s.part.Lots = append(s.part.Lots, *lot)
	return s.weigh(1 + len(lot.Stocks))
}

// meetRuns keeps runs until they are to be sent.
func (s *sender) meetRuns(rows []queries.LineageRunListRow, depth int32, direction Direction) {
	s.summary.MaxDepth = max(s.summary.MaxDepth, depth)
	for _, row := range rows {
		if _, sent := s.runs[row.RunID]; sent {
			continue
		}
		if _, met := s.waiting[row.RunID]; met {
			continue
		}
		s.waiting[row.RunID] = Run{
			RunID: row.RunID, ProductionOrderCode: row.ProductionOrderCode, RunCode: row.Code, Depth: depth,
			Direction: direction, StartedAt: row.StartedAt, FinishedAt: row.FinishedAt,
		}
	}
}

func (s *sender) sendRun(id int64) error {
	run, waits := s.waiting[id]
	if !waits {
		return nil
	}
	delete(s.waiting, id)
	run.Ref = s.nextRef()
	s.runs[id] = run.Ref
	s.summary.Runs++
	if run.FinishedAt == nil {
		s.summary.OpenRuns++
	}
	s.part.Runs = append(s.part.Runs, run)
	return s.weigh(1)
}

// sendEdges sends edges whose lot is shown, each with its run if that was not
// sent yet.
func (s *sender) sendEdges(edges []edge) error {
	for i := range edges {
		e := &edges[i]
		lot, shown := s.lots[e.LotID]
		key := edgeKey{e.kind, e.LotID, e.RunID}
		if !shown || s.edges[key] {
			continue
		}
		if s.edges != nil {
			s.edges[key] = true
		}
		if err := s.sendRun(e.RunID); err != nil {
			return err
		}
		s.summary.Edges++
		s.part.Edges = append(s.part.Edges, Edge{
			Kind: e.kind, LotRef: lot.ref, RunRef: s.runs[e.RunID], Quantity: e.Quantity, BaseUnit: lot.unit,
			FirstAt: e.FirstAt, LastAt: e.LastAt,
		})
		if err := s.weigh(1); err != nil {
			return err
		}
	}
	return nil
}

func (s *sender) sendReceipt(row queries.LineageReceiptListRow, supplier party) error {
	lot, shown := s.lots[row.LotID]
	if !shown {
		return nil
	}
	s.suppliers[supplier.id] = true
	s.summary.Receipts++
	s.part.Receipts = append(s.part.Receipts, Receipt{
		LotRef: lot.ref, ReceiptCode: row.ReceiptCode, PurchaseOrderCode: row.PurchaseOrderCode,
		OrderLineNumber: row.OrderLineNumber, SupplierCode: supplier.code, SupplierName: supplier.name,
		Quantity: row.Quantity, BaseUnit: lot.unit, ReceivedAt: row.ReceivedAt,
	})
	return s.weigh(1)
}

func (s *sender) sendShipment(row queries.LineageShipmentListRow, customer party) error {
	lot, shown := s.lots[row.LotID]
	if !shown {
		return nil
	}
	s.customers[customer.id] = true
	s.summary.Shipments++
	shipment := Shipment{
		LotRef: lot.ref, ShipmentCode: row.ShipmentCode, CustomerCode: customer.code, CustomerName: customer.name,
		CustomerContact: customer.contact, Quantity: row.Quantity, BaseUnit: lot.unit, ShippedAt: row.ShippedAt,
		DeliveryDate: row.DeliveryDate,
	}
	if row.SalesOrderCode != nil {
		shipment.SalesOrderCode = *row.SalesOrderCode
	}
	if row.OrderLineNumber != nil {
		shipment.OrderLineNumber = *row.OrderLineNumber
	}
	s.part.Shipments = append(s.part.Shipments, shipment)
	return s.weigh(1)
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
	s.part, s.weight = &Part{}, 0
	return s.emit(part)
}

// finish sends the summary, together with what is left.
func (s *sender) finish() error {
	summary := s.summary
	summary.Suppliers, summary.Customers = int32(len(s.suppliers)), int32(len(s.customers))
	summary.StoppedLots, summary.HiddenLots = int32(len(s.stopped)), int32(len(s.hidden))
	summary.Statement = state(s.query, &summary)
	s.part.Summary = &summary
	return s.emit(s.part)
}
