package lineage

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/attribution"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/queries"
)

// attributing finds how much of the seeds is in what one pass met: all of it, whatever a
// filter hides.
type attributing struct {
	*walk
	pass      *pass
	history   *attribution.History
	items     map[int64]*attribution.Item
	itemOf    map[int64]int64 // by lot
	runs      map[int64]bool  // whether they are in process
	unit      string
	movements int
	leave     func() // gives back the room for more than a few; nil without it
	customers map[int64]*customerFigure
}

// attribute sends it, and notes the totals.
func (w *walk) attribute(ctx context.Context, p *pass) error {
	a := &attributing{
		walk: w, pass: p, history: attribution.NewHistory(p.direction == Backward),
		items: map[int64]*attribution.Item{}, itemOf: map[int64]int64{}, runs: map[int64]bool{}, customers: map[int64]*customerFigure{},
	}
	defer a.giveBack()
	totals := AttributionTotals{Direction: p.direction, Unit: p.seedUnit}
	a.unit = p.seedUnit
	err := a.feed(ctx)
	switch {
	case errors.Is(err, attribution.ErrTooLarge):
		totals.Refusal = "the quantities have more than 21 digits in all"
	case errors.Is(err, errTooMany):
		totals.Refusal = fmt.Sprintf("there are more than %d movements", w.query.movements())
	case err != nil:
		return err
	default:
		if err := a.history.Attribute(ctx); err != nil {
			return err
		}
		totals.Totals = a.history.Totals()
		if err := a.send(ctx); err != nil {
			return err
		}
	}
	w.summary.Attributions = append(w.summary.Attributions, totals)
	return nil
}

var errTooMany = errors.New("lineage: too many movements to be attributed")

// unitOf is the unit of a lot that was sent.
func (s *sender) unitOf(lotID int64) string { return s.units.text(s.lots.get(lotID).unit) }

// feed tells the history all that happened to the lots and runs of the pass.
func (a *attributing) feed(ctx context.Context) error {
	for chunk := range slices.Chunk(a.pass.runs.all(), a.query.chunk()) {
		if err := a.feedRuns(ctx, chunk); err != nil {
			return err
		}
	}
	seeds := map[int64]bool{}
	for _, id := range a.pass.seeds {
		seeds[id] = true
	}
	for chunk := range slices.Chunk(a.pass.lots.all(), a.query.chunk()) {
		var rows []queries.LineageFeedListByLotRow
		batch := &pgx.Batch{}
		queue(batch, &rows, a.texts.feedByLot, a.arguments(chunk))
		if err := a.meetItems(ctx, batch, chunk); err != nil {
			return err
		}
		if err := a.grow(ctx, len(rows)); err != nil {
			return err
		}
		of := map[int64][]attribution.Movement{}
		for _, row := range stands(rows) {
			of[row.LotID] = append(of[row.LotID], toMovement(&row))
		}
		for _, id := range chunk {
			if err := a.history.Lot(id, a.items[a.itemOf[id]], seeds[id], of[id]); err != nil {
				return err
			}
		}
	}
	return nil
}

// feedRuns tells of runs; of those in process also what they consumed of lots that are
// not in the pass, for that says how much of it is still in them.
func (a *attributing) feedRuns(ctx context.Context, ids []int64) error {
	var rows []queries.LineageRunListRow
	batch := &pgx.Batch{}
	queue(batch, &rows, a.texts.runs, a.arguments(ids))
	if err := a.tx.SendBatch(ctx, batch).Close(); err != nil {
		return err
	}
	var open []int64
	for _, row := range rows {
		a.runs[row.RunID] = row.FinishedAt == nil
		a.history.Run(row.RunID, row.FinishedAt == nil)
		if row.FinishedAt == nil && a.pass.direction == Forward {
			open = append(open, row.RunID)
		}
	}
	if len(open) == 0 {
		return nil
	}
	var inputs []queries.LineageFeedListByLotRow
	batch = &pgx.Batch{}
	queue(batch, &inputs, a.texts.feedByRun, a.arguments(open))
	if err := a.tx.SendBatch(ctx, batch).Close(); err != nil {
		return err
	}
	if err := a.grow(ctx, len(inputs)); err != nil {
		return err
	}
	inputs = slices.DeleteFunc(stands(inputs), func(row queries.LineageFeedListByLotRow) bool { return a.pass.lots.has(row.LotID) })
	var lots []int64
	for i := range inputs {
		lots = append(lots, inputs[i].LotID)
	}
	if err := a.meetItems(ctx, &pgx.Batch{}, lots); err != nil {
		return err
	}
	for i := range inputs {
		m := toMovement(&inputs[i])
		a.history.Input(m.RunID, attribution.NewInput(&m, a.items[a.itemOf[inputs[i].LotID]]))
	}
	return nil
}

// meetItems reads what lots are measured in, together with a batch.
func (a *attributing) meetItems(ctx context.Context, batch *pgx.Batch, lots []int64) error {
	var rows []queries.LineageLotItemListRow
	queue(batch, &rows, queries.LineageLotItemList, []any{a.tenantID, lots})
	if err := a.tx.SendBatch(ctx, batch).Close(); err != nil {
		return err
	}
	var fresh []int64
	for _, row := range rows {
		a.itemOf[row.LotID] = row.ItemID
		if a.items[row.ItemID] == nil {
			a.items[row.ItemID] = &attribution.Item{ID: row.ItemID, BaseUnit: row.BaseUnit, WeightUnit: row.WeightUnit, Units: map[string]qty.Ratio{}}
			fresh = append(fresh, row.ItemID)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	units, err := queries.New(a.tx).LineageItemUnitList(ctx, queries.LineageItemUnitListParams{TenantID: a.tenantID, ItemIds: fresh})
	for _, row := range units {
		a.items[row.ItemID].Units[row.Unit] = qty.Ratio{Numerator: row.Numerator, Denominator: row.Denominator}
	}
	return err
}

// stands are the movements that were not reversed, without the reversals.
func stands(rows []queries.LineageFeedListByLotRow) []queries.LineageFeedListByLotRow {
	reversed := map[int64]bool{}
	for i := range rows {
		if by := rows[i].ReversesMovementID; by != nil {
			reversed[*by] = true
		}
	}
	return slices.DeleteFunc(rows, func(row queries.LineageFeedListByLotRow) bool {
		return row.ReversesMovementID != nil || reversed[row.MovementID]
	})
}

func toMovement(row *queries.LineageFeedListByLotRow) attribution.Movement {
	kinds := map[string][2]attribution.Kind{ // going out, coming in
		"receipt":     {1: attribution.Receipt},
		"output":      {1: attribution.Output},
		"consumption": {attribution.Consumption},
		"shipment":    {attribution.Shipment, attribution.Return},
		"scrap":       {attribution.Scrap},
		"adjustment":  {attribution.Loss, attribution.Gain},
	}
	kind := kinds[row.Kind][0]
	if row.ComesIn {
		kind = kinds[row.Kind][1]
	}
	return attribution.Movement{
		Kind: kind, Quantity: row.Quantity, At: row.OccurredAt, Recorded: row.RecordedAt, ID: row.MovementID,
		RunID: row.RunID, LineID: row.LineID, Weight: row.Weight, Share: row.Share,
	}
}
