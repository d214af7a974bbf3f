package production

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/page"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/rotation"
)

const defaultConsumptions = 100

// consumptionKey is where a page of consumptions ended.
type consumptionKey struct {
	RecordedAt              time.Time
	OperationID, MovementID int64
}

// ListConsumptions implements lottrailv1.ProductionServiceServer.
func (s *Service) ListConsumptions(ctx context.Context, req *lottrailv1.ListConsumptionsRequest) (*lottrailv1.ListConsumptionsResponse, error) {
	var after consumptionKey
	view, err := consumptionFields.Open(req, &after)
	if err != nil {
		return nil, err
	}
	size := page.Size(req.GetPageSize(), defaultConsumptions)
	resp := &lottrailv1.ListConsumptionsResponse{}
	tenantID := auth.FromContext(ctx).TenantID
	err = s.db.Read(ctx, func(tx *pg.Snapshot) error {
		run, err := findRun(ctx, tx, tenantID, req.GetProductionOrderCode(), req.GetRunCode())
		if err != nil {
			return err
		}
		rows, err := view.Over(tx).RotationMovementListOfRun(ctx, queries.RotationMovementListOfRunParams{
			TenantID: tenantID, RunID: &run.RunID, AfterRecordedAt: after.RecordedAt, AfterOperationID: after.OperationID, AfterMovementID: after.MovementID, RowLimit: size + 1,
		})
		if err != nil {
			return err
		}
		rows, more := page.Cut(rows, size)
		if more {
			last := rows[len(rows)-1]
			if resp.NextPageToken, err = view.Token(req, len(rows)-1, consumptionKey{last.RecordedAt, last.OperationID, last.MovementID}); err != nil {
				return err
			}
		}
		resp.Consumptions, err = toConsumptions(ctx, tx, tenantID, rows)
		return err
	})
	if err != nil {
		return nil, err
	}
	return resp, nil
}

func toConsumptions(ctx context.Context, tx *pg.Snapshot, tenantID int64, rows []queries.RotationMovementListOfRunRow) ([]*lottrailv1.Consumption, error) {
	ids := make([]int64, len(rows))
	for i := range rows {
		ids[i] = rows[i].MovementID
	}
	rotations, err := rotation.Read(ctx, tx, tenantID, ids)
	consumptions := make([]*lottrailv1.Consumption, len(rows))
	for i, r := range rows {
		consumptions[i] = &lottrailv1.Consumption{
			Lot: &lottrailv1.LotKey{Sku: r.SKU, LotCode: r.LotCode}, LocationCode: r.LocationCode,
			Quantity: pbtype.Quantity(r.Quantity, r.BaseUnit), Entered: pbtype.Quantity(r.EnteredQuantity, r.EnteredUnit), Weight: pbtype.Weight(r.Weight, r.WeightUnit),
			OccurredAt: timestamppb.New(r.OccurredAt), RecordedAt: timestamppb.New(r.RecordedAt), Principal: r.Principal,
			Rotation: rotations[r.MovementID],
		}
	}
	return consumptions, err
}
