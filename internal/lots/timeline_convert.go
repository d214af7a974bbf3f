package lots

import (
	"context"
	"slices"

	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/civil"
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
		if entries[i], err = toTimelineEntry(lot, step, operations[step.OperationID]); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

func toTimelineEntry(lot queries.TimelineGetLotRow, step timelineStep, op *queries.TimelineListOperationRow) (*lottrailv1.TimelineEntry, error) {
	entry := &lottrailv1.TimelineEntry{
		Kind:                operationKind(op.Kind),
		OccurredAt:          timestamppb.New(op.OccurredAt),
		RecordedAt:          timestamppb.New(op.RecordedAt),
		BackDated:           civil.BackDated(op.OccurredAt, op.RecordedAt),
		Principal:           op.Principal,
		Reason:              op.Reason,
		OnHandBefore:        pbtype.Quantity(step.before.quantity, lot.BaseUnit),
		OnHandAfter:         pbtype.Quantity(step.after.quantity, lot.BaseUnit),
		WeightBefore:        pbtype.Weight(step.before.weight, lot.WeightUnit),
		WeightAfter:         pbtype.Weight(step.after.weight, lot.WeightUnit),
		ReceiptCode:         op.ReceiptCode,
		PurchaseOrderCode:   op.PurchaseOrderCode,
		ProductionOrderCode: op.ProductionOrderCode,
		RunCode:             op.RunCode,
		ShipmentCode:        op.ShipmentCode,
		SalesOrderCode:      op.SalesOrderCode,
		PartyCode:           op.PartyCode,
		CaseNumber:          op.CaseNumber,
		LogIndex:            op.LogIndex,
		ReversedLogIndex:    op.ReversedLogIndex,
		ReasonCode:          pbtype.AdjustmentReason(op.ReasonCode),
		ApprovedBy:          op.ApprovedBy,
		CountCode:           op.CountCode,
		MovePurpose:         pbtype.MovePurpose(op.MovePurpose),
	}
	var err error
	if len(op.DocumentReferences) > 0 {
		if entry.References, err = pbtype.References(op.DocumentReferences); err != nil {
			return nil, err
		}
	}
	if step.tell != nil {
		step.tell(lot, entry)
	}
	return entry, nil
}
