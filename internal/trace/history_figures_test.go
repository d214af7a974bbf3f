package trace_test

import (
	"math/big"
	"strings"

	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
)

// checkFigures holds each figure that a trace attributes against what is worked out exactly
// from the events: within what rounding can do, and nothing where there is nothing.
func (a *asker) checkFigures(q question, parts []*pb.TracePart) {
	all := joined(parts)
	for _, totals := range all.Summary.Attributions {
		back := totals.Direction == pb.TraceAttributionDirection_TRACE_ATTRIBUTION_DIRECTION_BACKWARD
		want := a.h.Attribute(q.at, q.ask, back)
		// A loop in which something goes round this often may be too long to follow.
		if totals.Unsettled && (want.Endless || want.Rounds.Cmp(big.NewRat(20, 1)) > 0) {
			a.seen["unsettled"]++
			continue
		}
		if totals.Unsettled || want.Endless {
			a.Fatalf("%v: unsettled %t, endless %t", q.req, totals.Unsettled, want.Endless)
		}
		if want.Rounds.Cmp(big.NewRat(1, 1)) > 0 {
			a.seen["loops"]++
		}
		for _, how := range want.Divisions {
			a.seen["divided "+how]++
		}
		told := &attributed{T: a.T, figures: map[lineagetest.Figure]*big.Rat{}, divisions: map[string]string{}, assumed: map[string]bool{}}
		told.read(all, totals)
		told.hold(q, want, all)
	}
}

// attributed is what a trace attributes one way.
type attributed struct {
	*rapid.T
	names     map[int32]string // of what is shown
	figures   map[lineagetest.Figure]*big.Rat
	divisions map[string]string
	assumed   map[string]bool
}

// note adds up what is told twice, of two lines of a shipment that were for no order.
func (a *attributed) note(of, what, value string) {
	key := lineagetest.Figure{Of: of, What: what}
	if a.figures[key] == nil {
		a.figures[key] = new(big.Rat)
	}
	if value == "" {
		return
	}
	n, ok := new(big.Rat).SetString(value)
	if !ok {
		a.Fatalf("%q of %s is %q", what, of, value)
	}
	a.figures[key].Add(a.figures[key], n)
}

func (a *attributed) figure(of, what string, f *pb.TraceFigure) {
	a.note(of, what, f.GetQuantity().GetValue())
}

func (a *attributed) read(all *pb.TracePart, totals *pb.TraceAttributionTotals) {
	a.names = map[int32]string{}
	for _, l := range all.Lots {
		a.names[l.Ref] = "lot " + l.Lot.Sku + "/" + l.Lot.LotCode
	}
	for _, run := range all.Runs {
		a.names[run.Ref] = "run " + run.ProductionOrderCode + "#" + run.RunCode
	}
	for _, l := range all.LotAttributions {
		if l.Direction == totals.Direction {
			a.readLot(l)
		}
	}
	for _, run := range all.RunAttributions {
		if run.Direction == totals.Direction {
			a.readRun(run)
		}
	}
	if totals.Direction == pb.TraceAttributionDirection_TRACE_ATTRIBUTION_DIRECTION_FORWARD {
		a.readShipments(all)
	} else {
		for _, c := range all.ReceiptAttributions {
			lot := a.names[c.LotRef]
			a.figure(lineagetest.LineKey("receipt", c.ReceiptCode, strings.TrimPrefix(lot, "lot "), c.PurchaseOrderLineNumber), "", c.Figure)
			a.same(c.Assumed, lot)
		}
	}
	for what, value := range map[string]string{
		"through": totals.CameIn, "on hand": totals.OnHand, "in process": totals.InProcess, "scrapped": totals.Scrapped,
		"adjusted": totals.Adjusted, "lost": totals.Lost, "received": totals.Received, "found": totals.Found,
		"unexplained": totals.Unexplained, "beyond": totals.Beyond, "back": totals.Back, "shipped": totals.Shipped,
	} {
		a.note("total", what, value)
	}
}

