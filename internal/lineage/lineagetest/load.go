package lineagetest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/qty"
)

// Unit is the base unit of every item.
const Unit = "KGM"

// Began is when a graph began; with Load, each operation is a minute later than the last.
var Began = time.Date(2026, 3, 25, 6, 0, 0, 0, time.UTC)

// Shipped is when all shipments left: after everything else.
var Shipped = Began.Add(30 * 24 * time.Hour)

// World is a graph as it was loaded.
type World struct {
	TenantID int64
	LotIDs   map[string]int64
	RunIDs   map[string]int64
	// LocationIDs are those of the site and of both locations.
	LocationIDs map[string]int64
	ItemIDs     map[string]int64
	// Happened is what each operation did, in the order of the log.
	Happened []Graph
	// Occurred is when.
	Occurred []time.Time
}

func newWorld(tenantID int64) World {
	return World{TenantID: tenantID, LotIDs: map[string]int64{}, RunIDs: map[string]int64{}, LocationIDs: map[string]int64{}, ItemIDs: map[string]int64{}}
}

// Load writes a graph for a tenant, which is made if need be, through the ledger.
// Outputs are posted before all consumptions, so that a run can take back what
// became of what it put out, and a last bit of them after its own.
func Load(t testing.TB, db *pg.DB, tenantID int64, g Graph) *World {
	t.Helper()
	return LoadAt(t, db, tenantID, g, func(i int) time.Time { return Began.Add(time.Duration(i+1) * time.Minute) })
}

// LoadAt is Load, with each operation, counted from 0, at a time of its own.
func LoadAt(t testing.TB, db *pg.DB, tenantID int64, g Graph, at func(int) time.Time) *World {
	t.Helper()
	l := &loader{
		World: newWorld(tenantID),
		docs:  &pgx.Batch{}, parties: map[string]int64{}, last: map[string][]Amount{}, at: at,
	}
	author := pg.Author{TenantID: tenantID, Principal: "test", RequestID: "load"}
	err := db.Write(t.Context(), author, func(tx *pg.Tx) error {
		l.ctx, l.tx = t.Context(), tx
		return l.load(g)
	})
	if err != nil {
		t.Fatalf("lineagetest: %v", err)
	}
	return &l.World
}

type loader struct {
	World
	ctx     context.Context
	tx      *pg.Tx
	docs    *pgx.Batch
	parties map[string]int64
	last    map[string][]Amount // what each run puts out at the end
	places  [2]ledger.Place
	at      func(int) time.Time
}

