package bench

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/bench/plant"
	"github.com/lottrail/lottrail/internal/qty"
)

const tenantID = 1

// script posts the rows that the service posts, straight to PostgreSQL: one batch a
// call, nothing asked, nothing checked.
type script struct {
	*work
	conn  *pgx.Conn
	sizes *sizes
	ids   int64 // the next id
	end   int64 // of the block
	batch *pgx.Batch
}

func newScript(ctx context.Context, w *work, url string, sizes *sizes) (*script, error) {
	conn, err := connect(ctx, url)
	if err != nil {
		return nil, err
	}
	// As the service has it: else foreign keys to what was small when the first of them
	// was checked are checked by reading whole tables, and the script looks slow.
	if _, err := conn.Exec(ctx, "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off"); err != nil {
		return nil, err
	}
	return &script{work: w, conn: conn, sizes: sizes}, nil
}

// block fetches ids for as many calls as the service does: one round trip for 1,000.
func (s *script) block(ctx context.Context) error {
	if s.end-s.ids >= 50 {
		return nil
	}
	var number int64
	if err := s.conn.QueryRow(ctx, "SELECT nextval('id_block')").Scan(&number); err != nil {
		return err
	}
	s.ids, s.end = number*1000, (number+1)*1000
	return nil
}

func (s *script) id() int64 {
	s.ids++
	return s.ids - 1
}

func (s *script) begin(ctx context.Context) error {
	s.batch = &pgx.Batch{}
	s.add("Begin")
	return s.block(ctx)
}

func (s *script) add(name string, args ...any) { s.batch.Queue(post[name], args...) }

func (s *script) commit(ctx context.Context) error {
	s.add("Commit")
	return s.conn.SendBatch(ctx, s.batch).Close()
}

// fingerprint is as long as the service's.
var fingerprint = make([]byte, 32)

func (s *script) request(n int64, step int, size int64) {
	s.add("Request", tenantID, requestID(n, step), fingerprint, make([]byte, size))
}

func (s *script) operation(n int64, step int, kind string, at time.Time, receipt, run, shipment any) int64 {
	id := s.id()
	s.add("Operation", tenantID, id, kind, at, requestID(n, step), receipt, run, shipment)
	return id
}

var each = qty.MustParse(perLine)

// moves are the columns of movements.
type moves struct {
	ids, lots, from, to, receiptLines, shipmentLines []int64
	quantities                                       []qty.Decimal
}

func (s *script) move(m *moves, lot, from, to, receiptLine, shipmentLine int64) {
	m.ids = append(m.ids, s.id())
	m.lots = append(m.lots, lot)
	m.from = append(m.from, from)
	m.to = append(m.to, to)
	m.receiptLines = append(m.receiptLines, receiptLine)
	m.shipmentLines = append(m.shipmentLines, shipmentLine)
	m.quantities = append(m.quantities, each)
}

func (s *script) movements(operation int64, kind string, run any, at time.Time, m *moves) {
	s.add("Movements", tenantID, operation, kind, run, at, m.ids, m.lots, m.quantities, m.from, m.to, m.receiptLines, m.shipmentLines)
}

// addAt adds a statement about a line's quantity of one lot at one location.
func (s *script) addAt(name string, lot, location int64) {
	s.add(name, tenantID, []int64{lot}, []int64{location}, []qty.Decimal{each})
}

// take locks lots, sorted as the statement sorts them, and takes a line of each.
func (s *script) take(lots []int) {
	sorted := slices.Sorted(slices.Values(lots))
	sorted = slices.Compact(sorted)
	var ids, bins []int64
	var quantities []qty.Decimal
	for _, lot := range sorted {
		taken := qty.Decimal{}
		for _, l := range lots {
			if l == lot {
				taken = taken.Add(each)
			}
		}
		ids, bins, quantities = append(ids, s.lot(lot)), append(bins, s.binOf(lot)), append(quantities, taken)
	}
	s.add("LockLots", tenantID, ids)
	s.add("TakeStock", tenantID, ids, bins, quantities)
}

func (s *script) lot(lot int) int64   { return s.work.ids.Lot + int64(lot) }
func (s *script) binOf(lot int) int64 { return s.work.ids.BinOf(s.Plant, lot) }

var lineNumbers = []int32{1, 2, 3, 4, 5}