func (a *attributed) readLot(l *pb.TraceLotAttribution) {
	lot := a.names[l.LotRef]
	a.assumed[lot] = l.Assumed
	a.note(lot, "quantity", l.LotQuantity.Value)
	a.figure(lot, "through", l.Through)
	a.figure(lot, "on hand", l.OnHand)
	a.figure(lot, "consumed", l.Consumed)
	a.figure(lot, "scrapped", l.Scrapped)
	a.figure(lot, "adjusted", l.Adjusted)
	a.figure(lot, "found", l.Found)
	for _, s := range l.Stocks {
		a.figure(lot, "at "+s.LocationCode, s.Figure)
	}
}

func (a *attributed) readRun(run *pb.TraceRunAttribution) {
	name := a.names[run.RunRef]
	a.assumed[name] = run.Assumed
	a.divisions[name] = map[pb.TraceDivision]string{
		pb.TraceDivision_TRACE_DIVISION_UNSPECIFIED: "undivided", pb.TraceDivision_TRACE_DIVISION_STATED: "stated",
		pb.TraceDivision_TRACE_DIVISION_MEASURED: "measured", pb.TraceDivision_TRACE_DIVISION_EVENLY: "evenly",
	}[run.Division]
	a.figure(name, "through", run.Through)
	a.figure(name, "in process", run.InProcess)
	a.figure(name, "lost", run.Lost)
}

func (a *attributed) readShipments(all *pb.TracePart) {
	for _, s := range all.ShipmentAttributions {
		lot := a.names[s.LotRef]
		a.figure(lineagetest.LineKey("shipment", s.ShipmentCode, strings.TrimPrefix(lot, "lot "), s.SalesOrderLineNumber), "", s.Figure)
		a.same(s.Assumed, lot)
	}
	for _, c := range all.CustomerAttributions {
		a.figure("customer "+c.CustomerCode, "", c.Figure)
	}
}

// same: what a lot gives rests on an assumption if what is in it does.
func (a *attributed) same(assumed bool, lot string) {
	if assumed != a.assumed[lot] {
		a.Fatalf("assumed of %s: %t", lot, assumed)
	}
}

// hold holds what is told against what there is, of what is shown.
func (a *attributed) hold(q question, want *lineagetest.Attributed, all *pb.TracePart) {
	shown := shownOf(a.names, all)
	figures := map[lineagetest.Figure]*big.Rat{}
	for key, value := range want.Figures {
		if shown[key.Of] || key.Of == "total" {
			figures[key] = value
		}
		if customer := want.Customers[key.Of]; shown[key.Of] && customer != "" {
			key = lineagetest.Figure{Of: "customer " + customer}
			if figures[key] == nil {
				figures[key] = new(big.Rat)
			}
			figures[key].Add(figures[key], value)
		}
	}
	for key, value := range a.figures {
		if figures[key] == nil && value.Sign() != 0 {
			a.Fatalf("%v: %v is %s, want nothing", q.req, key, value.FloatString(9))
		}
	}
	for key, value := range figures {
		off := new(big.Rat).Set(value)
		if got := a.figures[key]; got != nil {
			off.Sub(got, value)
		}
		if off.Abs(off); off.Cmp(want.Slack) > 0 || off.Sign() > 0 && value.Sign() == 0 {
			a.Fatalf("%v: %v is %v, want %s", q.req, key, a.figures[key], value.FloatString(12))
		}
	}
	for of := range shown {
		if how, divided := want.Divisions[of]; divided && a.divisions[of] != how {
			a.Fatalf("%v: %s is divided %q, want %q", q.req, of, a.divisions[of], how)
		}
		if _, told := a.assumed[of]; told && !want.Faint && a.assumed[of] != want.Assumed[of] {
			a.Fatalf("%v: assumed of %s is %t, want %t", q.req, of, a.assumed[of], want.Assumed[of])
		}
	}
}

// shownOf are the lots, runs and lines of documents of a trace.
func shownOf(names map[int32]string, all *pb.TracePart) map[string]bool {
	shown := map[string]bool{}
	for _, name := range names {
		shown[name] = true
	}
	for _, c := range all.Receipts {
		shown[lineagetest.LineKey("receipt", c.ReceiptCode, strings.TrimPrefix(names[c.LotRef], "lot "), c.PurchaseOrderLineNumber)] = true
	}
	for _, s := range all.Shipments {
		shown[lineagetest.LineKey("shipment", s.ShipmentCode, strings.TrimPrefix(names[s.LotRef], "lot "), s.SalesOrderLineNumber)] = true
	}
	return shown
}
