package recall

import (
	"cmp"
	"context"
	"slices"

	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/knownat"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/queries"
)

// packetChunk is how many rows are read at once, so that a packet of any size
// needs little memory: ids in their order are kept for all of it, particulars for
// a chunk.
const packetChunk = 1000

// packetReader reads the packet of a case from one snapshot, each kind of thing in
// its order and chunk by chunk.
type packetReader struct {
	tx       *pg.Snapshot
	q        *queries.Queries
	tenantID int64
	c        *queries.RecallGetRow
	recall   *lottrailv1.Recall
	scope    scope
	// direct are the lots that the case is about, others those that they went into.
	direct, others []int64
	// runs are those in process and those that are finished, the earliest started
	// first.
	runs      []queries.PacketRunOrderRow
	statement *lottrailv1.RecallStatement
	parties   map[int64]*lottrailv1.Party
	sketch    *sketch // nil where nothing is drawn
}

func newPacketReader(ctx context.Context, tx *pg.Snapshot, tenantID int64, caseNumber string) (*packetReader, error) {
	r := &packetReader{tx: tx, q: queries.New(tx), tenantID: tenantID, parties: map[int64]*lottrailv1.Party{}}
	var err error
	if r.c, r.recall, err = readRecall(ctx, tx, tenantID, caseNumber); err != nil {
		return nil, err
	}
	if r.scope, err = readScope(ctx, tx, tenantID, r.c); err != nil {
		return nil, err
	}
	if len(r.scope.lots) > packetChunk {
		if err := tx.Wide(); err != nil {
			return nil, err
		}
	}
	lots, err := r.q.PacketLotOrder(ctx, queries.PacketLotOrderParams{TenantID: tenantID, RecallID: r.c.RecallID, LotIds: r.scope.lots})
	if err != nil {
		return nil, err
	}
	for _, lot := range lots {
		if lot.Direct {
			r.direct = append(r.direct, lot.LotID)
		} else {
			r.others = append(r.others, lot.LotID)
		}
	}
	r.runs, err = r.q.PacketRunOrder(ctx, queries.PacketRunOrderParams{TenantID: tenantID, RunIds: r.scope.runs})
	if err != nil {
		return nil, err
	}
	r.statement, err = r.readStatement(ctx)
	return r, err
}

func (r *packetReader) readStatement(ctx context.Context) (*lottrailv1.RecallStatement, error) {
	counts, err := countScope(ctx, r.tx, r.tenantID, r.c.RecallID, r.scope)
	if err != nil {
		return nil, err
	}
	var now *knownat.Point
	position := now.Position(r.tx, r.tenantID)
	readAt, err := r.q.PacketReadAt(ctx)
	if err != nil {
		return nil, err
	}
	s := &lottrailv1.RecallStatement{Scope: counts, Complete: true, LogPosition: position, ReadAt: timestamppb.New(readAt)}
	s.Statement = toStatement(s)
	return s, nil
}

// eachLots reads lots of the scope, those of the ids in their order.
func (r *packetReader) eachLots(ctx context.Context, ids []int64, fn func([]*lottrailv1.RecallLot) error) error {
	for chunk := range slices.Chunk(ids, packetChunk) {
		lots, err := listLots(ctx, r.tx, r.tenantID, r.c.RecallID, scope{lots: chunk, fixed: r.scope.fixed}, lotPage{limit: int32(len(chunk))})
		if err != nil {
			return err
		}
		if err := fn(lots); err != nil {
			return err
		}
	}
	return nil
}

// eachRuns reads runs of the scope in the order in which they are given.
func (r *packetReader) eachRuns(ctx context.Context, order []queries.PacketRunOrderRow, fn func([]*lottrailv1.RecallRun) error) error {
	for chunk := range slices.Chunk(order, packetChunk) {
		ids := make([]int64, len(chunk))
		for i, run := range chunk {
			ids[i] = run.RunID
		}
		runs, err := r.readRuns(ctx, ids)
		if err != nil {
			return err
		}
		if err := fn(runs); err != nil {
			return err
		}
	}
	return nil
}

func (r *packetReader) readRuns(ctx context.Context, ids []int64) ([]*lottrailv1.RecallRun, error) {
	rows, err := r.q.PacketRunList(ctx, queries.PacketRunListParams{TenantID: r.tenantID, RunIds: ids})
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]*lottrailv1.RecallRun, len(rows))
	slices.SortFunc(rows, func(a, b queries.PacketRunListRow) int { return cmp.Compare(a.RunID, b.RunID) })
	for _, row := range rows {
		r.sketch.run(&row)
		byID[row.RunID] = &lottrailv1.RecallRun{
			ProductionOrderCode: row.ProductionOrderCode, RunCode: row.Code,
			StartedAt: timestamppb.New(row.StartedAt), FinishedAt: pbtype.Time(row.FinishedAt),
		}
	}
	consumed, err := r.q.PacketRunConsumptionList(ctx, queries.PacketRunConsumptionListParams{TenantID: r.tenantID, RunIds: ids})
	if err != nil {
		return nil, err
	}
	for _, row := range consumed {
		if run := byID[row.RunID]; r.inScope(row.LotID) {
			run.Inputs = append(run.Inputs, toRunLot(row))
			r.sketch.moved(row.RunID, row.LotID, run.Inputs[len(run.Inputs)-1].GetQuantity(), false)
		}
	}
	putOut, err := r.q.PacketRunOutputList(ctx, queries.PacketRunOutputListParams{TenantID: r.tenantID, RunIds: ids})
	if err != nil {
		return nil, err
	}
	for _, row := range putOut {
		if run := byID[row.RunID]; r.inScope(row.LotID) {
			run.Outputs = append(run.Outputs, toRunLot(queries.PacketRunConsumptionListRow(row)))
			r.sketch.moved(row.RunID, row.LotID, run.Outputs[len(run.Outputs)-1].GetQuantity(), true)
		}
	}
	runs := make([]*lottrailv1.RecallRun, len(ids))
	for i, id := range ids {
		runs[i] = byID[id]
	}
	return runs, nil
}

