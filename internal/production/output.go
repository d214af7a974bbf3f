package production

import (
	"context"
	"time"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/command"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/mark"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/resolve"
	"github.com/lottrail/lottrail/internal/shelflife"
)

// RecordOutputs implements lottrailv1.ProductionServiceServer.
func (s *Service) RecordOutputs(ctx context.Context, req *lottrailv1.RecordOutputsRequest) (*lottrailv1.RecordOutputsResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.RecordOutputsResponse, error) {
		producedAt, err := s.window.Occurred("produced_at", pbtype.Told(req.GetProducedAt()), time.Now())
		if err != nil {
			return nil, err
		}
		run := queueRunLock(tx, req.GetProductionOrderCode(), req.GetRunCode())
		recalls := mark.QueueOfRun(tx, req.GetProductionOrderCode(), req.GetRunCode())
		lines, locked, ids, err := resolveOutputs(ctx, tx, req, producedAt)
		if err != nil {
			return nil, err
		}
		if err := checkShares(ctx, tx, run, lines); err != nil {
			return nil, err
		}
		if err := nameLots(ctx, tx, req.GetLines(), lines); err != nil {
			return nil, err
		}
		op := &ledger.Operation{Kind: ledger.KindOutput, OccurredAt: producedAt, Document: ledger.Document{RunID: &run.RunID}}
		if err := addOutputs(ctx, tx, op, lines, locked, ids); err != nil {
			return nil, err
		}
		if err := bearHeld(op, locked, *recalls); err != nil {
			return nil, err
		}
		posted, err := ledger.Post(ctx, tx, locked, op)
		if err != nil {
			return nil, err
		}
		resp := &lottrailv1.RecordOutputsResponse{}
		recorded := pbtype.Recorded{Tx: tx, Op: op, Posted: posted, Document: req.GetProductionOrderCode() + "/" + req.GetRunCode()}
		for i, l := range lines {
			resp.Movements = append(resp.Movements, recorded.Movement(op.Movements[i], l.item.SKU, l.lotCode, l.item.BaseUnit, l.item.WeightUnit))
		}
		return resp, nil
	})
}

// output is a line with its keys resolved.
type output struct {
	path     string
	item     *resolve.Item
	lotCode  string
	to       *resolve.Location
	quantity qty.Decimal
	weight   qty.Decimal // 0 if the item is not weighed
	share    qty.Decimal // 0 if none is stated
	entered  ledger.Entered
	dates    shelflife.Dates // as given
	day      time.Time
}

// resolveOutputs reads the lines, and locks those of their lots that exist.
func resolveOutputs(ctx context.Context, tx *pg.Tx, req *lottrailv1.RecordOutputsRequest, at time.Time) ([]output, ledger.Locked, map[resolve.LotName]int64, error) {
	var skus, codes resolve.Keys
	var keys []resolve.LotKey
	outputs := make([]output, len(req.GetLines()))
	for i, l := range req.GetLines() {
		path, lotCode := pbtype.Line(i), l.GetLotCode()
		skus = append(skus, resolve.Key{Path: path + ".sku", Value: l.GetSku()})
		codes = append(codes, resolve.Key{Path: path + ".location_code", Value: l.GetLocationCode()})
		if lotCode == "" {
			// The one inferred lot of the run for this item.
			lotCode = inferredLotCode(req.GetProductionOrderCode(), req.GetRunCode())
		}
		keys = append(keys, resolve.LotKey{Path: path + ".lot_code", SKU: l.GetSku(), LotCode: lotCode})
		outputs[i] = output{path: path, lotCode: lotCode}
	}
	lookup := resolve.NewLookup(tx.TenantID)
	items, locations := lookup.LockItems(skus), lookup.Locations(codes)
	locked, ids := lookup.LockLots(ctx, tx, keys)
	if err := lookup.Do(ctx, tx); err != nil {
		return nil, nil, nil, err
	}
	for i, l := range req.GetLines() {
		o := &outputs[i]
		o.item, o.to = items[l.GetSku()], locations[l.GetLocationCode()]
		if err := o.read(l, at); err != nil {
			return nil, nil, nil, err
		}
	}
	return outputs, locked, ids, nil
}