func (s *script) receipt(ctx context.Context, j receiptJob) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	order, supplier := s.work.ids.OpenPurchase(s.Plant, j.order)
	s.request(j.n, 0, s.sizes.receipt.Load())
	receipt := s.id()
	s.add("Receipt", tenantID, receipt, j.code(), order, j.at)
	var lots, items, lines, docks []int64
	var codes []string
	var quantities []qty.Decimal
	var m moves
	for i := range plant.DocumentLines {
		lot, line := s.id(), s.id()
		lots, lines = append(lots, lot), append(lines, line)
		items = append(items, s.work.ids.Item+int64(s.OrderedItem(j.order, i)))
		codes, docks, quantities = append(codes, j.lotCode(i)), append(docks, s.work.ids.Dock()), append(quantities, each)
		s.move(&m, lot, 1, s.work.ids.Dock(), line, 0)
	}
	s.add("ReceiptLines", tenantID, receipt, order, lines, lineNumbers)
	s.add("ReceiptVariances", tenantID, receipt, lineNumbers, quantities)
	operation := s.operation(j.n, 0, "receipt", j.at, receipt, nil, nil)
	s.add("Lots", tenantID, lots, items, codes, supplier, nil, nil, j.at.AddDate(10, 0, 0), operation)
	s.add("AddStock", tenantID, lots, docks, quantities)
	s.movements(operation, "receipt", nil, j.at, &m)
	return s.commit(ctx)
}

// run is four calls, as a client makes them.
func (s *script) run(ctx context.Context, j runJob) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	run := s.id()
	s.request(j.n, 0, s.sizes.start.Load())
	s.add("Run", tenantID, run, s.work.ids.ProductionOrder+int64(j.order), j.code(), j.at)
	s.operation(j.n, 0, "run_start", j.at, nil, run, nil)
	if err := s.commit(ctx); err != nil {
		return err
	}
	if err := s.consume(ctx, j.n, 1, run, j.inputs, j.at, s.sizes.consume.Load()); err != nil {
		return err
	}
	if err := s.output(ctx, j, run); err != nil {
		return err
	}
	if err := s.begin(ctx); err != nil {
		return err
	}
	s.request(j.n, 3, s.sizes.finish.Load())
	s.add("FinishRun", tenantID, run, j.at)
	s.operation(j.n, 3, "run_finish", j.at, nil, run, nil)
	return s.commit(ctx)
}

func (s *script) consume(ctx context.Context, n int64, step int, run int64, lots []int, at time.Time, size int64) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	s.request(n, step, size)
	s.add("LockRun", tenantID, run)
	s.take(lots)
	operation := s.operation(n, step, "consumption", at, nil, run, nil)
	var m moves
	for _, lot := range lots {
		s.move(&m, s.lot(lot), s.binOf(lot), 3, 0, 0)
	}
	s.movements(operation, "consumption", run, at, &m)
	s.add("Rotation", tenantID, m.ids)
	return s.commit(ctx)
}

func (s *script) output(ctx context.Context, j runJob, run int64) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	s.request(j.n, 2, s.sizes.output.Load())
	s.add("LockRun", tenantID, run)
	operation := s.operation(j.n, 2, "output", j.at, nil, run, nil)
	lot, bin := s.id(), s.work.ids.Bin(int(j.n)%plant.Bins)
	item := s.work.ids.ItemOf(s.Plant, int(s.Runs[j.order].FirstOut))
	s.add("Lots", tenantID, []int64{lot}, []int64{item}, []string{j.lotCode()}, nil, run, j.at, j.at.AddDate(10, 0, 0), operation)
	s.addAt("AddStock", lot, bin)
	var m moves
	s.move(&m, lot, 3, bin, 0, 0)
	s.movements(operation, "output", run, j.at, &m)
	return s.commit(ctx)
}

func (s *script) shipment(ctx context.Context, j shipJob) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	order, customer := s.work.ids.OpenSales(s.Plant, j.order)
	s.request(j.n, 0, s.sizes.ship.Load())
	shipment := s.id()
	s.add("Shipment", tenantID, shipment, j.code(), order, customer, j.at)
	var lines []int64
	var m moves
	for _, lot := range j.lots {
		line := s.id()
		lines = append(lines, line)
		s.move(&m, s.lot(lot), s.binOf(lot), 2, 0, line)
	}
	s.add("ShipmentLines", tenantID, shipment, order, lines, lineNumbers)
	s.take(j.lots)
	operation := s.operation(j.n, 0, "shipment", j.at, nil, nil, shipment)
	s.movements(operation, "shipment", nil, j.at, &m)
	s.add("Rotation", tenantID, m.ids)
	return s.commit(ctx)
}

func (s *script) hot(ctx context.Context, j hotJob) error {
	return s.consume(ctx, j.n, 0, j.run.id, []int{int(s.Hot)}, j.at, s.sizes.hot.Load())
}
