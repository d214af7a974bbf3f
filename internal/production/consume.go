package production

import (
	"context"
	"time"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/command"
	"github.com/lottrail/lottrail/internal/draw"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/resolve"
	"github.com/lottrail/lottrail/internal/rotation"
)

// production is the outside world that consumption goes to and output comes
// from; the movement's run says which run it was.
var production = ledger.Place{LocationID: ledger.Production, Code: "production"}

// ConsumeLots implements lottrailv1.ProductionServiceServer.
func (s *Service) ConsumeLots(ctx context.Context, req *lottrailv1.ConsumeLotsRequest) (*lottrailv1.ConsumeLotsResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.ConsumeLotsResponse, error) {
		consumedAt, err := s.window.Occurred("consumed_at", pbtype.Told(req.GetConsumedAt()), time.Now())
		if err != nil {
			return nil, err
		}
		run := queueRunLock(tx, req.GetProductionOrderCode(), req.GetRunCode())
		lookup := resolve.NewLookup(tx.TenantID)
		look := rotation.Queue(lookup, tx.TenantID, req.GetLines(), false, consumedAt)
		takings, locked, err := draw.Draw(ctx, tx, lookup, consumptionLines(req.GetLines()), draw.ToUse, consumedAt)
		if err != nil {
			return nil, err
		}
		op := &ledger.Operation{Kind: ledger.KindConsumption, OccurredAt: consumedAt, Document: ledger.Document{RunID: &run.RunID}}
		for _, t := range takings {
			op.Movements = append(op.Movements, t.Movement(production))
		}
		if err := ledger.Validate(op, locked); err != nil { // what may not be taken at all is in no rotation
			return nil, err
		}
		judged, err := rotation.Judge(ctx, tx, look, req.GetLines(), takings)
		if err != nil {
			return nil, err
		}
		posted, err := ledger.Post(ctx, tx, locked, op)
		if err != nil {
			return nil, err
		}
		if err := rotation.Record(ctx, tx, judged, posted.MovementIDs); err != nil {
			return nil, err
		}
		resp := &lottrailv1.ConsumeLotsResponse{}
		recorded := pbtype.Recorded{Tx: tx, Op: op, Posted: posted, Document: req.GetProductionOrderCode() + "/" + req.GetRunCode()}
		for i, t := range takings {
			resp.Movements = append(resp.Movements, recorded.Movement(op.Movements[i], t.Item.SKU, t.Lot.LotCode, t.Item.BaseUnit, t.Item.WeightUnit))
		}
		return resp, nil
	})
}

func consumptionLines(lines []*lottrailv1.ConsumptionLine) []draw.Line {
	drawn := make([]draw.Line, len(lines))
	for i, l := range lines {
		path := pbtype.Line(i)
		drawn[i] = draw.Line{
			Path: path, LocationPath: path + ".location_code", SKU: l.GetSku(), LotCode: l.GetLotCode(), LocationCode: l.GetLocationCode(),
			Value: l.GetQuantity().GetValue(), Unit: l.GetQuantity().GetUnit(), Weight: pbtype.Given(l.GetWeight()),
		}
	}
	return drawn
}
