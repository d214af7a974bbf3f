package receiving

import (
	"context"
	"errors"
	"maps"
	"time"

	"github.com/jackc/pgx/v5"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/command"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/queries"
)

// receipt is one under way: what was decided of it so far.
type receipt struct {
	id         int64
	orderID    int64
	supplier   supplier
	receivedAt time.Time
	arrivals   []*arrival
	lots       map[lotKey]ledger.Lot
	locked     ledger.Locked    // those that exist
	lotIDs     map[lotKey]int64 // of the lots that exist
	variances  []variance
}

// Receive implements lottrailv1.ReceivingServiceServer.
//
// The order is locked first, so that receipts against it come one after the
// other and each knows what was received before. The receipt's row follows at
// once: it is what tells a receipt sent again under another request id, and
// whoever waits for it holds no lot.
func (s *Service) Receive(ctx context.Context, req *lottrailv1.ReceiveRequest) (*lottrailv1.ReceiveResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.ReceiveResponse, error) {
		receivedAt, err := s.window.Occurred("received_at", pbtype.Told(req.GetReceivedAt()), time.Now())
		if err != nil {
			return nil, err
		}
		r := &receipt{receivedAt: receivedAt}
		r.queueOrderLock(tx, req.GetPurchaseOrderCode())
		lines := r.queueOrderLines(tx, req)
		if err := r.insert(ctx, tx, req); err != nil {
			return nil, err
		}
		if err := r.resolve(ctx, tx, req, lines); err != nil {
			return nil, err
		}
		if err := r.nameLots(ctx, tx, req); err != nil {
			return nil, err
		}
		if err := r.settleLots(ctx, tx); err != nil {
			return nil, err
		}
		r.variances = compare(lines.before, r.arrivals)
		posted, err := r.post(ctx, tx)
		if err != nil {
			return nil, err
		}
		return &lottrailv1.ReceiveResponse{Receipt: r.message(req, tx.Principal, posted.RecordedAt)}, nil
	})
}

// queueOrderLock locks the order.
func (r *receipt) queueOrderLock(tx *pg.Tx, code string) {
	tx.Queue(queries.PurchaseOrderLock, tx.TenantID, code).QueryRow(func(row pgx.Row) error {
		err := row.Scan(&r.orderID, nil, nil)
		if errors.Is(err, pgx.ErrNoRows) {
			return unknownOrder("purchase_order_code", code)
		}
		return err
	})
}

// insert queues the receipt's row, which goes before whatever is asked next. The order
// is in the batch before it: where there is none, none is found here either.
func (r *receipt) insert(ctx context.Context, tx *pg.Tx, req *lottrailv1.ReceiveRequest) (err error) {
	references, err := pbtype.StoreReferences(req.GetReferences())
	if err != nil {
		return err
	}
	if r.id, err = tx.NextID(ctx); err != nil {
		return err
	}
	queued := tx.Queued(func(err error) error {
		if pg.Constraint(err) != "receipt_code_key" {
			return err
		}
		return errs.Exists("receipt_code", "RECEIPT_EXISTS", "there is a receipt %q already; get it to see whether it is this one, and give another arrival a code of its own", req.GetReceiptCode())
	})
	return queries.New(queued).ReceiptInsert(ctx, queries.ReceiptInsertParams{
		TenantID: tx.TenantID, ReceiptID: r.id, Code: req.GetReceiptCode(), PurchaseOrderCode: req.GetPurchaseOrderCode(),
		ReceivedAt: r.receivedAt, DocumentReferences: references,
	})
}

