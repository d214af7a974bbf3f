package lineagetest

import (
	"fmt"
	"math/big"

	"github.com/lottrail/lottrail/internal/ledger"
)

// tell puts together what there is to tell of lots and runs, and of all of it.
func (a *attributing) tell() {
	for lot, m := range a.lots {
		a.tellCameIn(lot, m)
		for i := range m.flows {
			a.tellFlow(lot, &m.flows[i], a.content[part{lot, i}].value(a.values))
		}
		if !a.backward {
			a.tellLeft(lot, a.blended(lot, m, m.rest).value(a.values))
		}
	}
	for run, open := range a.runs {
		through, given := sum(a.values[run], nil), new(big.Rat)
		for _, share := range a.divisions[run].shares {
			given.Add(given, product(through, share))
		}
		kept, of := new(big.Rat).Sub(through, given), "lost"
		switch {
		case open && !a.backward:
			of = "in process"
		case a.backward:
			a.note("total", "unexplained", kept)
		}
		a.note("run "+run, "through", through)
		a.note("run "+run, of, kept)
		if !a.backward {
			a.note("total", of, kept)
		}
	}
}

func (a *attributing) note(of, what string, q *big.Rat) {
	a.Figures[Figure{of, what}] = sum(a.Figures[Figure{of, what}], q)
}

// both notes what is of a lot and of all.
func (a *attributing) both(lot, what string, q *big.Rat) {
	a.note("lot "+lot, what, q)
	a.note("total", what, q)
}

// tellCameIn tells what came into a lot, but for what had been in it before, which is all of
// the seeds if it is one.
func (a *attributing) tellCameIn(lot string, m *mixing) {
	for _, f := range m.flows {
		if f.in && f.again == nil {
			a.note("lot "+lot, "quantity", f.quantity)
			if a.seeds[lot] {
				a.both(lot, "through", f.quantity)
			}
		}
	}
}

// tellFlow tells what of the seeds is in a movement.
func (a *attributing) tellFlow(lot string, f *flow, q *big.Rat) {
	_, known := a.runs[f.Run]
	beyond := f.Run != "" && !known
	switch {
	case beyond && !a.divided(f):
		a.note("total", "beyond", q)
	case beyond:
	case a.divided(f) && a.seeds[lot]:
		a.note("total", "back", q)
	case a.divided(f):
		a.note("lot "+lot, "through", q)
	}
	if a.backward {
		a.tellFrom(lot, f, q)
	} else if !f.in || f.again != nil {
		a.tellGone(lot, f, q)
	}
}

// tellFrom tells where the seeds are from, backward.
func (a *attributing) tellFrom(lot string, f *flow, q *big.Rat) {
	if f.found {
		a.both(lot, "found", q)
	} else if f.Kind == ledger.KindReceipt {
		a.note(f.paper(lot), "", q)
		a.note("total", "received", q)
	}
}

// tellGone tells where the seeds went, forward, and what came back of that.
func (a *attributing) tellGone(lot string, f *flow, q *big.Rat) {
	switch f.Kind {
	case ledger.KindAdjustment:
		if f.in {
			q = q.Neg(q)
		}
		a.both(lot, "adjusted", q)
	case ledger.KindScrap:
		a.both(lot, "scrapped", q)
	case ledger.KindConsumption:
		a.note("lot "+lot, "consumed", q)
	case ledger.KindShipment:
		a.note(f.paper(lot), "", q)
		a.note("total", "shipped", q)
		a.Customers[f.paper(lot)] = f.Party
	}
}

// tellLeft tells what is left of a lot, and where that lies.
func (a *attributing) tellLeft(lot string, q *big.Rat) {
	a.both(lot, "on hand", q)
	all, at := new(big.Rat), map[string]*big.Rat{}
	for place, n := range a.Stocks(a.at)[lot] {
		if place != "" && n > 0 {
			at[place] = new(big.Rat).SetInt64(n)
			all.Add(all, at[place])
		}
	}
	for place, n := range at {
		a.note("lot "+lot, "at "+place, product(q, n.Quo(n, all)))
	}
}

// paper names a line of a receipt or shipment.
func (f *flow) paper(lot string) string {
	e := endpoint{f.Event, f.at, f.line}
	return LineKey(string(f.Kind), paperCode(f.at), lot, e.orderLine())
}

// LineKey is how figures tell of a line of a shipment or receipt, which is its kind.
func LineKey(kind, code, lot string, line int32) string {
	return fmt.Sprintf("%s line %d", PaperLine(kind, code, lot), line)
}
