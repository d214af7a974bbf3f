package lots

import (
	"context"
	"slices"

	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/queries"
)

// timelineEntries are a page's steps with the operations that they were part of.
func (s *snapshot) timelineEntries(ctx context.Context, lot queries.TimelineGetLotRow, steps []timelineStep) ([]*lottrailv1.TimelineEntry, error) {
	if len(steps) == 0 {
		return nil, nil
	}
	var ids []int64
	for _, step := range steps {
		ids = append(ids, step.OperationID)
	}
	slices.Sort(ids)
	rows, err := s.TimelineListOperation(ctx, queries.TimelineListOperationParams{TenantID: s.tenantID, OperationIds: slices.Compact(ids)})
	if err != nil {
		return nil, err
	}
	operations := make(map[int64]*queries.TimelineListOperationRow, len(rows))
	for i := range rows {
		operations[rows[i].OperationID] = &rows[i]
	}
	entries := make([]*lottrailv1.TimelineEntry, len(steps))
	for i, step := range steps {
		entries[i] = toTimelineEntry(lot, step, operations[step.OperationID])
	}
	return entries, nil
}

// timelineActions are what the stages of holds do.
var timelineActions = map[timelineStage]lottrailv1.HoldAction{
	timelinePlaced:   lottrailv1.HoldAction_HOLD_ACTION_PLACED,
	timelineReleased: lottrailv1.HoldAction_HOLD_ACTION_RELEASED,
	timelineKept:     lottrailv1.HoldAction_HOLD_ACTION_KEPT,
}

func toTimelineEntry(lot queries.TimelineGetLotRow, step timelineStep, op *queries.TimelineListOperationRow) *lottrailv1.TimelineEntry {
	entry := &lottrailv1.TimelineEntry{
		Kind:                operationKind(op.Kind),
		OccurredAt:          timestamppb.New(op.OccurredAt),
		RecordedAt:          timestamppb.New(op.RecordedAt),
		BackDated:           backDated(op.OccurredAt, op.RecordedAt),
		Principal:           op.Principal,
		Reason:              op.Reason,
		OnHandBefore:        pbtype.Quantity(step.before, lot.BaseUnit),
		OnHandAfter:         pbtype.Quantity(step.after, lot.BaseUnit),
		ReceiptCode:         op.ReceiptCode,
		PurchaseOrderCode:   op.PurchaseOrderCode,
		ProductionOrderCode: op.ProductionOrderCode,
		RunCode:             op.RunCode,
		ShipmentCode:        op.ShipmentCode,
		SalesOrderCode:      op.SalesOrderCode,
		PartyCode:           op.PartyCode,
		CaseNumber:          op.CaseNumber,
	}
	key := &lottrailv1.LotKey{Sku: lot.SKU, LotCode: lot.LotCode}
	switch {
	case step.movement != nil:
		entry.Fact = &lottrailv1.TimelineEntry_Movement{Movement: toTimelineMovement(key, lot.BaseUnit, step.movement, entry, op)}
	case step.hold != nil:
		entry.Fact = &lottrailv1.TimelineEntry_Hold{Hold: &lottrailv1.HoldFact{
			Lot: key, Number: int32(step.hold.Number), Action: timelineActions[step.Stage], //nolint:gosec // an integer in its table
			Reason: step.hold.Reason, CaseNumber: pbtype.Text(step.hold.CaseNumber),
		}}
	}
	return entry
}

func toTimelineMovement(key *lottrailv1.LotKey, baseUnit string, r *queries.TimelineListMovementRow, of *lottrailv1.TimelineEntry, op *queries.TimelineListOperationRow) *lottrailv1.Movement {
	return &lottrailv1.Movement{
		Kind:             pbtype.MovementKind(r.Kind),
		Lot:              key,
		Quantity:         pbtype.Quantity(r.Quantity, baseUnit),
		Entered:          pbtype.Quantity(r.EnteredQuantity, r.EnteredUnit),
		FromLocationCode: r.FromCode,
		ToLocationCode:   r.ToCode,
		OccurredAt:       of.OccurredAt,
		RecordedAt:       of.RecordedAt,
		Principal:        of.Principal,
		Document:         timelineDocument(of),
		Reason:           of.Reason,
		ReasonCode:       pbtype.AdjustmentReason(op.ReasonCode),
		ApprovedBy:       op.ApprovedBy,
	}
}

func timelineDocument(of *lottrailv1.TimelineEntry) string {
	switch {
	case of.ReceiptCode != "":
		return of.ReceiptCode
	case of.ShipmentCode != "":
		return of.ShipmentCode
	case of.RunCode != "":
		return of.ProductionOrderCode + "/" + of.RunCode
	}
	return ""
}
