package lots

import (
	"context"
	"time"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/command"
	"github.com/lottrail/lottrail/internal/draw"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
)

// AdjustLots implements lottrailv1.LotsServiceServer.
func (s *Service) AdjustLots(ctx context.Context, req *lottrailv1.AdjustLotsRequest) (*lottrailv1.AdjustLotsResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.AdjustLotsResponse, error) {
		at, err := s.window.Occurred("adjusted_at", pbtype.Told(req.GetAdjustedAt()), time.Now())
		if err != nil {
			return nil, err
		}
		a := adjustment{
			kind: ledger.KindAdjustment, at: at, reasonCode: pbtype.AdjustmentCode(req.GetReasonCode()),
			justification: req.GetJustification(), approvedBy: req.GetApprovedBy(),
		}
		for i, l := range req.GetLines() {
			line := adjustedLine(i, l)
			line.Found = l.GetDirection() == lottrailv1.AdjustmentDirection_ADJUSTMENT_DIRECTION_FOUND
			a.lines = append(a.lines, line)
		}
		movements, err := a.run(ctx, tx)
		return &lottrailv1.AdjustLotsResponse{Movements: movements}, err
	})
}

// ScrapLots implements lottrailv1.LotsServiceServer.
func (s *Service) ScrapLots(ctx context.Context, req *lottrailv1.ScrapLotsRequest) (*lottrailv1.ScrapLotsResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.ScrapLotsResponse, error) {
		at, err := s.window.Occurred("scrapped_at", pbtype.Told(req.GetScrappedAt()), time.Now())
		if err != nil {
			return nil, err
		}
		a := adjustment{
			kind: ledger.KindScrap, at: at, reasonCode: pbtype.AdjustmentCode(req.GetReasonCode()),
			justification: req.GetJustification(), approvedBy: req.GetApprovedBy(),
		}
		for i, l := range req.GetLines() {
			a.lines = append(a.lines, adjustedLine(i, l))
		}
		movements, err := a.run(ctx, tx)
		return &lottrailv1.ScrapLotsResponse{Movements: movements}, err
	})
}

func adjustedLine(i int, l interface {
	GetSku() string
	GetLotCode() string
	GetLocationCode() string
	GetQuantity() *lottrailv1.Quantity
	GetWeight() *lottrailv1.Quantity
}) draw.Line {
	path := pbtype.Line(i)
	return draw.Line{
		Path: path, LocationPath: path + ".location_code", SKU: l.GetSku(), LotCode: l.GetLotCode(), LocationCode: l.GetLocationCode(),
		Value: l.GetQuantity().GetValue(), Unit: l.GetQuantity().GetUnit(), Weight: pbtype.Given(l.GetWeight()),
	}
}

// adjustment is stock that comes from nowhere or goes there: found, missed, or thrown
// away.
type adjustment struct {
	kind                                  ledger.Kind
	at                                    time.Time
	reasonCode, justification, approvedBy string
	lines                                 []draw.Line
	countID                               *int64 // whose variances it is, if it is one's
	countCode                             string
}

// run posts it.
func (a *adjustment) run(ctx context.Context, tx *pg.Tx) ([]*lottrailv1.Movement, error) {
	if err := a.checkReason(); err != nil {
		return nil, err
	}
	// Held and expired lots too: a hold keeps stock from being used. It does not make it
	// be there, nor is it to keep what is bad in the house.
	takings, locked, err := draw.Draw(ctx, tx, resolve.NewLookup(tx.TenantID), a.lines, draw.ToMove, a.at)
	if err != nil {
		return nil, err
	}
	return a.post(ctx, tx, takings, locked)
}

// post writes the operation, with why and by whose approval. The lots are locked.
func (a *adjustment) post(ctx context.Context, tx *pg.Tx, takings []draw.Taking, locked ledger.Locked) ([]*lottrailv1.Movement, error) {
	if err := a.checkApproval(ctx, tx, takings); err != nil {
		return nil, err
	}
	if err := checkSerials(takings); err != nil {
		return nil, err
	}
	op := &ledger.Operation{Kind: a.kind, OccurredAt: a.at, Reason: a.justification}
	for _, t := range takings {
		op.Movements = append(op.Movements, a.movement(t))
	}
	posted, err := ledger.Post(ctx, tx, locked, op)
	if err != nil {
		return nil, err
	}
	err = queries.New(tx.Queued(nil)).AdjustmentInsert(ctx, queries.AdjustmentInsertParams{
		TenantID: tx.TenantID, OperationID: posted.OperationID, ReasonCode: a.reasonCode, ApprovedBy: a.approvedBy,
		CountID: a.countID,
	})
	if err != nil {
		return nil, err
	}
	recorded := pbtype.Recorded{Tx: tx, Op: op, Posted: posted, Document: a.countCode}
	var movements []*lottrailv1.Movement
	for i, t := range takings {
		m := recorded.Movement(op.Movements[i], t.Item.SKU, t.Lot.LotCode, t.Item.BaseUnit, t.Item.WeightUnit)
		m.ReasonCode, m.ApprovedBy = pbtype.AdjustmentReason(a.reasonCode), a.approvedBy
		movements = append(movements, m)
	}
	return movements, nil
}

func (a *adjustment) movement(t draw.Taking) ledger.Movement {
	outside := ledger.Place{LocationID: ledger.Adjustment, Code: "adjustment"}
	if a.kind == ledger.KindScrap {
		outside = ledger.Place{LocationID: ledger.Scrap, Code: "scrap"}
	}
	m := t.Movement(outside)
	if t.Found {
		m.From, m.To = m.To, m.From
	}
	return m
}

// checkApproval asks what of the items may be adjusted by one alone.
func (a *adjustment) checkApproval(ctx context.Context, tx *pg.Tx, takings []draw.Taking) error {
	sums := sumByItem(takings)
	params := queries.AdjustmentApprovalListParams{TenantID: tx.TenantID}
	for _, sum := range sums {
		params.ItemIds = append(params.ItemIds, sum.item.ItemID)
	}
	rows, err := queries.New(tx).AdjustmentApprovalList(ctx, params)
	if err != nil {
		return err
	}
	most := make(map[int64]qty.Decimal, len(rows))
	for _, r := range rows {
		most[r.ItemID] = r.ApprovalQuantity
	}
	return checkApproved(sums, most, a.approvedBy, tx.Principal)
}
