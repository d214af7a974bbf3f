package trace_test

import (
	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/qty"
)

// checkSums holds what is attributed one by one against the totals, if nothing is hidden,
// and what is attributed to the lot asked for against what the records say of it.
func checkSums(r *rapid.T, q question, parts []*pb.TracePart) {
	all := joined(parts)
	for _, totals := range all.GetSummary().GetAttributions() {
		if f := q.req.GetFilter(); len(f.GetSkus())+len(f.GetCategories())+len(f.GetLocationCodes()) == 0 && !f.GetInTimeOnly() {
			addUp(r, q.req, all, totals)
		}
	}
	if q.req.AsOf == nil && q.ask.Seed != "" {
		sameAsRecorded(r, q.req, all)
	}
}

func addUp(r *rapid.T, req *pb.GetTraceRequest, all *pb.TracePart, totals *pb.TraceAttributionTotals) {
	sums := map[string]qty.Decimal{}
	sum := func(what string, q *pb.Quantity) {
		if q != nil {
			sums[what] = sums[what].Add(qty.MustParse(q.GetValue()))
		}
	}
	for _, l := range all.GetLotAttributions() {
		if l.GetDirection() != totals.GetDirection() {
			continue
		}
		sum("on hand", l.GetOnHand().GetQuantity())
		sum("scrapped", l.GetScrapped().GetQuantity())
		sum("adjusted", l.GetAdjusted().GetQuantity())
		sum("found", l.GetFound().GetQuantity())
		for _, s := range l.GetStocks() {
			sum("at places", s.GetFigure().GetQuantity())
		}
	}
	for _, run := range all.GetRunAttributions() {
		if run.GetDirection() == totals.GetDirection() {
			sum("in process", run.GetInProcess().GetQuantity())
			sum("lost", run.GetLost().GetQuantity())
		}
	}
	forward := totals.GetDirection() == pb.TraceAttributionDirection_TRACE_ATTRIBUTION_DIRECTION_FORWARD
	if forward {
		for _, s := range all.GetShipmentAttributions() {
			sum("shipped", s.GetShipped())
		}
		for _, c := range all.GetCustomerAttributions() {
			sum("at customers", c.GetFigure().GetQuantity())
		}
	} else {
		for _, receipt := range all.GetReceiptAttributions() {
			sum("received", receipt.GetFigure().GetQuantity())
		}
	}
	wants := map[string]string{
		"on hand": totals.GetOnHand(), "in process": totals.GetInProcess(), "scrapped": totals.GetScrapped(), "adjusted": totals.GetAdjusted(),
		"lost": totals.GetLost() + totals.GetUnexplained(), "shipped": totals.GetShipped(), "at customers": totals.GetShipped(),
		"received": totals.GetReceived(), "found": totals.GetFound(),
	}
	if req.AsOf == nil {
		wants["at places"] = totals.GetOnHand()
	}
	for what, want := range wants {
		if got := sums[what].String(); got != want && (got != "0" || want != "") {
			r.Errorf("%v: %s is %s, in all %s", req, what, got, want)
		}
	}
}

// sameAsRecorded: all that is in the lot asked for is attributed to it.
func sameAsRecorded(r *rapid.T, req *pb.GetTraceRequest, all *pb.TracePart) {
	seed := all.GetLots()[0]
	for _, l := range all.GetLotAttributions() {
		if l.GetLotRef() != seed.GetRef() || l.GetDirection() != pb.TraceAttributionDirection_TRACE_ATTRIBUTION_DIRECTION_FORWARD {
			continue
		}
		if got, want := l.GetOnHand().GetQuantity().GetValue(), seed.GetOnHand().GetValue(); got != want && (got != "" || want != "0") {
			r.Errorf("%v: %s on hand, recorded %s", req, got, want)
		}
		at := map[string]string{}
		for _, s := range seed.GetStocks() {
			at[s.GetLocationCode()] = s.GetOnHand().GetValue()
		}
		for _, s := range l.GetStocks() {
			if f := s.GetFigure(); at[s.GetLocationCode()] != f.GetQuantity().GetValue() || f.GetLeast() != f.GetMost() {
				r.Errorf("%v: %v at %s, recorded %v", req, f, s.GetLocationCode(), at)
			}
		}
	}
}
