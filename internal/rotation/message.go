package rotation

import (
	"context"
	"time"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/draw"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/queries"
)

// Message is what was judged of a taking, as Read will read it; nil if nothing was.
func (judged Judged) Message(i int, t *draw.Taking) *lottrailv1.Rotation {
	j := judged[i]
	if j == nil {
		return nil
	}
	message := &lottrailv1.Rotation{InRotation: j.InRotation, Reason: j.Reason}
	for _, s := range j.Passed {
		message.Earlier = append(message.Earlier, &lottrailv1.EarlierLot{
			Lot: &lottrailv1.LotKey{Sku: t.Item.SKU, LotCode: s.LotCode}, LastDay: s.LastDay.Format(time.DateOnly),
			LocationCode: s.LocationCode, Quantity: pbtype.Quantity(s.Quantity, t.Item.BaseUnit),
		})
	}
	return message
}

// Read reads what was judged of movements, by their ids. Those that were not judged are
// missing.
func Read(ctx context.Context, db queries.DBTX, tenantID int64, movementIDs []int64) (map[int64]*lottrailv1.Rotation, error) {
	q := queries.New(db)
	rows, err := q.RotationListOfMovements(ctx, queries.RotationListOfMovementsParams{TenantID: tenantID, MovementIds: movementIDs})
	if err != nil {
		return nil, err
	}
	messages := make(map[int64]*lottrailv1.Rotation, len(rows))
	var out []int64
	for _, r := range rows {
		messages[r.MovementID] = &lottrailv1.Rotation{InRotation: r.InRotation, Reason: r.Reason}
		if !r.InRotation {
			out = append(out, r.MovementID)
		}
	}
	if len(out) == 0 {
		return messages, nil
	}
	passed, err := q.RotationPassedListOfMovements(ctx, queries.RotationPassedListOfMovementsParams{TenantID: tenantID, MovementIds: out})
	for _, p := range passed {
		message := messages[p.MovementID]
		message.Earlier = append(message.Earlier, &lottrailv1.EarlierLot{
			Lot: &lottrailv1.LotKey{Sku: p.SKU, LotCode: p.LotCode}, LastDay: p.LastDay.Format(time.DateOnly),
			LocationCode: p.LocationCode, Quantity: pbtype.Quantity(p.Quantity, p.BaseUnit),
		})
	}
	return messages, err
}
