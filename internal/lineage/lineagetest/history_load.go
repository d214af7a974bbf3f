package lineagetest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/qty"
)

// Load writes a history for a tenant, which is made if need be, through the ledger. Its
// events are the tenant's operations, in their order.
func (h History) Load(t testing.TB, db *pg.DB, tenantID int64) {
	t.Helper()
	h.Begin(t, db, tenantID)(len(h))
}

// Begin writes what a history needs before anything has happened, and returns what records
// its events, up to one, from the last that it recorded on.
func (h History) Begin(t testing.TB, db *pg.DB, tenantID int64) (record func(upTo int)) {
	t.Helper()
	l := &historian{h: h, loader: loader{
		World: newWorld(tenantID),
		docs:  &pgx.Batch{}, parties: map[string]int64{},
	}, runs: map[string]int64{}}
	return func(upTo int) {
		t.Helper()
		author := pg.Author{TenantID: tenantID, Principal: "test", RequestID: "load"}
		err := db.Write(t.Context(), author, func(tx *pg.Tx) error {
			l.ctx, l.tx = t.Context(), tx
			return l.record(upTo)
		})
		if err != nil {
			t.Fatalf("lineagetest: %v", err)
		}
	}
}

// historian is a loader of a history.
type historian struct {
	loader
	h      History
	runs   map[string]int64 // orders too, by their codes
	posted []recorded
}

// recorded is an event as it was posted, for what takes it back.
type recorded struct {
	op *ledger.Operation
	ledger.Posted
}

func (l *historian) record(upTo int) error {
	if len(l.posted) == 0 {
		l.prepare()
	}
	for i := len(l.posted); i < upTo; i++ {
		e := l.h[i]
		op := &ledger.Operation{Kind: e.Kind, OccurredAt: At(e.Minute)}
		l.documents(i, e, op)
		if err := l.post(op); err != nil {
			return err
		}
	}
	return nil
}

// prepare writes master data.
func (l *historian) prepare() {
	var all Graph // of which it takes the names
	for _, e := range l.h {
		for _, line := range e.Lines {
			all.Moves = append(all.Moves, line.Amount)
		}
		if e.Party != "" {
			all.Shipments = append(all.Shipments, Shipment{Customer: e.Party})
		}
	}
	l.masterData(all)
	l.describe()
	for id, code := range map[int64]string{ledger.Scrap: "scrap", ledger.Adjustment: "adjustment"} {
		l.insert("INSERT INTO location (tenant_id, location_id, code, name, kind, revision) VALUES ($1, $2, $3, '', 'virtual', 1) ON CONFLICT DO NOTHING", id, code)
	}
}

// documents writes what an event belongs to, and has the operation belong to it.
func (l *historian) documents(i int, e Event, op *ledger.Operation) {
	if e.Run != "" {
		l.run(e, op)
	}
	var lines []int64
	for range e.Lines {
		lines = append(lines, l.id())
	}
	switch e.Kind {
	case ledger.KindReceipt:
		l.receipt(i, e, op, lines)
	case ledger.KindShipment:
		l.shipment(i, e, op, lines)
	case ledger.KindReversal:
		l.reverse(e, op)
	}
	for j, line := range e.Lines {
		m := ledger.Movement{LotID: l.LotIDs[line.Lot], Quantity: qty.FromInt(line.Quantity), From: l.end(e, line.From, true), To: l.end(e, line.To, false)}
		switch e.Kind {
		case ledger.KindReceipt:
			m.ReceiptLineID = lines[j]
		case ledger.KindShipment:
			m.ShipmentLineID = lines[j]
		case ledger.KindOutput:
			m.Share = share(e.Run, j)
		}
		m.Entered = ledger.Entered{Value: m.Quantity, Unit: historyItems[Item(line.Lot)].unit}
		m.Day = Began.Truncate(24 * time.Hour)
		op.Movements = append(op.Movements, m)
	}
}

// end is a place, or the world outside that an event begins or ends in.
func (l *historian) end(e Event, place string, from bool) ledger.Place {
	if place != "" {
		return l.places[strings.Index("AB", place)]
	}
	outside := map[ledger.Kind]int64{
		ledger.KindReceipt: ledger.Supplier, ledger.KindShipment: ledger.Customer, ledger.KindScrap: ledger.Scrap, ledger.KindAdjustment: ledger.Adjustment,
	}
	if id, ok := outside[e.Kind]; ok {
		return ledger.Place{LocationID: id}
	}
	return ledger.Place{LocationID: ledger.Production}
}

// share is what a line of an output states: of every other run all do, of the rest none.
func share(run string, line int) qty.Decimal {
	if last := run[len(run)-1]; last%2 == 0 {
		return qty.Decimal{}
	}
	return qty.FromInt(int64(line%3 + 1))
}