// settleLots decides which lot each arrival belongs to. A lot that another receipt
// makes meanwhile is found out when the ledger is to make it too: then all is tried
// again.
func (r *receipt) settleLots(ctx context.Context, tx *pg.Tx) (err error) {
	codes := map[int64]string{r.supplier.partyID: r.supplier.code}
	var others []int64
	existing := make(map[lotKey]*ledger.LockedLot, len(r.locked))
	r.lotIDs = make(map[lotKey]int64, len(r.arrivals))
	for id, lot := range r.locked {
		key := lotKey{lot.ItemID, lot.LotCode}
		existing[key], r.lotIDs[key] = lot, id
		if lot.SupplierID != nil && *lot.SupplierID != r.supplier.partyID {
			others = append(others, *lot.SupplierID)
		}
	}
	if len(others) > 0 {
		more, err := supplierCodes(ctx, tx, others)
		if err != nil {
			return err
		}
		maps.Copy(codes, more)
	}
	r.lots, err = settle(r.arrivals, r.supplier, existing, codes)
	return err
}

// post writes the lines and variances, then the movements, which refer to them.
func (r *receipt) post(ctx context.Context, tx *pg.Tx) (*ledger.Posted, error) {
	op := &ledger.Operation{Kind: ledger.KindReceipt, OccurredAt: r.receivedAt, Document: ledger.Document{ReceiptID: &r.id}}
	lines := queries.ReceiptLineInsertParams{TenantID: tx.TenantID, ReceiptID: r.id, PurchaseOrderID: r.orderID}
	for i, a := range r.arrivals {
		lineID, err := tx.NextID(ctx)
		if err != nil {
			return nil, err
		}
		lotID, exists := r.lotIDs[a.lot()]
		if !exists {
			if lotID, err = tx.NextID(ctx); err != nil {
				return nil, err
			}
			r.lotIDs[a.lot()] = lotID
			op.NewLots = append(op.NewLots, ledger.NewLot{LotID: lotID, ItemID: a.item.ItemID, WeightUnit: a.item.WeightUnit, Lot: r.lots[a.lot()]})
		}
		addLine(&lines, lineID, i, a)
		op.Movements = append(op.Movements, ledger.Movement{
			Field: a.path, LotID: lotID, Quantity: a.quantity, Weight: a.weight, From: ledger.Place{LocationID: ledger.Supplier, Code: "supplier"},
			To: ledger.Place{LocationID: a.location.LocationID, Code: a.location.Code}, Day: a.day, ReceiptLineID: lineID, Entered: a.entered,
		})
	}
	q := queries.New(tx.Queued(nil))
	if err := q.ReceiptLineInsert(ctx, lines); err != nil {
		return nil, err
	}
	if len(r.variances) > 0 {
		if err := q.ReceiptVarianceInsert(ctx, r.varianceRows(tx.TenantID)); err != nil {
			return nil, err
		}
	}
	return ledger.Post(ctx, tx, r.locked, op)
}

// addLine appends a line as one value a column.
func addLine(lines *queries.ReceiptLineInsertParams, lineID int64, i int, a *arrival) {
	var amount, currency, unit string
	if a.cost != nil {
		amount, currency, unit = a.cost.amount.String(), a.cost.currency, a.cost.unit
	}
	lines.ReceiptLineIds = append(lines.ReceiptLineIds, lineID)
	lines.LineNumbers = append(lines.LineNumbers, int32(i+1))
	lines.OrderLineNumbers = append(lines.OrderLineNumbers, a.orderLine)
	lines.UnitCosts = append(lines.UnitCosts, amount)
	lines.CostCurrencies = append(lines.CostCurrencies, currency)
	lines.CostUnits = append(lines.CostUnits, unit)
	lines.TemperaturesCelsius = append(lines.TemperaturesCelsius, text(a.temperature))
	lines.AddedToExisting = append(lines.AddedToExisting, a.addToExisting)
}

// text is "" for nil.
func text(x *qty.Decimal) string {
	if x == nil {
		return ""
	}
	return x.String()
}

func (r *receipt) varianceRows(tenantID int64) queries.ReceiptVarianceInsertParams {
	rows := queries.ReceiptVarianceInsertParams{TenantID: tenantID, ReceiptID: r.id}
	for _, v := range r.variances {
		rows.OrderLineNumbers = append(rows.OrderLineNumbers, v.orderLine)
		rows.OrderedQuantities = append(rows.OrderedQuantities, v.ordered)
		rows.ReceivedQuantities = append(rows.ReceivedQuantities, v.received)
	}
	return rows
}
