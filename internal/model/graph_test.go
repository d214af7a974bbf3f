package model_test

import (
	"fmt"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
)

// lotName is a lot as a graph names it, and runName a run.
func (p plant) lotName(lot string) string { return p.sku(lot) + "/" + lot }

func (p plant) runName(run int) string { return p.order() + "#" + p.run(run) }

// graph is what movements made of lots and runs. In a graph, all comes to the
// first location and goes from there: what does not is moved from and to there.
func (p plant) graph(w world) lineagetest.Graph {
	var events []lineagetest.Graph
	for n := 1; n <= 2; n++ {
		events = append(events, lineagetest.Graph{Runs: []lineagetest.Run{{Name: p.runName(n), Open: !w.runs[n]}}})
	}
	for _, m := range w.standing() {
		var g lineagetest.Graph
		run := lineagetest.Run{Name: p.runName(m.Run), Open: !w.runs[m.Run]}
		amount := lineagetest.Amount{Lot: p.lotName(m.Lot), Quantity: int64(m.Quantity)}
		switch m.Kind {
		case receive:
			g.Receipts = []lineagetest.Receipt{{Supplier: apitest.Supplier, Amount: amount}}
		case output:
			run.Out = []lineagetest.Amount{amount}
		case consume:
			run.In = []lineagetest.Amount{amount}
		case ship:
			g.Shipments = []lineagetest.Shipment{{Customer: apitest.Customer, Lines: []lineagetest.Amount{amount}}}
		case adjust, scrap:
			found := amount
			if m.To == "" {
				found.Quantity = -found.Quantity
			}
			g.Adjusted = []lineagetest.Amount{found}
		}
		if m.To == locations[1] {
			g.Moves = []lineagetest.Amount{amount}
		}
		if m.From == locations[1] {
			g.Moves = []lineagetest.Amount{{Lot: amount.Lot, Quantity: -amount.Quantity}}
		}
		if m.Run > 0 {
			g.Runs = []lineagetest.Run{run}
		}
		events = append(events, g)
	}
	return lineagetest.Join(events)
}

var ways = map[pb.TraceDirection]string{
	pb.TraceDirection_TRACE_DIRECTION_FORWARD:  "forward",
	pb.TraceDirection_TRACE_DIRECTION_BACKWARD: "backward",
}

// answer tells what is in a trace, and names its lots.
func (p plant) answer(part *pb.TracePart) (lineagetest.Answer, map[string]bool) {
	var a lineagetest.Answer
	lots, names, codes := map[string]bool{}, map[int32]string{}, map[int32]string{}
	for _, l := range part.Lots {
		lots[l.Lot.LotCode] = true
		names[l.Ref], codes[l.Ref] = l.Lot.Sku+"/"+l.Lot.LotCode, l.Lot.LotCode
		var stock lineagetest.Stock
		for _, s := range l.Stocks {
			to := &stock.A
			if s.LocationCode == locations[1] {
				to = &stock.B
			}
			_, _ = fmt.Sscan(s.OnHand.Value, to)
		}
		a.Lots = append(a.Lots, lineagetest.LotLine(names[l.Ref], ways[l.Direction], int(l.Depth), stock.String()))
	}
	for _, r := range part.Runs {
		names[r.Ref] = r.ProductionOrderCode + "#" + r.RunCode
		a.Runs = append(a.Runs, lineagetest.RunLine(names[r.Ref], ways[r.Direction], int(r.Depth), r.FinishedAt == nil))
	}
	for _, e := range part.Edges {
		if e.Kind == pb.TraceEdgeKind_TRACE_EDGE_KIND_OUTPUT {
			a.Edges = append(a.Edges, lineagetest.OutputLine(names[e.RunRef], e.Quantity.Value, names[e.LotRef]))
		} else {
			a.Edges = append(a.Edges, lineagetest.ConsumptionLine(names[e.LotRef], e.Quantity.Value, names[e.RunRef]))
		}
	}
	for _, r := range part.Receipts {
		a.Receipts = append(a.Receipts, fmt.Sprintf("%s %s %s", codes[r.LotRef], r.Quantity.Value, r.ReceiptCode))
	}
	for _, s := range part.Shipments {
		a.Shipments = append(a.Shipments, fmt.Sprintf("%s %s %s", codes[s.LotRef], s.Quantity.Value, s.ShipmentCode))
	}
	s := part.Summary
	a.Suppliers, a.Customers, a.OpenRuns, a.MaxDepth = int(s.SupplierCount), int(s.CustomerCount), int(s.OpenRunCount), int(s.MaxDepth)
	return a, lots
}