func (o *output) read(l *lottrailv1.OutputLine, at time.Time) (err error) {
	if err := o.item.CheckNewLotCode(o.path+".lot_code", l.GetLotCode()); err != nil {
		return err
	}
	o.entered.Unit = l.GetQuantity().GetUnit()
	if o.quantity, o.entered.Value, err = o.item.Quantity(o.path+".quantity", l.GetQuantity().GetValue(), l.GetQuantity().GetUnit()); err != nil {
		return err
	}
	if o.weight, err = o.item.NewWeight(o.path+".weight", pbtype.Given(l.GetWeight())); err != nil {
		return err
	}
	if l.GetShare() != "" {
		if o.share, err = qty.Parse(l.GetShare()); err != nil {
			return err // the field's rule has seen that it parses
		}
	}
	if o.dates.Production, err = civil.ParseOptional(o.path+".production_date", l.GetProductionDate()); err != nil {
		return err
	}
	if o.dates.Expiry, err = civil.ParseOptional(o.path+".expiry_date", l.GetExpiryDate()); err != nil {
		return err
	}
	if o.dates.BestBefore, err = civil.ParseOptional(o.path+".best_before_date", l.GetBestBeforeDate()); err != nil {
		return err
	}
	o.dates.Removal, err = civil.ParseOptional(o.path+".removal_date", l.GetRemovalDate())
	o.day = civil.DayOf(at, o.to.Zone)
	return err
}

// addOutputs brings lots that do not exist into being, and adds a movement for each
// line.
func addOutputs(ctx context.Context, tx *pg.Tx, op *ledger.Operation, outputs []output, locked ledger.Locked, ids map[resolve.LotName]int64) error {
	lots := make(map[int64]*ledger.Lot, len(ids))
	for id, lot := range locked {
		lots[id] = &lot.Lot
	}
	for _, o := range outputs {
		name := resolve.LotName{SKU: o.item.SKU, LotCode: o.lotCode}
		lotID, exists := ids[name]
		if err := checkOutput(o.path, o.item, o.quantity, *op.Document.RunID, lots[lotID], o.dates); err != nil {
			return err
		}
		if !exists {
			lot, err := o.newLot(ctx, tx, op.Document.RunID)
			if err != nil {
				return err
			}
			op.NewLots = append(op.NewLots, lot)
			lotID, ids[name], lots[lot.LotID] = lot.LotID, lot.LotID, &lot.Lot
		}
		op.Movements = append(op.Movements, ledger.Movement{
			Field: o.path, LotID: lotID, Quantity: o.quantity, Weight: o.weight, Share: o.share, From: production,
			To: ledger.Place{LocationID: o.to.LocationID, Code: o.to.Code}, Day: o.day, Entered: o.entered,
		})
	}
	return nil
}

func (o *output) newLot(ctx context.Context, tx *pg.Tx, runID *int64) (ledger.NewLot, error) {
	dates := o.dates
	if dates.Production == nil {
		dates.Production = &o.day
	}
	dates, err := shelflife.Complete(o.path, o.item, dates, o.day)
	if err != nil {
		return ledger.NewLot{}, err
	}
	id, err := tx.NextID(ctx)
	return ledger.NewLot{LotID: id, ItemID: o.item.ItemID, WeightUnit: o.item.WeightUnit, Lot: ledger.Lot{
		LotCode: o.lotCode, Inferred: o.item.Tracking == resolve.TrackingNone, RunID: runID,
		ProductionDate: dates.Production, BestBeforeDate: dates.BestBefore, ExpiryDate: dates.Expiry, RemovalDate: dates.Removal,
	}}, err
}
