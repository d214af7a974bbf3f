package trace

import (
	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/lineage"
)

func toOutOfTime(o lineage.OutOfTime) *lottrailv1.TraceOutOfTime {
	switch {
	case o.Receipt > 0:
		return &lottrailv1.TraceOutOfTime{Node: &lottrailv1.TraceOutOfTime_ReceiptNumber{ReceiptNumber: o.Receipt}}
	case o.Shipment > 0:
		return &lottrailv1.TraceOutOfTime{Node: &lottrailv1.TraceOutOfTime_ShipmentNumber{ShipmentNumber: o.Shipment}}
	}
	return &lottrailv1.TraceOutOfTime{Node: &lottrailv1.TraceOutOfTime_Ref{Ref: o.Ref}}
}

// toOutOfTimeCounts is nil where everything is in time.
func toOutOfTimeCounts(c lineage.OutOfTimeCounts) *lottrailv1.TraceOutOfTimeCounts {
	if c == (lineage.OutOfTimeCounts{}) {
		return nil
	}
	return &lottrailv1.TraceOutOfTimeCounts{LotCount: c.Lots, RunCount: c.Runs, ReceiptCount: c.Receipts, ShipmentCount: c.Shipments}
}
