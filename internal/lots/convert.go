package lots

import (
	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/queries"
)

func toLot(r queries.LotGetRow) *lottrailv1.Lot {
	return &lottrailv1.Lot{
		Sku:                 r.SKU,
		LotCode:             r.LotCode,
		ItemName:            r.ItemName,
		Inferred:            r.Inferred,
		SupplierCode:        pbtype.Text(r.SupplierCode),
		SupplierLotCode:     r.SupplierLotCode,
		ProductionOrderCode: pbtype.Text(r.ProductionOrderCode),
		RunCode:             pbtype.Text(r.RunCode),
		ProductionDate:      civil.Format(r.ProductionDate),
		ExpiryDate:          civil.Format(r.ExpiryDate),
		ActiveHoldCount:     r.HoldCount,
		OnHand:              pbtype.Quantity(r.OnHand, r.BaseUnit),
		CreatedAt:           timestamppb.New(r.CreatedAt),
		BestBeforeDate:      civil.Format(r.BestBeforeDate),
		Weight:              pbtype.Weight(r.Weight, r.WeightUnit),
		RemovalDate:         civil.Format(r.RemovalDate),
	}
}

func toHolds(rows []queries.HoldListRow) []*lottrailv1.Hold {
	holds := make([]*lottrailv1.Hold, 0, len(rows))
	for _, r := range rows {
		holds = append(holds, &lottrailv1.Hold{
			Number: r.Number, Reason: r.Reason, CaseNumber: pbtype.Text(r.CaseNumber), PlacedBy: r.PlacedBy, PlacedAt: timestamppb.New(r.PlacedAt),
			Active: r.ReleasedAt == nil, ReleaseReason: pbtype.Text(r.ReleaseReason), ReleasedBy: pbtype.Text(r.ReleasedBy), ReleasedAt: pbtype.Time(r.ReleasedAt),
			LocationCode: pbtype.Text(r.LocationCode), ReasonCode: pbtype.HoldReason(r.ReasonCode), Until: pbtype.Time(r.Until),
		})
	}
	return holds
}

func toMovements(rows []queries.LotListMovementRow) []*lottrailv1.Movement {
	movements := make([]*lottrailv1.Movement, 0, len(rows))
	for _, r := range rows {
		movements = append(movements, &lottrailv1.Movement{
			Kind:             pbtype.MovementKind(r.Kind),
			Lot:              &lottrailv1.LotKey{Sku: r.SKU, LotCode: r.LotCode},
			Quantity:         pbtype.Quantity(r.Quantity, r.BaseUnit),
			Entered:          pbtype.Quantity(r.EnteredQuantity, r.EnteredUnit),
			Weight:           pbtype.Weight(r.Weight, r.WeightUnit),
			FromLocationCode: r.FromCode,
			ToLocationCode:   r.ToCode,
			OccurredAt:       timestamppb.New(r.OccurredAt),
			RecordedAt:       timestamppb.New(r.RecordedAt),
			Principal:        r.Principal,
			Document:         document(r),
			Reason:           r.Reason,
			ReasonCode:       pbtype.AdjustmentReason(r.ReasonCode),
			ApprovedBy:       r.ApprovedBy,
			BackDated:        civil.BackDated(r.OccurredAt, r.RecordedAt),
		})
	}
	return movements
}

func document(r queries.LotListMovementRow) string {
	return documentOf(pbtype.Text(r.ReceiptCode), pbtype.Text(r.ShipmentCode), pbtype.Text(r.ProductionOrderCode), pbtype.Text(r.RunCode), r.CountCode)
}

// documentOf is how a movement names its document.
func documentOf(receipt, shipment, productionOrder, run, count string) string {
	switch {
	case receipt != "":
		return receipt
	case shipment != "":
		return shipment
	case run != "":
		return productionOrder + "/" + run
	}
	return count
}
