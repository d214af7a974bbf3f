package dispatch

import (
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/draw"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/queries"
)

func toManifest(s queries.ShipmentGetRow, lines []queries.ShipmentListLineRow) (*lottrailv1.Manifest, error) {
	manifest := &lottrailv1.Manifest{
		ShipmentCode:   s.Code,
		SalesOrderCode: pbtype.Text(s.SalesOrderCode),
		CustomerCode:   s.CustomerCode,
		CustomerName:   s.CustomerName,
		CarrierCode:    pbtype.Text(s.CarrierCode),
		ShippedAt:      timestamppb.New(s.ShippedAt),
		DeliveryDate:   civil.Format(s.DeliveryDate),
		RecordedAt:     timestamppb.New(s.RecordedAt),
		BackDated:      civil.BackDated(s.ShippedAt, s.RecordedAt),
		Principal:      s.Principal,
	}
	var err error
	if manifest.References, err = pbtype.References(s.DocumentReferences); err != nil {
		return nil, err
	}
	for _, l := range lines {
		manifest.Lines = append(manifest.Lines, &lottrailv1.ManifestLine{
			SalesOrderLineNumber: l.OrderLineNumber,
			Lot:                  &lottrailv1.LotKey{Sku: l.SKU, LotCode: l.LotCode},
			ItemName:             l.ItemName,
			LocationCode:         l.LocationCode,
			Quantity:             pbtype.Quantity(l.Quantity, l.BaseUnit),
			Entered:              pbtype.Quantity(l.EnteredQuantity, l.EnteredUnit),
			Weight:               pbtype.Weight(l.Weight, l.WeightUnit),
			ExpiryDate:           civil.Format(l.ExpiryDate),
			BestBeforeDate:       civil.Format(l.BestBeforeDate),
			SupplierLotCode:      l.SupplierLotCode,
		})
	}
	return manifest, nil
}

// manifest is that of a shipment just posted, as GetManifest will read it.
func (h *header) manifest(req *lottrailv1.ShipRequest, takings []draw.Taking, principal string, recordedAt time.Time) *lottrailv1.Manifest {
	manifest := &lottrailv1.Manifest{
		ShipmentCode:   req.GetShipmentCode(),
		SalesOrderCode: req.GetSalesOrderCode(),
		CustomerCode:   h.customer.Code,
		CustomerName:   h.customer.Name,
		CarrierCode:    h.carrier.Code,
		ShippedAt:      timestamppb.New(h.row.ShippedAt),
		DeliveryDate:   req.GetDeliveryDate(),
		References:     req.GetReferences(),
		RecordedAt:     timestamppb.New(recordedAt),
		BackDated:      civil.BackDated(h.row.ShippedAt, recordedAt),
		Principal:      principal,
	}
	for _, t := range takings {
		manifest.Lines = append(manifest.Lines, &lottrailv1.ManifestLine{
			SalesOrderLineNumber: req.GetLines()[t.Line].GetSalesOrderLineNumber(),
			Lot:                  &lottrailv1.LotKey{Sku: t.Item.SKU, LotCode: t.Lot.LotCode},
			ItemName:             t.Item.Name,
			LocationCode:         t.From.Code,
			Quantity:             pbtype.Quantity(t.Quantity, t.Item.BaseUnit),
			Entered:              pbtype.Quantity(t.Entered.Value, t.Entered.Unit),
			Weight:               pbtype.Weight(t.Weight, t.Item.WeightUnit),
			ExpiryDate:           civil.Format(t.Lot.ExpiryDate),
			BestBeforeDate:       civil.Format(t.Lot.BestBeforeDate),
			SupplierLotCode:      t.Lot.SupplierLotCode,
		})
	}
	return manifest
}

// toLineStatuses are in the order of the order's lines.
func toLineStatuses(order *lottrailv1.SalesOrder, rows []queries.SalesOrderLineListShippedRow) []*lottrailv1.SalesOrderLineStatus {
	byNumber := make(map[int32]queries.SalesOrderLineListShippedRow, len(rows))
	for _, r := range rows {
		byNumber[r.LineNumber] = r
	}
	statuses := make([]*lottrailv1.SalesOrderLineStatus, 0, len(rows))
	for _, l := range order.GetLines() {
		r := byNumber[l.GetLineNumber()]
		statuses = append(statuses, &lottrailv1.SalesOrderLineStatus{
			LineNumber: r.LineNumber, Ordered: pbtype.Quantity(r.Ordered, r.BaseUnit), Shipped: pbtype.Quantity(r.Shipped, r.BaseUnit),
		})
	}
	return statuses
}
