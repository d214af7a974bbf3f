package trace_test

import (
	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/qty"
)

// checkLaw holds what a trace attributes against the law, to the last decimal, whatever was
// recorded late or taken back: all that came in is somewhere. And no figure is beyond its
// bounds, nor is anything below zero or of a lot more than there was.
func checkLaw(r *rapid.T, q question, parts []*pb.TracePart) {
	totals := parts[len(parts)-1].Summary.Attributions
	ways := 1
	if q.ask.Forward && q.ask.Backward {
		ways = 2
	}
	if len(totals) != ways {
		r.Fatalf("%v: %d totals", q.req, len(totals))
	}
	figures := figuresOf(parts)
	for _, total := range totals {
		sum := add(total.OnHand, total.InProcess, total.Shipped, total.Scrapped, total.Adjusted, total.Lost,
			total.Received, total.Found, total.Unexplained, total.Beyond, total.Back).Sub(add(total.Returned))
		if !total.Balanced || total.Refusal != "" || sum.Cmp(add(total.CameIn)) != 0 {
			r.Fatalf("%v: %v adds up to %s", q.req, total, sum)
		}
	}
	for what, f := range figures {
		least, value, most := add(f.Least), add(f.Quantity.GetValue()), add(f.Most)
		if least.Sign() < 0 || least.Cmp(value) > 0 || value.Cmp(most) > 0 {
			r.Fatalf("%v: %s is %v", q.req, what, f)
		}
	}
}

// figuresOf are all that parts have, by what they tell of.
func figuresOf(parts []*pb.TracePart) map[string]*pb.TraceFigure {
	figures := map[string]*pb.TraceFigure{}
	note := func(what string, m interface{ String() string }, f *pb.TraceFigure) {
		if f != nil {
			figures[what+" of "+m.String()] = f
		}
	}
	for _, p := range parts {
		for _, l := range p.LotAttributions {
			note("through", l, l.Through)
			note("on hand", l, l.OnHand)
			note("consumed", l, l.Consumed)
			note("scrapped", l, l.Scrapped)
			note("found", l, l.Found)
			for _, s := range l.Stocks {
				note("stock", s, s.Figure)
			}
		}
		for _, run := range p.RunAttributions {
			note("through", run, run.Through)
			note("in process", run, run.InProcess)
			note("lost", run, run.Lost)
		}
		for _, s := range p.ShipmentAttributions {
			note("shipped", s, s.Figure)
		}
		for _, c := range p.CustomerAttributions {
			note("with", c, c.Figure)
		}
		for _, c := range p.ReceiptAttributions {
			note("from", c, c.Figure)
		}
	}
	return figures
}

// add sums decimals; one that is not there is 0.
func add(texts ...string) qty.Decimal {
	var sum qty.Decimal
	for _, text := range texts {
		if text != "" {
			sum = sum.Add(qty.MustParse(text))
		}
	}
	return sum
}