func (l *historian) run(e Event, op *ledger.Operation) {
	if l.runs[e.Run] == 0 {
		order, code, _ := strings.Cut(e.Run, "#")
		if l.runs[order] == 0 {
			l.runs[order] = l.id()
			l.insert("INSERT INTO production_order (tenant_id, production_order_id, code, item_id, quantity, content) SELECT $1, $2, $3, min(item_id), 1, '{}' FROM item WHERE tenant_id = $1",
				l.runs[order], order)
		}
		l.runs[e.Run] = l.id()
		l.insert("INSERT INTO run (tenant_id, run_id, production_order_id, code, started_at) VALUES ($1, $2, $3, $4, $5)", l.runs[e.Run], l.runs[order], code, Began)
	}
	runID := l.runs[e.Run]
	op.Document.RunID = &runID
	switch e.Kind {
	case ledger.KindOutput:
		for _, line := range e.Lines {
			l.newLot(op, line.Lot, ledger.Lot{RunID: &runID})
		}
	case ledger.KindRunFinish:
		l.insert("UPDATE run SET finished_at = $3 WHERE tenant_id = $1 AND run_id = $2", runID, op.OccurredAt)
	}
}

func (l *historian) receipt(i int, e Event, op *ledger.Operation, lines []int64) {
	orderID, receiptID, supplierID := l.id(), l.id(), l.parties[e.Party]
	l.insert("INSERT INTO purchase_order (tenant_id, purchase_order_id, code, supplier_id, content, revision) VALUES ($1, $2, $3, $4, '{}', 1)", orderID, orderCode(i, true), supplierID)
	l.insert("INSERT INTO receipt (tenant_id, receipt_id, code, purchase_order_id, received_at, document_references) VALUES ($1, $2, $3, $4, $5, '[]')",
		receiptID, paperCode(i), orderID, op.OccurredAt)
	op.Document.ReceiptID = &receiptID
	for j, line := range e.Lines {
		l.newLot(op, line.Lot, ledger.Lot{SupplierID: &supplierID})
		l.insert("INSERT INTO purchase_order_line (tenant_id, purchase_order_id, line_number, item_id, quantity) VALUES ($1, $2, $3, $4, 1)", orderID, j+1, l.ItemIDs[Item(line.Lot)])
		l.insert("INSERT INTO receipt_line (tenant_id, receipt_line_id, receipt_id, line_number, purchase_order_id, order_line_number, added_to_existing) VALUES ($1, $2, $3, $4, $5, $4, false)",
			lines[j], receiptID, j+1, orderID)
	}
}

func (l *historian) shipment(i int, e Event, op *ledger.Operation, lines []int64) {
	shipmentID, customerID := l.id(), l.parties[e.Party]
	var orderID *int64
	if e.Ordered {
		id := l.id()
		orderID = &id
		l.insert("INSERT INTO sales_order (tenant_id, sales_order_id, code, customer_id, content, revision) VALUES ($1, $2, $3, $4, '{}', 1)", id, orderCode(i, true), customerID)
	}
	l.insert("INSERT INTO shipment (tenant_id, shipment_id, code, sales_order_id, customer_id, shipped_at, document_references) VALUES ($1, $2, $3, $4, $5, $6, '[]')",
		shipmentID, paperCode(i), orderID, customerID, op.OccurredAt)
	op.Document.ShipmentID = &shipmentID
	for j, line := range e.Lines {
		var number *int
		if n := j + 1; e.Ordered {
			number = &n
			l.insert("INSERT INTO sales_order_line (tenant_id, sales_order_id, line_number, item_id, quantity) VALUES ($1, $2, $3, $4, 1)", *orderID, n, l.ItemIDs[Item(line.Lot)])
		}
		l.insert("INSERT INTO shipment_line (tenant_id, shipment_line_id, shipment_id, line_number, sales_order_id, order_line_number) VALUES ($1, $2, $3, $4, $5, $6)",
			lines[j], shipmentID, j+1, orderID, number)
	}
}

// reverse takes back what was posted of an event.
func (l *historian) reverse(e Event, op *ledger.Operation) {
	taken := l.posted[e.Takes]
	op.Reason = "it was not so"
	op.Reverses = &ledger.Reversed{OperationID: taken.OperationID, Kind: taken.op.Kind, RunID: taken.op.Document.RunID}
	for i, m := range taken.op.Movements {
		m.Quantity, m.Entered.Value, m.Share = m.Quantity.Neg(), m.Entered.Value.Neg(), m.Share.Neg()
		m.Takes = &ledger.Taken{MovementID: taken.MovementIDs[i], Kind: taken.op.Kind}
		op.Movements = append(op.Movements, m)
	}
	if taken.op.Kind == ledger.KindRunFinish {
		l.insert("UPDATE run SET finished_at = NULL WHERE tenant_id = $1 AND run_id = $2", *taken.op.Document.RunID)
	}
}

// post writes the documents queued so far, and then the operation.
func (l *historian) post(op *ledger.Operation) error {
	if err := l.tx.SendBatch(l.ctx, l.docs).Close(); err != nil {
		return err
	}
	l.docs = &pgx.Batch{}
	var there []int64
	for _, m := range op.Movements {
		if !slices.ContainsFunc(op.NewLots, func(lot ledger.NewLot) bool { return lot.LotID == m.LotID }) {
			there = append(there, m.LotID)
		}
	}
	locked, err := ledger.Lock(l.ctx, l.tx, there)
	if err != nil {
		return err
	}
	posted, err := ledger.Post(l.ctx, l.tx, locked, op)
	if err == nil {
		l.posted = append(l.posted, recorded{op, *posted})
	}
	return err
}
