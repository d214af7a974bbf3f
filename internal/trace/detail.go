package trace

import (
	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/pbtype"
)

var details = map[lottrailv1.TraceDetail]lineage.Detail{
	lottrailv1.TraceDetail_TRACE_DETAIL_UNSPECIFIED: lineage.Everything,
	lottrailv1.TraceDetail_TRACE_DETAIL_SUMMARY:     lineage.SummaryAlone,
	lottrailv1.TraceDetail_TRACE_DETAIL_MOVEMENTS:   lineage.Movements,
}

func toMovement(m *lineage.Movement) *lottrailv1.TraceMovement {
	movement := &lottrailv1.TraceMovement{
		LotRef: m.LotRef, Kind: pbtype.MovementKind(m.Kind), Reversal: m.Reversal, Quantity: pbtype.Quantity(m.Quantity, m.BaseUnit),
		FromLocationCode: m.FromLocationCode, ToLocationCode: m.ToLocationCode,
		OccurredAt: timestamppb.New(m.OccurredAt), RecordedAt: timestamppb.New(m.RecordedAt),
		Document: ledger.DocumentName(m.ReceiptCode, m.ShipmentCode, m.ProductionOrderCode, m.RunCode, m.CountCode),
	}
	if m.Weight != nil {
		movement.Weight = pbtype.Weight(*m.Weight, m.WeightUnit)
	}
	return movement
}

// toOmissions tells what was left out, and why.
func toOmissions(s *lineage.Summary) []*lottrailv1.TraceOmission {
	var omissions []*lottrailv1.TraceOmission
	omit := func(reason lottrailv1.TraceOmissionReason, lots int32) {
		if lots > 0 {
			omissions = append(omissions, &lottrailv1.TraceOmission{Reason: reason, LotCount: lots})
		}
	}
	omit(lottrailv1.TraceOmissionReason_TRACE_OMISSION_REASON_DEPTH, s.StoppedLots)
	if s.OfCategories {
		omit(lottrailv1.TraceOmissionReason_TRACE_OMISSION_REASON_CATEGORIES, s.HiddenLots)
	} else {
		omit(lottrailv1.TraceOmissionReason_TRACE_OMISSION_REASON_ITEMS, s.HiddenLots)
	}
	omit(lottrailv1.TraceOmissionReason_TRACE_OMISSION_REASON_LOCATIONS, s.ElsewhereLots)
	omit(lottrailv1.TraceOmissionReason_TRACE_OMISSION_REASON_WINDOW, s.OutsideLots)
	if s.InTimeOnly && toOutOfTimeCounts(s.OutOfTime) != nil {
		omissions = append(omissions, &lottrailv1.TraceOmission{
			Reason: lottrailv1.TraceOmissionReason_TRACE_OMISSION_REASON_OUT_OF_TIME, LotCount: s.OutOfTime.Lots,
		})
	}
	if s.Untold {
		omit(lottrailv1.TraceOmissionReason_TRACE_OMISSION_REASON_DETAIL, s.Lots)
	}
	return omissions
}