func (r *packetReader) inScope(lotID int64) bool {
	_, found := slices.BinarySearch(r.scope.lots, lotID)
	return found
}

func toRunLot(row queries.PacketRunConsumptionListRow) *lottrailv1.RunLot {
	return &lottrailv1.RunLot{Lot: &lottrailv1.LotKey{Sku: row.SKU, LotCode: row.LotCode}, Quantity: pbtype.Quantity(row.Quantity, row.BaseUnit)}
}

// supplied is a receipt, of which lot and who delivered it.
type supplied struct {
	*lottrailv1.RecallReceipt
	lotID, supplierID int64
}

// receipts reads all of them at once: what is affected was made here but for the
// few lots that a case is about.
func (r *packetReader) receipts(ctx context.Context) ([]supplied, error) {
	rows, err := r.q.PacketReceiptList(ctx, queries.PacketReceiptListParams{TenantID: r.tenantID, LotIds: r.scope.lots})
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(rows))
	for i := range rows {
		ids[i] = rows[i].SupplierID
	}
	if err := r.meetParties(ctx, ids); err != nil {
		return nil, err
	}
	receipts := make([]supplied, len(rows))
	for i := range rows {
		row := &rows[i]
		references, err := pbtype.References(row.DocumentReferences)
		if err != nil {
			return nil, err
		}
		receipts[i] = supplied{&lottrailv1.RecallReceipt{
			Lot: &lottrailv1.LotKey{Sku: row.SKU, LotCode: row.LotCode}, ReceiptCode: row.ReceiptCode, PurchaseOrderCode: row.PurchaseOrderCode,
			PurchaseOrderLineNumber: row.OrderLineNumber, SupplierCode: r.parties[row.SupplierID].GetCode(), SupplierLotCode: row.SupplierLotCode,
			Quantity: pbtype.Quantity(row.Quantity, row.BaseUnit), ReceivedAt: timestamppb.New(row.ReceivedAt), References: references,
		}, row.LotID, row.SupplierID}
	}
	return receipts, nil
}

// gone is what of a lot in scope a customer got.
type gone struct {
	*lottrailv1.RecallShipment
	customerID int64
}

// eachGone reads what had gone, customer by customer.
func (r *packetReader) eachGone(ctx context.Context, fn func([]gone) error) error {
	order, err := r.q.PacketShipmentOrder(ctx, queries.PacketShipmentOrderParams{TenantID: r.tenantID, LotIds: r.scope.lots, Until: r.scope.until()})
	if err != nil {
		return err
	}
	if r.sketch != nil {
		r.sketch.gone = order
	}
	for chunk := range slices.Chunk(order, packetChunk) {
		shipments, err := r.readGone(ctx, chunk)
		if err != nil {
			return err
		}
		if err := fn(shipments); err != nil {
			return err
		}
	}
	return nil
}

func (r *packetReader) readGone(ctx context.Context, order []queries.PacketShipmentOrderRow) ([]gone, error) {
	params := queries.PacketShipmentListParams{
		TenantID: r.tenantID, LotIds: make([]int64, len(order)), ShipmentLineIds: make([]int64, len(order)), Quantities: make([]qty.Decimal, len(order)),
	}
	customers := make([]int64, len(order))
	for i, o := range order {
		params.LotIds[i], params.ShipmentLineIds[i], params.Quantities[i], customers[i] = o.LotID, o.ShipmentLineID, o.Quantity, o.CustomerID
	}
	if err := r.meetParties(ctx, customers); err != nil {
		return nil, err
	}
	rows, err := r.q.PacketShipmentList(ctx, params)
	if err != nil {
		return nil, err
	}
	shipments := make([]gone, len(rows))
	for i, row := range rows {
		same := queries.RecallShipmentListRow(row)
		shipments[i] = gone{toShipment(&same), customers[i]}
	}
	return shipments, nil
}

// meetParties reads those of the parties that were not read before.
func (r *packetReader) meetParties(ctx context.Context, ids []int64) error {
	var fresh []int64
	for _, id := range ids {
		if _, met := r.parties[id]; !met {
			r.parties[id] = nil
			fresh = append(fresh, id)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	rows, err := r.q.PacketPartyList(ctx, queries.PacketPartyListParams{TenantID: r.tenantID, PartyIds: fresh})
	if err != nil {
		return err
	}
	for i := range rows {
		if r.parties[rows[i].PartyID], err = pbtype.Party(&rows[i]); err != nil {
			return err
		}
	}
	return nil
}
