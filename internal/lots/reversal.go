package lots

import (
	"context"
	"errors"
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

// ReverseOperation implements lottrailv1.LotsServiceServer.
func (s *Service) ReverseOperation(ctx context.Context, req *lottrailv1.ReverseOperationRequest) (*lottrailv1.ReverseOperationResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.ReverseOperationResponse, error) {
		r, err := findReversed(ctx, tx, req)
		if err != nil {
			return nil, err
		}
		locked, err := r.lock(ctx, tx)
		if err != nil {
			return nil, err
		}
		op := &ledger.Operation{
			Kind: ledger.KindReversal, OccurredAt: time.Now(), Reason: req.GetReason(),
			Reverses: &ledger.Reversed{OperationID: r.id, Kind: ledger.Kind(r.row.Kind), RunID: r.row.RunID},
		}
		for _, m := range r.movements {
			op.Movements = append(op.Movements, takeBack(m))
		}
		posted, err := ledger.Post(ctx, tx, locked, op)
		if err != nil {
			return nil, err
		}
		resp := &lottrailv1.ReverseOperationResponse{}
		recorded := pbtype.Recorded{Tx: tx, Op: op, Posted: posted, Document: ledger.DocumentName(r.row.ReceiptCode, r.row.ShipmentCode, r.row.ProductionOrderCode, r.row.RunCode, r.row.CountCode)}
		for _, m := range op.Movements {
			lot := locked[m.LotID]
			movement := recorded.Movement(m, lot.SKU, lot.LotCode, lot.BaseUnit, lot.WeightUnit)
			movement.ReasonCode = pbtype.AdjustmentReason(r.row.ReasonCode)
			resp.Movements = append(resp.Movements, movement)
		}
		return resp, nil
	})
}

// reversed is an operation that is to be taken back.
type reversed struct {
	id        int64
	row       queries.ReversalOperationGetRow
	movements []queries.ReversalListMovementRow
}

// findReversed reads what is to be taken back: it was recorded, and so stays as it is.
func findReversed(ctx context.Context, tx *pg.Tx, req *lottrailv1.ReverseOperationRequest) (*reversed, error) {
	q := queries.New(tx)
	var r reversed
	var err error
	var unknown error
	switch of := req.GetOperation().(type) {
	case *lottrailv1.ReverseOperationRequest_LogIndex:
		r.id, err = q.ReversalOfLog(ctx, queries.ReversalOfLogParams{TenantID: tx.TenantID, LogIndex: of.LogIndex})
		unknown = errs.NotFound("log_index", "UNKNOWN_OPERATION", "the log has no index %d yet; list the log to find what is to be taken back", of.LogIndex)
	case *lottrailv1.ReverseOperationRequest_ReceiptCode:
		r.id, err = q.ReversalOfReceipt(ctx, queries.ReversalOfReceiptParams{TenantID: tx.TenantID, Code: of.ReceiptCode})
		unknown = errs.NotFound("receipt_code", "UNKNOWN_RECEIPT", "there is no receipt %q; list the receipts of its purchase order, or check the code", of.ReceiptCode)
	case *lottrailv1.ReverseOperationRequest_ShipmentCode:
		r.id, err = q.ReversalOfShipment(ctx, queries.ReversalOfShipmentParams{TenantID: tx.TenantID, Code: of.ShipmentCode})
		unknown = errs.NotFound("shipment_code", "UNKNOWN_SHIPMENT", "there is no shipment %q; check the code", of.ShipmentCode)
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, unknown
	}
	if err != nil {
		return nil, err
	}
	if r.row, err = q.ReversalOperationGet(ctx, queries.ReversalOperationGetParams{TenantID: tx.TenantID, OperationID: r.id}); err != nil {
		return nil, err
	}
	if err := checkReversible(ledger.Kind(r.row.Kind)); err != nil {
		return nil, err
	}
	r.movements, err = q.ReversalListMovement(ctx, queries.ReversalListMovementParams{TenantID: tx.TenantID, OperationID: r.id})
	return &r, err
}

