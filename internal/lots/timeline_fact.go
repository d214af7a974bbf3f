package lots

import (
	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/queries"
)

func timelineLot(lot queries.TimelineGetLotRow) *lottrailv1.LotKey {
	return &lottrailv1.LotKey{Sku: lot.SKU, LotCode: lot.LotCode}
}

// movedFact tells what came in and what went out by the locations: whatever kind of
// movement it is, and also where its quantity is below zero.
func movedFact(r queries.TimelineListMovementRow) timelineFact {
	var change stockAmount
	if moved := (stockAmount{r.Quantity, r.Weight}); !ledger.Virtual(r.ToLocationID) {
		change = change.add(moved)
	}
	if moved := (stockAmount{r.Quantity, r.Weight}); !ledger.Virtual(r.FromLocationID) {
		change = change.sub(moved)
	}
	return timelineFact{
		timelinePlace: timelinePlace{r.RecordedAt, r.OperationID, timelineMoved, r.MovementID}, operationKind: r.OperationKind, change: change,
		tell: func(lot queries.TimelineGetLotRow, entry *lottrailv1.TimelineEntry) {
			entry.Fact = &lottrailv1.TimelineEntry_Movement{Movement: &lottrailv1.Movement{
				Kind:             pbtype.MovementKind(r.Kind),
				Lot:              timelineLot(lot),
				Quantity:         pbtype.Quantity(r.Quantity, lot.BaseUnit),
				Entered:          pbtype.Quantity(r.EnteredQuantity, r.EnteredUnit),
				Weight:           pbtype.Weight(r.Weight, lot.WeightUnit),
				FromLocationCode: r.FromCode,
				ToLocationCode:   r.ToCode,
				OccurredAt:       entry.OccurredAt,
				RecordedAt:       entry.RecordedAt,
				Principal:        entry.Principal,
				Document:         ledger.DocumentName(entry.ReceiptCode, entry.ShipmentCode, entry.ProductionOrderCode, entry.RunCode, entry.CountCode),
				Reason:           entry.Reason,
				ReasonCode:       entry.ReasonCode,
				ApprovedBy:       entry.ApprovedBy,
				BackDated:        entry.BackDated,
			}}
		},
	}
}

func recalledFact(r queries.TimelineListRecallStepRow) timelineFact {
	return timelineFact{timelinePlace: timelinePlace{r.RecordedAt, r.OperationID, timelineRecalled, r.RecallID}, operationKind: r.OperationKind}
}

func holdFact(stage timelineStage, action lottrailv1.HoldAction) func(queries.TimelineListPlacedRow) timelineFact {
	return func(r queries.TimelineListPlacedRow) timelineFact {
		return timelineFact{
			timelinePlace: timelinePlace{r.RecordedAt, r.OperationID, stage, r.Number}, operationKind: r.OperationKind,
			tell: func(lot queries.TimelineGetLotRow, entry *lottrailv1.TimelineEntry) {
				entry.Fact = &lottrailv1.TimelineEntry_Hold{Hold: &lottrailv1.HoldFact{
					Lot: timelineLot(lot), Number: int32(r.Number), Action: action, //nolint:gosec // an integer in its table
					Reason: r.Reason, CaseNumber: pbtype.Text(r.CaseNumber), LocationCode: pbtype.Text(r.LocationCode), ReasonCode: pbtype.HoldReason(r.ReasonCode),
				}}
			},
		}
	}
}

func datedFact(r queries.TimelineListDateChangeRow) timelineFact {
	return timelineFact{
		timelinePlace: timelinePlace{r.RecordedAt, r.OperationID, timelineDated, r.Number}, operationKind: r.OperationKind,
		tell: func(lot queries.TimelineGetLotRow, entry *lottrailv1.TimelineEntry) {
			entry.Fact = &lottrailv1.TimelineEntry_DateChange{DateChange: &lottrailv1.DateFact{
				Lot: timelineLot(lot), Number: int32(r.Number), //nolint:gosec // an integer in its table
				Before:          pbtype.LotDates(r.OldProductionDate, r.OldBestBeforeDate, r.OldExpiryDate, r.OldRemovalDate),
				After:           pbtype.LotDates(r.NewProductionDate, r.NewBestBeforeDate, r.NewExpiryDate, r.NewRemovalDate),
				RetestReference: r.RetestReference,
			}}
		},
	}
}

func alertedFact(r queries.TimelineListExpiryAlertRow) timelineFact {
	return timelineFact{
		timelinePlace: timelinePlace{r.RecordedAt, r.OperationID, timelineAlerted, r.Round}, operationKind: r.OperationKind,
		tell: func(lot queries.TimelineGetLotRow, entry *lottrailv1.TimelineEntry) {
			entry.Fact = &lottrailv1.TimelineEntry_ExpiryAlert{ExpiryAlert: &lottrailv1.ExpiryFact{Lot: timelineLot(lot), LastDay: civil.Format(&r.LastDay)}}
		},
	}
}

func reservedFact(r queries.TimelineListReservationRow) timelineFact {
	return timelineFact{
		timelinePlace: timelinePlace{r.RecordedAt, r.OperationID, timelineReserved, r.Place}, operationKind: r.OperationKind,
		tell: func(lot queries.TimelineGetLotRow, entry *lottrailv1.TimelineEntry) {
			entry.Fact = &lottrailv1.TimelineEntry_Reservation{Reservation: &lottrailv1.ReservationFact{
				Lot: timelineLot(lot), Number: r.Number, LocationCode: r.LocationCode, SalesOrderCode: r.OrderCode, SalesOrderLineNumber: r.OrderLineNumber,
				Change: pbtype.Quantity(r.Quantity, lot.BaseUnit), ExpiresAt: timestamppb.New(r.ExpiresAt),
			}}
		},
	}
}
