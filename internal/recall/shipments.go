package recall

import (
	"context"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/page"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

// shipmentKey is where a page of shipments ended.
type shipmentKey struct {
	ShipmentCode string
	LineNumber   int32
	SKU, LotCode string
}

// ListRecallShipments implements lottrailv1.RecallServiceServer.
func (s *Service) ListRecallShipments(ctx context.Context, req *lottrailv1.ListRecallShipmentsRequest) (*lottrailv1.ListRecallShipmentsResponse, error) {
	var after shipmentKey
	if _, err := page.Decode(req, &after); err != nil {
		return nil, err
	}
	tenantID, size := auth.FromContext(ctx).TenantID, page.Size(req.GetPageSize(), defaultPageSize)
	resp := &lottrailv1.ListRecallShipmentsResponse{}
	err := s.read(ctx, func(tx *pg.Snapshot) error {
		c, err := readCase(ctx, tx, tenantID, req.GetCaseNumber())
		if err != nil {
			return err
		}
		sc, err := readScope(ctx, tx, tenantID, c)
		if err != nil {
			return err
		}
		shipments, err := listShipments(ctx, tx, tenantID, sc, after, size+1)
		if err != nil {
			return err
		}
		shipments, more := page.Cut(shipments, size)
		resp.Shipments = shipments
		if more {
			last := shipments[len(shipments)-1]
			resp.NextPageToken, err = page.Encode(req, shipmentKey{
				last.GetShipmentCode(), last.GetLineNumber(), last.GetLot().GetSku(), last.GetLot().GetLotCode(),
			})
		}
		return err
	})
	return resp, err
}

// listShipments reads what of a scope had gone, in the order of shipment, line, sku
// and lot code.
func listShipments(ctx context.Context, db queries.DBTX, tenantID int64, sc scope, after shipmentKey, limit int32) ([]*lottrailv1.RecallShipment, error) {
	rows, err := queries.New(db).RecallShipmentList(ctx, queries.RecallShipmentListParams{
		TenantID: tenantID, LotIds: sc.lots, Until: sc.until(),
		AfterShipmentCode: after.ShipmentCode, AfterLineNumber: after.LineNumber, AfterSKU: after.SKU, AfterLotCode: after.LotCode, RowLimit: limit,
	})
	shipments := make([]*lottrailv1.RecallShipment, len(rows))
	for i := range rows {
		shipments[i] = toShipment(&rows[i])
	}
	return shipments, err
}