func (l *loader) load(g Graph) error {
	l.masterData(g)
	steps := []func() error{
		func() error { return l.receive(g.Receipts) },
		func() error { return l.produce(g.Runs) },
		func() error { return l.consume(g.Runs) },
		func() error { return l.move(g.Moves) },
		func() error { return l.ship(g.Shipments) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) id() int64 {
	id, err := l.tx.NextID(l.ctx)
	if err != nil {
		panic(err)
	}
	return id
}

func (l *loader) insert(sql string, args ...any) {
	l.docs.Queue(sql, append([]any{l.TenantID}, args...)...)
}

// post writes the documents queued so far and then an operation on lots, and notes
// what it did.
func (l *loader) post(op *ledger.Operation, did Graph) error {
	if err := l.tx.SendBatch(l.ctx, l.docs).Close(); err != nil {
		return err
	}
	l.docs = &pgx.Batch{}
	made := map[int64]bool{}
	for _, lot := range op.NewLots {
		made[lot.LotID] = true
	}
	var ids []int64
	for i := range op.Movements {
		m := &op.Movements[i]
		m.Entered = ledger.Entered{Value: m.Quantity, Unit: Unit}
		m.Day = Began.Truncate(24 * time.Hour)
		if !made[m.LotID] {
			ids = append(ids, m.LotID)
		}
	}
	locked, err := ledger.Lock(l.ctx, l.tx, ids)
	if err != nil {
		return err
	}
	op.OccurredAt = l.at(len(l.Happened))
	_, err = ledger.Post(l.ctx, l.tx, locked, op)
	l.Happened, l.Occurred = append(l.Happened, did), append(l.Occurred, op.OccurredAt)
	return err
}

func (l *loader) masterData(g Graph) {
	l.insert("INSERT INTO tenant (tenant_id, name) VALUES ($1, 'test') ON CONFLICT DO NOTHING")
	for id, code := range map[int64]string{1: "supplier", 2: "customer", 3: "production"} {
		l.insert("INSERT INTO location (tenant_id, location_id, code, name, kind, revision) VALUES ($1, $2, $3, '', 'virtual', 1) ON CONFLICT DO NOTHING", id, code)
	}
	site := l.id()
	l.LocationIDs["SITE"] = site
	l.insert("INSERT INTO location (tenant_id, location_id, code, name, kind, time_zone, revision) VALUES ($1, $2, 'SITE', '', 'site', 'UTC', 1)", site)
	l.insert("INSERT INTO location_within (tenant_id, outer_id, code, location_id) VALUES ($1, $2, 'SITE', $2)", site)
	for i, code := range []string{"A", "B"} {
		l.places[i] = ledger.Place{LocationID: l.id(), Code: code}
		l.LocationIDs[code] = l.places[i].LocationID
		l.insert("INSERT INTO location (tenant_id, location_id, code, name, parent_id, kind, revision) VALUES ($1, $2, $3, '', $4, 'storage', 1)", l.places[i].LocationID, code, site)
		l.insert("INSERT INTO location_within (tenant_id, outer_id, code, location_id) VALUES ($1, $2, $3, $4), ($1, $4, $3, $4)", site, code, l.places[i].LocationID)
	}
	for _, name := range g.parties() {
		l.parties[name] = l.id()
		contacts := fmt.Sprintf(`[{"name": "%[1]s desk"}, {"name": "%[1]s QA", "role": "recall", "phone": "+1"}]`, name)
		l.insert("INSERT INTO party (tenant_id, party_id, code, name, kinds, contacts, address, revision) VALUES ($1, $2, $3, $4, '{supplier,customer}', $5, '', 1)",
			l.parties[name], name, "The "+name, contacts)
	}
	for _, sku := range g.items() {
		l.ItemIDs[sku] = l.id()
		tracking := "lot"
		if Inferred(sku) {
			tracking = "none"
		}
		l.insert(`INSERT INTO item (tenant_id, item_id, sku, name, category, base_unit, decimals, tracking, expiry_tracked, shelf_life_days, fefo, warning_days, revision)
			VALUES ($1, $2, $3, $4, '', $5, 3, $6, false, 0, false, 0, 1)`, l.ItemIDs[sku], sku, "The "+sku, Unit, tracking)
	}
}

// newLot names a lot that is about to be made, unless it is there already.
func (l *loader) newLot(op *ledger.Operation, name string, lot ledger.Lot) {
	if l.LotIDs[name] != 0 {
		return
	}
	l.LotIDs[name] = l.id()
	_, lot.LotCode, _ = strings.Cut(name, "/")
	lot.Inferred = Inferred(name)
	op.NewLots = append(op.NewLots, ledger.NewLot{LotID: l.LotIDs[name], ItemID: l.ItemIDs[Item(name)], Lot: lot})
}

// receive has one order and one receipt a supplier, one line a receipt.
func (l *loader) receive(receipts []Receipt) error {
	bySupplier := map[string][]Receipt{}
	for _, r := range receipts {
		bySupplier[r.Supplier] = append(bySupplier[r.Supplier], r)
	}
	for _, supplier := range slices.Sorted(maps.Keys(bySupplier)) {
		orderID, receiptID, supplierID := l.id(), l.id(), l.parties[supplier]
		l.insert("INSERT INTO purchase_order (tenant_id, purchase_order_id, code, supplier_id, content, revision) VALUES ($1, $2, $3, $4, '{}', 1)",
			orderID, "PO-"+supplier, supplierID)
		l.insert("INSERT INTO receipt (tenant_id, receipt_id, code, purchase_order_id, received_at, document_references) VALUES ($1, $2, $3, $4, $5, '[]')",
			receiptID, "R-"+supplier, orderID, Began)
		op := &ledger.Operation{Kind: ledger.KindReceipt, Document: ledger.Document{ReceiptID: &receiptID}}
		for i, r := range bySupplier[supplier] {
			l.newLot(op, r.Lot, ledger.Lot{SupplierID: &supplierID, SupplierLotCode: "S" + r.Lot})
			lineID := l.id()
			l.insert("INSERT INTO purchase_order_line (tenant_id, purchase_order_id, line_number, item_id, quantity) VALUES ($1, $2, $3, $4, 1)",
				orderID, i+1, l.ItemIDs[Item(r.Lot)])
			l.insert("INSERT INTO receipt_line (tenant_id, receipt_line_id, receipt_id, line_number, purchase_order_id, order_line_number, added_to_existing) VALUES ($1, $2, $3, $4, $5, $4, false)",
				lineID, receiptID, i+1, orderID)
			op.Movements = append(op.Movements, ledger.Movement{
				LotID: l.LotIDs[r.Lot], Quantity: qty.FromInt(r.Quantity), ReceiptLineID: lineID,
				From: ledger.Place{LocationID: ledger.Supplier}, To: l.places[0],
			})
		}
		if err := l.post(op, Graph{Receipts: bySupplier[supplier]}); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) ship(shipments []Shipment) error {
	shipments = slices.Clone(shipments)
	for i, s := range shipments {
		shipments[i].Code = fmt.Sprintf("S-%d", i+1)
		shipmentID, customerID := l.id(), l.parties[s.Customer]
		var orderID *int64
		if s.Order != "" {
			id := l.id()
			orderID = &id
			l.insert("INSERT INTO sales_order (tenant_id, sales_order_id, code, customer_id, content, revision) VALUES ($1, $2, $3, $4, '{}', 1)", id, s.Order, customerID)
		}
		l.insert("INSERT INTO shipment (tenant_id, shipment_id, code, sales_order_id, customer_id, shipped_at, delivery_date, document_references) VALUES ($1, $2, $3, $4, $5, $6, '2026-04-01', '[]')",
			shipmentID, shipments[i].Code, orderID, customerID, Shipped)
		op := &ledger.Operation{Kind: ledger.KindShipment, Document: ledger.Document{ShipmentID: &shipmentID}}
		for j, line := range s.Lines {
			lineID := l.id()
			var number *int
			if orderID != nil {
				n := j + 1
				number = &n
				l.insert("INSERT INTO sales_order_line (tenant_id, sales_order_id, line_number, item_id, quantity) VALUES ($1, $2, $3, $4, 1)",
					*orderID, n, l.ItemIDs[Item(line.Lot)])
			}
			l.insert("INSERT INTO shipment_line (tenant_id, shipment_line_id, shipment_id, line_number, sales_order_id, order_line_number) VALUES ($1, $2, $3, $4, $5, $6)",
				lineID, shipmentID, j+1, orderID, number)
			// A line in two movements, as where inferred lots are drawn.
			for _, n := range halves(line.Quantity) {
				op.Movements = append(op.Movements, ledger.Movement{
					LotID: l.LotIDs[line.Lot], Quantity: qty.FromInt(n), ShipmentLineID: lineID,
					From: l.places[0], To: ledger.Place{LocationID: ledger.Customer},
				})
			}
		}
		if err := l.post(op, Graph{Shipments: shipments[i : i+1]}); err != nil {
			return err
		}
	}
	return nil
}

func halves(n int64) []int64 {
	if n < 2 {
		return []int64{n}
	}
	return []int64{n / 2, n - n/2}
}

func (l *loader) move(moves []Amount) error {
	for _, m := range moves {
		err := l.post(&ledger.Operation{Kind: ledger.KindTransfer, Movements: []ledger.Movement{{
			LotID: l.LotIDs[m.Lot], Quantity: qty.FromInt(m.Quantity), From: l.places[0], To: l.places[1],
		}}}, Graph{Moves: []Amount{m}})
		if err != nil {
			return err
		}
	}
	return nil
}
