package oplog

import (
	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/queries"
)

// kinds are the ledger's names for the API's kinds.
var kinds = map[lottrailv1.OperationKind]ledger.Kind{
	lottrailv1.OperationKind_OPERATION_KIND_RECEIPT:           ledger.KindReceipt,
	lottrailv1.OperationKind_OPERATION_KIND_TRANSFER:          ledger.KindTransfer,
	lottrailv1.OperationKind_OPERATION_KIND_CONSUMPTION:       ledger.KindConsumption,
	lottrailv1.OperationKind_OPERATION_KIND_OUTPUT:            ledger.KindOutput,
	lottrailv1.OperationKind_OPERATION_KIND_SHIPMENT:          ledger.KindShipment,
	lottrailv1.OperationKind_OPERATION_KIND_RUN_START:         ledger.KindRunStart,
	lottrailv1.OperationKind_OPERATION_KIND_RUN_FINISH:        ledger.KindRunFinish,
	lottrailv1.OperationKind_OPERATION_KIND_HOLD:              ledger.KindHold,
	lottrailv1.OperationKind_OPERATION_KIND_RELEASE:           ledger.KindRelease,
	lottrailv1.OperationKind_OPERATION_KIND_RECALL_OPEN:       ledger.KindRecallOpen,
	lottrailv1.OperationKind_OPERATION_KIND_RECALL_ACTIVATION: ledger.KindRecallActivation,
	lottrailv1.OperationKind_OPERATION_KIND_RECALL_KEEP:       ledger.KindRecallKeep,
	lottrailv1.OperationKind_OPERATION_KIND_RECALL_CLOSE:      ledger.KindRecallClose,
	lottrailv1.OperationKind_OPERATION_KIND_ADJUSTMENT:        ledger.KindAdjustment,
	lottrailv1.OperationKind_OPERATION_KIND_SCRAP:             ledger.KindScrap,
	lottrailv1.OperationKind_OPERATION_KIND_REVERSAL:          ledger.KindReversal,
	lottrailv1.OperationKind_OPERATION_KIND_DATE_CHANGE:       ledger.KindDateChange,
	lottrailv1.OperationKind_OPERATION_KIND_EXPIRY_ALERT:      ledger.KindExpiryAlert,

	lottrailv1.OperationKind_OPERATION_KIND_RESERVATION:         ledger.KindReservation,
	lottrailv1.OperationKind_OPERATION_KIND_RESERVATION_RELEASE: ledger.KindReservationRelease,
}

// kindsBack is the inverse of kinds.
var kindsBack = func() map[string]lottrailv1.OperationKind {
	back := map[string]lottrailv1.OperationKind{}
	for kind, name := range kinds {
		back[string(name)] = kind
	}
	return back
}()

func fromKinds(asked []lottrailv1.OperationKind) []string {
	names := []string{} // not nil, which would be NULL
	for _, kind := range asked {
		names = append(names, string(kinds[kind]))
	}
	return names
}

// toEntry is an entry without its facts.
func toEntry(r *queries.LogListEntryRow) (*lottrailv1.LogEntry, error) {
	entry := &lottrailv1.LogEntry{
		LogIndex: r.LogIndex,
		SealedAt: timestamppb.New(r.SealedAt),
		Operation: &lottrailv1.Operation{
			Kind:                kindsBack[r.Kind],
			OccurredAt:          timestamppb.New(r.OccurredAt),
			RecordedAt:          timestamppb.New(r.RecordedAt),
			BackDated:           civil.BackDated(r.OccurredAt, r.RecordedAt),
			Principal:           r.Principal,
			RequestId:           r.RequestID,
			Reason:              r.Reason,
			ReceiptCode:         r.ReceiptCode,
			PurchaseOrderCode:   r.PurchaseOrderCode,
			ShipmentCode:        r.ShipmentCode,
			SalesOrderCode:      r.SalesOrderCode,
			PartyCode:           r.PartyCode,
			ProductionOrderCode: r.ProductionOrderCode,
			RunCode:             r.RunCode,
			CaseNumber:          r.CaseNumber,
			ReversedLogIndex:    r.ReversedLogIndex,
			ReasonCode:          pbtype.AdjustmentReason(r.ReasonCode),
			ApprovedBy:          r.ApprovedBy,
			CountCode:           r.CountCode,
			MovePurpose:         pbtype.MovePurpose(r.MovePurpose),
		},
	}
	var err error
	if len(r.DocumentReferences) > 0 {
		entry.Operation.References, err = pbtype.References(r.DocumentReferences)
	}
	return entry, err
}

// toMovement is a movement of an operation, which it is told with.
func toMovement(r *queries.LogListMovementRow, op *lottrailv1.Operation) *lottrailv1.Movement {
	return &lottrailv1.Movement{
		Kind:             pbtype.MovementKind(r.Kind),
		Lot:              &lottrailv1.LotKey{Sku: r.SKU, LotCode: r.LotCode},
		Quantity:         pbtype.Quantity(r.Quantity, r.BaseUnit),
		Weight:           pbtype.Weight(r.Weight, r.WeightUnit),
		Share:            pbtype.Share(r.Share),
		Entered:          pbtype.Quantity(r.EnteredQuantity, r.EnteredUnit),
		FromLocationCode: r.FromCode,
		ToLocationCode:   r.ToCode,
		OccurredAt:       op.OccurredAt,
		RecordedAt:       op.RecordedAt,
		Principal:        op.Principal,
		Document:         document(op),
		Reason:           op.Reason,
		ReasonCode:       op.ReasonCode,
		ApprovedBy:       op.ApprovedBy,
		BackDated:        op.BackDated,
	}
}

func document(op *lottrailv1.Operation) string {
	switch {
	case op.ReceiptCode != "":
		return op.ReceiptCode
	case op.ShipmentCode != "":
		return op.ShipmentCode
	case op.RunCode != "":
		return op.ProductionOrderCode + "/" + op.RunCode
	}
	return op.CountCode
}

func toHold(r *queries.LogListPlacedRow, action lottrailv1.HoldAction) *lottrailv1.HoldFact {
	return &lottrailv1.HoldFact{
		Lot:        &lottrailv1.LotKey{Sku: r.SKU, LotCode: r.LotCode},
		Number:     r.Number,
		Action:     action,
		Reason:     r.Reason,
		CaseNumber: pbtype.Text(r.CaseNumber),

		LocationCode: pbtype.Text(r.LocationCode),
		ReasonCode:   pbtype.HoldReason(r.ReasonCode),
	}
}
