package lots

import (
	"cmp"
	"context"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/command"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
)

// maxHeld is how many lots are held at once; a recall holds any number.
const maxHeld = 1000

// HoldLots implements lottrailv1.LotsServiceServer.
func (s *Service) HoldLots(ctx context.Context, req *lottrailv1.HoldLotsRequest) (*lottrailv1.HoldLotsResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.HoldLotsResponse, error) {
		placed := ledger.HoldChange{Reason: req.GetReason(), Code: pbtype.HoldCode(req.GetReasonCode()), Until: pbtype.Told(req.GetUntil())}
		if err := checkUntil(placed.Until, time.Now()); err != nil {
			return nil, err
		}
		if err := checkHoldCode(placed.Code); err != nil {
			return nil, err
		}
		ids, locked, err := lockScope(ctx, tx, req)
		if err != nil {
			return nil, err
		}
		op := &ledger.Operation{Kind: ledger.KindHold, OccurredAt: time.Now(), Reason: req.GetReason()}
		for _, id := range ids {
			placed.LotID = id
			op.Holds = append(op.Holds, placed)
		}
		posted, err := ledger.Post(ctx, tx, locked, op)
		if err != nil {
			return nil, err
		}
		resp := &lottrailv1.HoldLotsResponse{}
		for i, id := range ids {
			resp.Holds = append(resp.Holds, &lottrailv1.LotHold{
				Lot: &lottrailv1.LotKey{Sku: locked[id].SKU, LotCode: locked[id].LotCode},
				Hold: &lottrailv1.Hold{
					Number: posted.HoldNumbers[i], Reason: req.GetReason(), PlacedBy: tx.Principal, PlacedAt: timestamppb.New(posted.RecordedAt), Active: true,
					ReasonCode: req.GetReasonCode(), Until: req.GetUntil(),
				},
			})
		}
		slices.SortFunc(resp.Holds, func(a, b *lottrailv1.LotHold) int {
			return cmp.Or(cmp.Compare(a.Lot.Sku, b.Lot.Sku), cmp.Compare(a.Lot.LotCode, b.Lot.LotCode))
		})
		return resp, nil
	})
}

// lockScope finds the lots that are to be held, and locks them. Which they are is read
// again behind the locks: more may have come while it waited, and what a receipt brought may
// have been taken back.
func lockScope(ctx context.Context, tx *pg.Tx, req *lottrailv1.HoldLotsRequest) (ids []int64, locked ledger.Locked, err error) {
	for {
		found, err := holdScope(ctx, tx, req)
		if err != nil || slices.Equal(found, ids) {
			return found, locked, err
		}
		ids = found
		if locked, err = ledger.Lock(ctx, tx, ids); err != nil {
			return nil, nil, err
		}
	}
}

// holdScope finds the lots that are to be held, of which there is at least one.
func holdScope(ctx context.Context, tx *pg.Tx, req *lottrailv1.HoldLotsRequest) ([]int64, error) {
	var ids []int64
	var err error
	var none error
	switch of := req.GetScope().(type) {
	case *lottrailv1.HoldLotsRequest_SupplierLot:
		ids, err = lotsOfSupplier(ctx, tx, of.SupplierLot)
		none = errs.NotFound("supplier_lot.supplier_lot_code", "UNKNOWN_SUPPLIER_LOT", "nothing was received from %q under its lot code %q; check the code as the supplier writes it",
			of.SupplierLot.GetSupplierCode(), of.SupplierLot.GetSupplierLotCode())
	case *lottrailv1.HoldLotsRequest_ReceiptCode:
		ids, err = lotsOfReceipt(ctx, tx, of.ReceiptCode)
		none = errs.Precondition("receipt_code", "RECEIPT_REVERSED", "receipt %q was taken back, and brought nothing", of.ReceiptCode)
	}
	switch {
	case err != nil:
		return nil, err
	case len(ids) == 0:
		return nil, none
	case len(ids) > maxHeld:
		return nil, errs.Precondition("", "TOO_MANY_LOTS", "these are more than %d lots; open a recall on them, which holds any number and what was made of them, too", maxHeld)
	}
	return ids, nil
}

func lotsOfSupplier(ctx context.Context, tx *pg.Tx, of *lottrailv1.SupplierLot) ([]int64, error) {
	supplier, err := resolve.PartyOf(ctx, tx, tx.TenantID, resolve.Key{Path: "supplier_lot.supplier_code", Value: of.GetSupplierCode()}, "supplier")
	if err != nil {
		return nil, err
	}
	rows, err := queries.New(tx).HoldScopeOfSupplierLot(ctx, queries.HoldScopeOfSupplierLotParams{
		TenantID: tx.TenantID, SupplierID: supplier.PartyID, SupplierLotCode: of.GetSupplierLotCode(), RowLimit: maxHeld + 1,
	})
	return rows, err
}

func lotsOfReceipt(ctx context.Context, tx *pg.Tx, code string) ([]int64, error) {
	q := queries.New(tx)
	exists, err := q.HoldReceiptExists(ctx, queries.HoldReceiptExistsParams{TenantID: tx.TenantID, Code: code})
	if err != nil {
		return nil, err
	}
	if !exists {
		return nil, errs.NotFound("receipt_code", "UNKNOWN_RECEIPT", "there is no receipt %q; list the receipts of its purchase order, or check the code", code)
	}
	return q.HoldScopeOfReceipt(ctx, queries.HoldScopeOfReceiptParams{TenantID: tx.TenantID, Code: code, RowLimit: maxHeld + 1})
}
