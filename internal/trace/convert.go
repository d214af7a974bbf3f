package trace

import (
	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/knownat"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/pbtype"
)

func toPart(p *lineage.Part) *lottrailv1.TracePart {
	part := &lottrailv1.TracePart{
		Lots: make([]*lottrailv1.TraceLot, 0, len(p.Lots)), Runs: make([]*lottrailv1.TraceRun, 0, len(p.Runs)),
		Edges: make([]*lottrailv1.TraceEdge, 0, len(p.Edges)), Receipts: make([]*lottrailv1.TraceReceipt, 0, len(p.Receipts)),
		Shipments: make([]*lottrailv1.TraceShipment, 0, len(p.Shipments)),
	}
	for i := range p.Lots {
		part.Lots = append(part.Lots, toLot(&p.Lots[i]))
	}
	for i := range p.Runs {
		part.Runs = append(part.Runs, toRun(&p.Runs[i]))
	}
	for i := range p.Edges {
		part.Edges = append(part.Edges, toEdge(&p.Edges[i]))
	}
	for i := range p.Receipts {
		part.Receipts = append(part.Receipts, toReceipt(&p.Receipts[i]))
	}
	for i := range p.Shipments {
		part.Shipments = append(part.Shipments, toShipment(&p.Shipments[i]))
	}
	for _, o := range p.OutOfTime {
		part.OutOfTime = append(part.OutOfTime, toOutOfTime(o))
	}
	for i := range p.Movements {
		part.Movements = append(part.Movements, toMovement(&p.Movements[i]))
	}
	toAttributions(p, part)
	if p.Summary != nil {
		part.Summary = toSummary(p.Summary)
	}
	return part
}

func toDirection(d lineage.Direction) lottrailv1.TraceDirection {
	switch d {
	case lineage.Backward:
		return lottrailv1.TraceDirection_TRACE_DIRECTION_BACKWARD
	case lineage.Sibling:
		return lottrailv1.TraceDirection_TRACE_DIRECTION_SIBLING
	}
	return lottrailv1.TraceDirection_TRACE_DIRECTION_FORWARD
}

// maxStocks bounds the locations that come with a lot.
const maxStocks = 1000

func toLot(l *lineage.Lot) *lottrailv1.TraceLot {
	lot := &lottrailv1.TraceLot{
		Ref: l.Ref, Lot: &lottrailv1.LotKey{Sku: l.SKU, LotCode: l.LotCode}, ItemName: l.ItemName,
		Depth: l.Depth, Direction: toDirection(l.Direction), Inferred: l.Inferred,
		SupplierLotCode: l.SupplierLotCode, ExpiryDate: civil.Format(l.ExpiryDate),
		ActiveHoldCount: l.HoldCount, OnHand: pbtype.Quantity(l.OnHand(), l.BaseUnit),
	}
	if l.WeightUnit != "" {
		lot.Weight = pbtype.Weight(l.Weight(), l.WeightUnit)
	}
	stocks := l.Stocks
	if len(stocks) > maxStocks {
		stocks, lot.StocksTruncated = stocks[:maxStocks], true
	}
	for _, s := range stocks {
		lot.Stocks = append(lot.Stocks, &lottrailv1.Stock{
			LocationCode: s.LocationCode, OnHand: pbtype.Quantity(s.OnHand, l.BaseUnit),
		})
		if s.Weight != nil {
			lot.Stocks[len(lot.Stocks)-1].Weight = pbtype.Weight(*s.Weight, l.WeightUnit)
		}
	}
	return lot
}

func toRun(r *lineage.Run) *lottrailv1.TraceRun {
	return &lottrailv1.TraceRun{
		Ref: r.Ref, ProductionOrderCode: r.ProductionOrderCode, RunCode: r.RunCode, Depth: r.Depth,
		Direction: toDirection(r.Direction), StartedAt: timestamppb.New(r.StartedAt), FinishedAt: pbtype.Time(r.FinishedAt),
	}
}

func toEdge(e *lineage.Edge) *lottrailv1.TraceEdge {
	kind := lottrailv1.TraceEdgeKind_TRACE_EDGE_KIND_CONSUMPTION
	if e.Kind == lineage.Output {
		kind = lottrailv1.TraceEdgeKind_TRACE_EDGE_KIND_OUTPUT
	}
	return &lottrailv1.TraceEdge{
		Kind: kind, LotRef: e.LotRef, RunRef: e.RunRef, Quantity: pbtype.Quantity(e.Quantity, e.BaseUnit),
		FirstAt: timestamppb.New(e.FirstAt), LastAt: timestamppb.New(e.LastAt),
	}
}

func toReceipt(r *lineage.Receipt) *lottrailv1.TraceReceipt {
	return &lottrailv1.TraceReceipt{
		LotRef: r.LotRef, ReceiptCode: r.ReceiptCode, PurchaseOrderCode: r.PurchaseOrderCode,
		PurchaseOrderLineNumber: r.OrderLineNumber, SupplierCode: r.SupplierCode, SupplierName: r.SupplierName,
		Quantity: pbtype.Quantity(r.Quantity, r.BaseUnit), ReceivedAt: timestamppb.New(r.ReceivedAt),
	}
}

func toShipment(s *lineage.Shipment) *lottrailv1.TraceShipment {
	return &lottrailv1.TraceShipment{
		LotRef: s.LotRef, ShipmentCode: s.ShipmentCode, SalesOrderCode: s.SalesOrderCode,
		SalesOrderLineNumber: s.OrderLineNumber, CustomerCode: s.CustomerCode, CustomerName: s.CustomerName,
		CustomerContact: s.CustomerContact, Quantity: pbtype.Quantity(s.Quantity, s.BaseUnit),
		ShippedAt: timestamppb.New(s.ShippedAt), DeliveryDate: civil.Format(s.DeliveryDate),
	}
}

func toSummary(s *lineage.Summary) *lottrailv1.TraceSummary {
	summary := &lottrailv1.TraceSummary{
		Complete: s.Complete(), LotCount: s.Lots, RunCount: s.Runs, OpenRunCount: s.OpenRuns, EdgeCount: s.Edges,
		ReceiptCount: s.Receipts, ShipmentCount: s.Shipments, CustomerCount: s.Customers, SupplierCount: s.Suppliers,
		MovementCount: s.Movements, SiblingLotCount: s.Siblings, MaxDepth: s.MaxDepth, ReadAt: timestamppb.New(s.ReadAt), Statement: s.Statement,
		LogPosition: knownat.ToPosition(s.Log.Index, s.Log.SealedAt, s.Log.Unlogged), OutOfTime: toOutOfTimeCounts(s.OutOfTime),
		AsOf: pbtype.Time(s.AsOf),
	}
	for i := range s.Attributions {
		summary.Attributions = append(summary.Attributions, toTotals(&s.Attributions[i]))
	}
	summary.Omissions = toOmissions(s)
	return summary
}
