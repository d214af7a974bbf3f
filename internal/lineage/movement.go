package lineage

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/queries"
)

// Movement is a movement of a lot.
type Movement struct {
	LotRef   int32
	Kind     string
	Quantity qty.Decimal
	BaseUnit string
	// Weight is nil if the item is not weighed.
	Weight                       *qty.Decimal
	WeightUnit                   string
	FromLocationCode             string
	ToLocationCode               string
	OccurredAt                   time.Time
	RecordedAt                   time.Time
	Reversal                     bool
	ReceiptCode, ShipmentCode    string
	ProductionOrderCode, RunCode string
	CountCode                    string
}

// movedLots is of how many lots movements are read at once.
const movedLots = 200

// each is how many movements of each of several lots are read at once: a lot may have very
// many, and is gone on with by itself.
func (q *Query) each() int { return max(1, q.chunk()/40) }

// sendMovements sends all movements of lots that were sent just now, if they are asked for.
func (w *walk) sendMovements(ctx context.Context, lots []Lot) error {
	if w.query.Detail != Movements {
		return nil
	}
	shown := map[int64]*Lot{}
	var ids []int64
	for i := range lots {
		if w.lots.has(lots[i].LotID, sent) {
			shown[lots[i].LotID] = &lots[i]
			ids = append(ids, lots[i].LotID)
		}
	}
	for some := range slices.Chunk(ids, movedLots) {
		rows, err := w.movementsOf(ctx, some, w.query.each(), nil)
		if err != nil {
			return err
		}
		read := 0 // of the same lot
		for i := range rows {
			lot := shown[rows[i].LotID]
			if err := w.sendMovement(&rows[i], lot); err != nil {
				return err
			}
			if read++; i+1 < len(rows) && rows[i+1].LotID == lot.LotID {
				continue
			}
			if read == w.query.each() {
				if err := w.sendMoreMovements(ctx, lot, &rows[i]); err != nil {
					return err
				}
			}
			read = 0
		}
	}
	return nil
}

// sendMoreMovements sends those of a lot behind one of them.
func (w *walk) sendMoreMovements(ctx context.Context, lot *Lot, last *queries.LineageMovementListRow) error {
	for {
		rows, err := w.movementsOf(ctx, []int64{lot.LotID}, w.query.chunk(), last)
		if err != nil {
			return err
		}
		for i := range rows {
			if err := w.sendMovement(&rows[i], lot); err != nil {
				return err
			}
		}
		if len(rows) < w.query.chunk() {
			return nil
		}
		last = &rows[len(rows)-1]
	}
}

// movementsOf reads so many movements of each lot, behind one if it is not nil.
func (r *reader) movementsOf(ctx context.Context, lotIDs []int64, most int, last *queries.LineageMovementListRow) ([]queries.LineageMovementListRow, error) {
	if last == nil {
		last = &queries.LineageMovementListRow{}
	}
	arguments := append([]any{lotIDs, r.tenantID}, r.seen...)
	var rows []queries.LineageMovementListRow
	batch := &pgx.Batch{}
	queue(batch, &rows, queries.LineageMovementList, append(arguments, last.RecordedAt, last.OperationID, last.MovementID, most))
	return rows, r.tx.SendBatch(ctx, batch).Close()
}

func (s *sender) sendMovement(row *queries.LineageMovementListRow, lot *Lot) error {
	s.summary.Movements++
	s.part.Movements = append(s.part.Movements, Movement{
		LotRef: lot.Ref, Kind: row.Kind, Quantity: row.Quantity, BaseUnit: lot.BaseUnit, Weight: row.Weight, WeightUnit: lot.WeightUnit,
		FromLocationCode: row.FromCode, ToLocationCode: row.ToCode, OccurredAt: row.OccurredAt, RecordedAt: row.RecordedAt, Reversal: row.Reversal,
		ReceiptCode: row.ReceiptCode, ShipmentCode: row.ShipmentCode, ProductionOrderCode: row.ProductionOrderCode, RunCode: row.RunCode, CountCode: row.CountCode,
	})
	return s.weigh(1)
}
