package oplog

import (
	"context"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/rotation"
)

// addRotation has movements that were out of rotation tell so. Most of the log has none,
// and then it asks for nothing.
func (s *Service) addRotation(ctx context.Context, tenantID int64, found map[int64][]fact) error {
	var out []int64
	for _, facts := range found {
		for _, f := range facts {
			if f.movement != nil && f.movement.OutOfRotation {
				out = append(out, f.movement.MovementID)
			}
		}
	}
	if len(out) == 0 {
		return nil
	}
	judged, err := rotation.Read(ctx, s.db, tenantID, out)
	if err != nil {
		return err
	}
	for _, facts := range found {
		for i := range facts {
			m := facts[i].movement
			if m == nil || judged[m.MovementID] == nil {
				continue
			}
			facts[i].rotation = &lottrailv1.RotationFact{
				Lot: &lottrailv1.LotKey{Sku: m.SKU, LotCode: m.LotCode}, LocationCode: m.FromCode, Quantity: pbtype.Quantity(m.Quantity, m.BaseUnit),
				Reason: judged[m.MovementID].Reason, Earlier: judged[m.MovementID].Earlier,
			}
		}
	}
	return nil
}
