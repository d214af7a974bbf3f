package trace

import (
	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/attribution"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/qty"
)

// toAttributions adds what is attributed to a part.
func toAttributions(p *lineage.Part, part *lottrailv1.TracePart) {
	for i := range p.LotAttributions {
		part.LotAttributions = append(part.LotAttributions, toLotAttribution(&p.LotAttributions[i]))
	}
	for _, r := range p.RunAttributions {
		run := &lottrailv1.TraceRunAttribution{
			RunRef: r.RunRef, Direction: toWay(r.Direction), Through: toFigure(r.Through, r.Unit),
			Division: divisions[r.Basis], Assumed: r.Assumed,
		}
		if r.Open && r.Direction == lineage.Forward {
			run.InProcess = toFigureOrNone(r.Kept, r.Unit)
		} else {
			run.Lost = toFigureOrNone(r.Kept, r.Unit)
		}
		part.RunAttributions = append(part.RunAttributions, run)
	}
	for _, s := range p.ShipmentAttributions {
		part.ShipmentAttributions = append(part.ShipmentAttributions, &lottrailv1.TraceShipmentAttribution{
			LotRef: s.LotRef, ShipmentCode: s.ShipmentCode, SalesOrderCode: s.SalesOrderCode, SalesOrderLineNumber: s.OrderLineNumber,
			CustomerCode: s.CustomerCode, Figure: toFigure(s.Figure, s.Unit), Shipped: pbtype.Quantity(s.Gone, s.Unit),
			Returned: pbtype.Quantity(s.Returned, s.Unit), Assumed: s.Assumed,
		})
	}
	for _, c := range p.CustomerAttributions {
		part.CustomerAttributions = append(part.CustomerAttributions, &lottrailv1.TraceCustomerAttribution{
			CustomerCode: c.CustomerCode, CustomerName: c.CustomerName, Figure: toFigure(c.Figure, c.Unit), Assumed: c.Assumed,
		})
	}
	for _, r := range p.ReceiptAttributions {
		part.ReceiptAttributions = append(part.ReceiptAttributions, &lottrailv1.TraceReceiptAttribution{
			LotRef: r.LotRef, ReceiptCode: r.ReceiptCode, PurchaseOrderCode: r.PurchaseOrderCode, PurchaseOrderLineNumber: r.OrderLineNumber,
			SupplierCode: r.SupplierCode, Figure: toFigure(r.Figure, r.Unit), Assumed: r.Assumed,
		})
	}
}

var divisions = map[attribution.Basis]lottrailv1.TraceDivision{
	attribution.Stated:   lottrailv1.TraceDivision_TRACE_DIVISION_STATED,
	attribution.Measured: lottrailv1.TraceDivision_TRACE_DIVISION_MEASURED,
	attribution.Evenly:   lottrailv1.TraceDivision_TRACE_DIVISION_EVENLY,
}

func toWay(d lineage.Direction) lottrailv1.TraceAttributionDirection {
	if d == lineage.Backward {
		return lottrailv1.TraceAttributionDirection_TRACE_ATTRIBUTION_DIRECTION_BACKWARD
	}
	return lottrailv1.TraceAttributionDirection_TRACE_ATTRIBUTION_DIRECTION_FORWARD
}

func toLotAttribution(l *lineage.LotAttribution) *lottrailv1.TraceLotAttribution {
	lot := &lottrailv1.TraceLotAttribution{
		LotRef: l.LotRef, Direction: toWay(l.Direction), Through: toFigure(l.Through, l.Unit),
		LotQuantity: pbtype.Quantity(l.Quantity, l.BaseUnit), OnHand: toFigureOrNone(l.OnHand, l.Unit),
		Consumed: toFigureOrNone(l.Consumed, l.Unit), Scrapped: toFigureOrNone(l.Scrapped, l.Unit),
		Adjusted: toFigureOrNone(l.Adjusted, l.Unit), Found: toFigureOrNone(l.Found, l.Unit), Assumed: l.Assumed,
	}
	for _, s := range l.Stocks[:min(len(l.Stocks), maxStocks)] {
		lot.Stocks = append(lot.Stocks, &lottrailv1.TraceStockAttribution{LocationCode: s.LocationCode, Figure: toFigure(s.Figure, l.Unit)})
	}
	return lot
}

func toFigure(f attribution.Figure, unit string) *lottrailv1.TraceFigure {
	return &lottrailv1.TraceFigure{Quantity: pbtype.Quantity(f.Value, unit), Least: f.Least.String(), Most: f.Most.String()}
}

func toFigureOrNone(f attribution.Figure, unit string) *lottrailv1.TraceFigure {
	if f.IsZero() {
		return nil
	}
	return toFigure(f, unit)
}

// toTotals leaves out what is nothing, but not what came in.
func toTotals(t *lineage.AttributionTotals) *lottrailv1.TraceAttributionTotals {
	if t.Refusal != "" {
		return &lottrailv1.TraceAttributionTotals{Direction: toWay(t.Direction), Unit: t.Unit, Refusal: t.Refusal}
	}
	text := func(x qty.Decimal) string {
		if x.IsZero() {
			return ""
		}
		return x.String()
	}
	return &lottrailv1.TraceAttributionTotals{
		Direction: toWay(t.Direction), Unit: t.Unit, CameIn: t.Seeded.String(), OnHand: text(t.OnHand), InProcess: text(t.InProcess),
		Shipped: text(t.Shipped), Returned: text(t.Returned), Scrapped: text(t.Scrapped), Adjusted: text(t.Adjusted), Lost: text(t.Lost),
		Received: text(t.Received), Found: text(t.Found), Unexplained: text(t.Unexplained), Beyond: text(t.Beyond), Back: text(t.Back),
		Balanced: t.Balanced(), Assumed: t.Assumed, Unsettled: !t.Settled,
	}
}
