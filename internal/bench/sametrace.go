package bench

import (
	"context"
	"fmt"
	"slices"
	"time"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/bench/plant"
)

// sameTrace asks service and query once and fails if they do not tell of the same lots,
// edges and shipment lines, or the search in memory finds more or fewer.
func (b *bench) sameTrace(ctx context.Context, client lottrailv1.TraceServiceClient, floor *plant.Floor, lot int) (*TraceFigures, error) {
	var served answer
	if _, err := b.stream(ctx, client, lot, served.add); err != nil {
		return nil, err
	}
	var queried queriedAnswer
	if _, err := b.query(ctx, lot, queried.add); err != nil {
		return nil, err
	}
	theirs := queried.answer()
	for _, of := range []struct {
		name         string
		ours, theirs []string
	}{
		{"lots", served.lots, theirs.lots}, {"edges", served.edges, theirs.edges}, {"shipment lines", served.shipments, theirs.shipments},
	} {
		slices.Sort(of.ours)
		slices.Sort(of.theirs)
		if !slices.Equal(of.ours, of.theirs) {
			return nil, fmt.Errorf("the service sends %d %s and the query %d, or others: %s", len(of.ours), of.name, len(of.theirs), firstDifference(of.ours, of.theirs))
		}
	}
	found := plant.Reached{Lots: len(served.lots), Runs: len(served.names) - len(served.lots), Edges: len(served.edges), Shipments: len(served.shipments)}
	if searched := floor.Forward(int32(lot)); searched != found { //nolint:gosec // a plant's lots
		return nil, fmt.Errorf("the service sends %+v, and the search in memory finds %+v", found, searched)
	}
	return &TraceFigures{Lots: len(served.lots), Edges: len(served.edges), Shipments: len(served.shipments)}, nil
}

func firstDifference(a, b []string) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("%s against %s", a[i], b[i])
		}
	}
	return "one has more"
}

// answer is a trace as texts, one for each thing that it tells of.
type answer struct {
	lots, edges, shipments []string
	names                  map[int32]string // of lots and runs, by ref
}

func (a *answer) add(part *lottrailv1.TracePart) {
	if a.names == nil {
		a.names = map[int32]string{}
	}
	for _, l := range part.GetLots() {
		a.names[l.GetRef()] = l.GetLot().GetSku() + " " + l.GetLot().GetLotCode()
		place := ""
		for _, s := range l.GetStocks() {
			place += s.GetLocationCode() + " " + s.GetOnHand().GetValue()
		}
		a.lots = append(a.lots, fmt.Sprint(a.names[l.GetRef()], " ", l.GetItemName(), " ", place, " ", l.GetExpiryDate(), " ", l.GetActiveHoldCount()))
	}
	for _, r := range part.GetRuns() {
		a.names[r.GetRef()] = r.GetProductionOrderCode() + " " + r.GetRunCode()
	}
	for _, e := range part.GetEdges() {
		kind := "consumption"
		if e.GetKind() == lottrailv1.TraceEdgeKind_TRACE_EDGE_KIND_OUTPUT {
			kind = "output"
		}
		a.edges = append(a.edges, edgeText(kind, a.names[e.GetLotRef()], a.names[e.GetRunRef()], e.GetQuantity().GetValue(), e.GetFirstAt().AsTime(), e.GetLastAt().AsTime()))
	}
	for _, s := range part.GetShipments() {
		a.shipments = append(a.shipments, fmt.Sprint(a.names[s.GetLotRef()], " ", s.GetShipmentCode(), " ", s.GetSalesOrderCode(), " ", s.GetSalesOrderLineNumber(), " ",
			s.GetCustomerCode(), " ", s.GetCustomerName(), " ", s.GetQuantity().GetValue(), " ", s.GetShippedAt().AsTime().UTC(), " ", s.GetDeliveryDate()))
	}
}

func edgeText(kind, lot, run, quantity string, first, last time.Time) string {
	return fmt.Sprint(kind, " ", lot, " ", run, " ", quantity, " ", first.UTC(), " ", last.UTC())
}

// queriedAnswer keeps the rows of the bare query until all names are known.
type queriedAnswer struct{ rows []traceRow }

func (q *queriedAnswer) add(r *traceRow) { q.rows = append(q.rows, *r) }

func (q *queriedAnswer) answer() *answer {
	a := &answer{}
	lots, runs := map[int64]string{}, map[int64]string{}
	for _, r := range q.rows {
		switch r.Kind {
		case "lot":
			lots[*r.LotID] = *r.Of + " " + *r.Code
		case "run":
			runs[*r.RunID] = *r.Of + " " + *r.Code
		}
	}
	for _, r := range q.rows {
		switch r.Kind {
		case "lot":
			place := ""
			if r.Place != nil {
				place = *r.Place + " " + r.Quantity.String()
			}
			a.lots = append(a.lots, fmt.Sprint(lots[*r.LotID], " ", *r.Name, " ", place, " ", date(r.Day), " ", *r.Number))
		case "consumption", "output":
			a.edges = append(a.edges, edgeText(r.Kind, lots[*r.LotID], runs[*r.RunID], r.Quantity.String(), *r.FirstAt, *r.LastAt))
		case "shipment":
			order, number := "", int32(0)
			if r.Of != nil {
				order = *r.Of
			}
			if r.Number != nil {
				number = *r.Number
			}
			a.shipments = append(a.shipments, fmt.Sprint(lots[*r.LotID], " ", *r.Code, " ", order, " ", number, " ",
				*r.Place, " ", *r.Name, " ", r.Quantity.String(), " ", r.FirstAt.UTC(), " ", date(r.Day)))
		}
	}
	return a
}

func date(day *time.Time) string {
	if day == nil {
		return ""
	}
	return day.Format(time.DateOnly)
}
