package pbtype

import (
	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/queries"
)

// Lot is a lot as it is stored.
func Lot(r queries.LotGetRow) *lottrailv1.Lot {
	return &lottrailv1.Lot{
		Sku:                 r.SKU,
		LotCode:             r.LotCode,
		ItemName:            r.ItemName,
		Inferred:            r.Inferred,
		SupplierCode:        Text(r.SupplierCode),
		SupplierLotCode:     r.SupplierLotCode,
		ProductionOrderCode: Text(r.ProductionOrderCode),
		RunCode:             Text(r.RunCode),
		ProductionDate:      civil.Format(r.ProductionDate),
		ExpiryDate:          civil.Format(r.ExpiryDate),
		ActiveHoldCount:     r.HoldCount,
		OnHand:              Quantity(r.OnHand, r.BaseUnit),
		CreatedAt:           timestamppb.New(r.CreatedAt),
		BestBeforeDate:      civil.Format(r.BestBeforeDate),
		Weight:              Weight(r.Weight, r.WeightUnit),
		RemovalDate:         civil.Format(r.RemovalDate),
	}
}

// Holds are holds of a lot.
func Holds(rows []queries.HoldListRow) []*lottrailv1.Hold {
	holds := make([]*lottrailv1.Hold, 0, len(rows))
	for _, r := range rows {
		holds = append(holds, &lottrailv1.Hold{
			Number: r.Number, Reason: r.Reason, CaseNumber: Text(r.CaseNumber), PlacedBy: r.PlacedBy, PlacedAt: timestamppb.New(r.PlacedAt),
			Active: r.ReleasedAt == nil, ReleaseReason: Text(r.ReleaseReason), ReleasedBy: Text(r.ReleasedBy), ReleasedAt: Time(r.ReleasedAt),
			LocationCode: Text(r.LocationCode), ReasonCode: HoldReason(r.ReasonCode), Until: Time(r.Until),
		})
	}
	return holds
}

// Movements are movements of a lot.
func Movements(rows []queries.LotListMovementRow) []*lottrailv1.Movement {
	movements := make([]*lottrailv1.Movement, 0, len(rows))
	for _, r := range rows {
		movements = append(movements, &lottrailv1.Movement{
			Kind:             MovementKind(r.Kind),
			Lot:              &lottrailv1.LotKey{Sku: r.SKU, LotCode: r.LotCode},
			Quantity:         Quantity(r.Quantity, r.BaseUnit),
			Entered:          Quantity(r.EnteredQuantity, r.EnteredUnit),
			Weight:           Weight(r.Weight, r.WeightUnit),
			FromLocationCode: r.FromCode,
			ToLocationCode:   r.ToCode,
			OccurredAt:       timestamppb.New(r.OccurredAt),
			RecordedAt:       timestamppb.New(r.RecordedAt),
			Principal:        r.Principal,
			Document:         document(r),
			Reason:           r.Reason,
			ReasonCode:       AdjustmentReason(r.ReasonCode),
			ApprovedBy:       r.ApprovedBy,
			BackDated:        civil.BackDated(r.OccurredAt, r.RecordedAt),
		})
	}
	return movements
}

func document(r queries.LotListMovementRow) string {
	return ledger.DocumentName(Text(r.ReceiptCode), Text(r.ShipmentCode), Text(r.ProductionOrderCode), Text(r.RunCode), r.CountCode)
}