// lock locks document, run and lots, in this order, and sees whether all that was
// moved is still there to be taken back, or the run may be reopened.
func (r *reversed) lock(ctx context.Context, tx *pg.Tx) (ledger.Locked, error) {
	if code := r.row.PurchaseOrderCode; code != "" {
		tx.Queue(queries.PurchaseOrderLock, tx.TenantID, code)
	}
	if code := r.row.SalesOrderCode; code != "" {
		tx.Queue(queries.SalesOrderLock, tx.TenantID, code)
	}
	if id := r.row.RunID; id != nil {
		tx.Queue(queries.RecallRunLock, tx.TenantID, []int64{*id})
	}
	var lotIDs []int64
	for _, m := range r.movements {
		lotIDs = append(lotIDs, m.LotID)
	}
	locked, err := ledger.Lock(ctx, tx, lotIDs)
	if err != nil {
		return nil, err
	}
	done, err := queries.New(tx).ReversalGet(ctx, queries.ReversalGetParams{TenantID: tx.TenantID, OperationID: &r.id})
	if err == nil {
		return nil, errs.Precondition("", "ALREADY_REVERSED", "it was taken back by %s at %s: %s; record what really happened, if that is not recorded yet",
			done.Principal, done.RecordedAt.UTC().Format(time.RFC3339), done.Reason)
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return nil, err
	}
	if ledger.Kind(r.row.Kind) == ledger.KindRunFinish {
		return locked, r.reopen(ctx, tx)
	}
	if short := findShort(r.movements, locked); short != nil {
		return nil, r.refuseUsed(ctx, tx, short, locked[short.LotID])
	}
	return locked, checkHeldThere(r.movements, locked)
}

// reopen has a run, which is locked, take and give again. Its edges are its movements,
// and stay.
func (r *reversed) reopen(ctx context.Context, tx *pg.Tx) error {
	q := queries.New(tx)
	recalls, err := q.ReversalListRecallOfRun(ctx, queries.ReversalListRecallOfRunParams{TenantID: tx.TenantID, RunID: *r.row.RunID})
	if err != nil {
		return err
	}
	if err := checkReopen(r.row.ProductionOrderCode, r.row.RunCode, recalls); err != nil {
		return err
	}
	return queries.New(tx.Queued(nil)).RunReopen(ctx, queries.RunReopenParams{TenantID: tx.TenantID, RunID: *r.row.RunID})
}

// maxUses is how many uses a refusal lists.
const maxUses = 5

// refuseUsed lists what has taken of a quantity since.
func (r *reversed) refuseUsed(ctx context.Context, tx *pg.Tx, m *queries.ReversalListMovementRow, lot *ledger.LockedLot) error {
	uses, err := queries.New(tx).ReversalListUse(ctx, queries.ReversalListUseParams{
		TenantID: tx.TenantID, LotID: m.LotID, LocationID: m.ToLocationID, RecordedAt: r.row.RecordedAt, RowLimit: maxUses + 1,
	})
	if err != nil {
		return err
	}
	brought, left := stockAmount{m.Quantity, m.Weight}, stockAmount{lot.OnHand[m.ToLocationID], lot.Weights[m.ToLocationID]}
	return errs.Precondition("", "OPERATION_IN_USE", "it brought %s of lot %q of item %q to %q, where %s are left: %s; take those back first, the latest first",
		describeAmount(brought, lot), lot.LotCode, lot.SKU, m.ToCode, describeAmount(left, lot), describeUses(uses, lot.BaseUnit))
}

// takeBack is the movement that takes m back.
func takeBack(m queries.ReversalListMovementRow) ledger.Movement {
	return ledger.Movement{
		LotID: m.LotID, Quantity: qty.Decimal{}.Sub(m.Quantity), Weight: m.Weight.Neg(), Share: m.Share.Neg(),
		From: ledger.Place{LocationID: m.FromLocationID, Code: m.FromCode}, To: ledger.Place{LocationID: m.ToLocationID, Code: m.ToCode},
		ReceiptLineID: m.ReceiptLineID, ShipmentLineID: m.ShipmentLineID,
		Entered: ledger.Entered{Value: qty.Decimal{}.Sub(m.EnteredQuantity), Unit: m.EnteredUnit},
		Takes:   &ledger.Taken{MovementID: m.MovementID, Kind: ledger.Kind(m.Kind)},
	}
}
