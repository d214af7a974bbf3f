package lots

import (
	"context"
	"time"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/command"
	"github.com/lottrail/lottrail/internal/draw"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
)

// MoveLots implements lottrailv1.LotsServiceServer.
func (s *Service) MoveLots(ctx context.Context, req *lottrailv1.MoveLotsRequest) (*lottrailv1.MoveLotsResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.MoveLotsResponse, error) {
		movedAt, err := s.window.Occurred("moved_at", pbtype.Told(req.GetMovedAt()), time.Now())
		if err != nil {
			return nil, err
		}
		lookup := resolve.NewLookup(tx.TenantID)
		targets, err := moveTargets(lookup, req.GetLines())
		if err != nil {
			return nil, err
		}
		if err := queueOrderLines(lookup, req.GetLines()); err != nil {
			return nil, err
		}
		takings, locked, err := draw.Draw(ctx, tx, lookup, moveLines(req.GetLines()), draw.ToMove, movedAt)
		if err != nil {
			return nil, err
		}
		op := &ledger.Operation{Kind: ledger.KindTransfer, OccurredAt: movedAt, Reason: req.GetReason()}
		for _, t := range takings {
			to := targets[req.GetLines()[t.Line].GetToLocationCode()]
			op.Movements = append(op.Movements, t.Movement(ledger.Place{LocationID: to.LocationID, Code: to.Code}))
		}
		op.Holds = carriedHolds(op.Movements, locked)
		posted, err := ledger.Post(ctx, tx, locked, op)
		if err != nil {
			return nil, err
		}
		if err := queueTransfer(ctx, tx, posted.OperationID, req); err != nil {
			return nil, err
		}
		resp := &lottrailv1.MoveLotsResponse{}
		recorded := pbtype.Recorded{Tx: tx, Op: op, Posted: posted}
		for i, t := range takings {
			resp.Movements = append(resp.Movements, recorded.Movement(op.Movements[i], t.Item.SKU, t.Lot.LotCode, t.Item.BaseUnit, t.Item.WeightUnit))
		}
		return resp, nil
	})
}

// queueTransfer keeps what a move was for, if anybody said.
func queueTransfer(ctx context.Context, tx *pg.Tx, operationID int64, req *lottrailv1.MoveLotsRequest) error {
	if req.GetPurpose() == lottrailv1.MovePurpose_MOVE_PURPOSE_UNSPECIFIED && len(req.GetReferences()) == 0 {
		return nil
	}
	references, err := pbtype.StoreReferences(req.GetReferences())
	if err != nil {
		return err
	}
	return queries.New(tx.Queued(nil)).TransferInsert(ctx, queries.TransferInsertParams{
		TenantID: tx.TenantID, OperationID: operationID, Purpose: pbtype.MovePurposeName(req.GetPurpose()), DocumentReferences: references,
	})
}

// moveTargets looks up where to, which is known once lookup has asked.
func moveTargets(lookup *resolve.Lookup, lines []*lottrailv1.MoveLine) (map[string]*resolve.Location, error) {
	var codes resolve.Keys
	for i, l := range lines {
		path := pbtype.Line(i) + ".to_location_code"
		if l.GetToLocationCode() == l.GetFromLocationCode() {
			return nil, errs.Invalid(path, "SAME_LOCATION", "%q is where it was; name another location to move it to", l.GetToLocationCode())
		}
		codes = append(codes, resolve.Key{Path: path, Value: l.GetToLocationCode()})
	}
	return lookup.Locations(codes), nil
}

// queueOrderLines looks up the lines of orders that something is moved for.
func queueOrderLines(lookup *resolve.Lookup, lines []*lottrailv1.MoveLine) error {
	var keys []resolve.OrderLineKey
	for i, l := range lines {
		switch path := pbtype.Line(i); {
		case l.GetSalesOrderCode() == "" && l.GetSalesOrderLineNumber() != 0:
			return errs.Invalid(path+".sales_order_line_number", "ORDER_REQUIRED", "line %d of which order? give sales_order_code, or leave the line number out", l.GetSalesOrderLineNumber())
		case l.GetSalesOrderCode() != "" && l.GetSalesOrderLineNumber() == 0:
			return errs.Invalid(path+".sales_order_line_number", "ORDER_LINE_REQUIRED", "for which line of sales order %q? give its number, or leave the order out", l.GetSalesOrderCode())
		case l.GetSalesOrderCode() != "":
			keys = append(keys, resolve.OrderLineKey{Path: path, OrderCode: l.GetSalesOrderCode(), Number: l.GetSalesOrderLineNumber(), SKU: l.GetSku()})
		}
	}
	if len(keys) > 0 {
		lookup.OrderLines(keys)
	}
	return nil
}

func moveLines(lines []*lottrailv1.MoveLine) []draw.Line {
	drawn := make([]draw.Line, len(lines))
	for i, l := range lines {
		path := pbtype.Line(i)
		drawn[i] = draw.Line{
			Path: path, LocationPath: path + ".from_location_code", SKU: l.GetSku(), LotCode: l.GetLotCode(), LocationCode: l.GetFromLocationCode(),
			Value: l.GetQuantity().GetValue(), Unit: l.GetQuantity().GetUnit(), Weight: pbtype.Given(l.GetWeight()),
			For: ledger.OrderLine{OrderCode: l.GetSalesOrderCode(), Number: l.GetSalesOrderLineNumber()},
		}
	}
	return drawn
}
