package lineagetest

import (
	"fmt"
	"slices"

	"github.com/lottrail/lottrail/internal/ledger"
)

// Expect tells what a trace has to say at a moment, as sorted lines: what was found, with
// quantities and times, and what was left out.
func (h History) Expect(at Moment, ask Ask) []string {
	m := newModel(h.graph(at))
	told := &telling{History: h, model: m, at: at, ask: ask, parties: map[string]map[string]bool{"from": {}, "to": {}}}
	if ask.Backward {
		told.received = m.search(ask, true)
	}
	if ask.Forward {
		told.shipped = m.search(ask, false)
	}
	told.lotsAndRuns()
	told.edges()
	told.endpoints()
	told.say("deepest %d, stopped at %d, hidden %d, %d suppliers, %d customers", m.maxDepth, len(m.stopped), told.hidden, len(told.parties["from"]), len(told.parties["to"]))
	slices.Sort(told.lines)
	return told.lines
}

// telling is a model whose findings are put in lines.
type telling struct {
	History
	*model
	at                Moment
	ask               Ask
	received, shipped map[string]bool
	parties           map[string]map[string]bool
	hidden            int
	lines             []string
}

func (t *telling) say(format string, args ...any) {
	t.lines = append(t.lines, fmt.Sprintf(format, args...))
}

func (t *telling) shown(lot string) bool {
	return len(t.ask.Items) == 0 || slices.Contains(t.ask.seeds(), lot) || slices.Contains(t.ask.Items, Item(lot))
}

func (t *telling) lotsAndRuns() {
	stocks := t.Stocks(t.at)
	for lot, f := range t.lots {
		if !t.shown(lot) {
			t.hidden++
			continue
		}
		t.lines = append(t.lines, LotLine(lot, f.direction, f.depth, fmt.Sprint(max(stocks[lot]["A"], 0), " ", max(stocks[lot]["B"], 0))))
	}
	beside := map[string]bool{}
	for _, run := range t.ask.Runs {
		beside[run] = true
	}
	for e := range t.model.edges {
		beside[e.run] = beside[e.run] || t.shown(e.lot)
	}
	for _, run := range t.g.Runs {
		if f, ok := t.runs[run.Name]; ok && beside[run.Name] {
			t.lines = append(t.lines, RunLine(run.Name, f.direction, f.depth, run.Open))
		}
	}
}

// span is from when to when, by the minute.
type span struct{ first, last int }

// spans are the times of what stands of edges.
func (h History) spans(m Moment) map[tie]span {
	spans := map[tie]span{}
	for _, e := range h.standing(m) {
		for _, l := range e.Lines {
			edge := tie{l.Lot, e.Run, e.Kind == ledger.KindOutput}
			s, met := spans[edge]
			if !met {
				s = span{e.Minute, e.Minute}
			}
			spans[edge] = span{min(s.first, e.Minute), max(s.last, e.Minute)}
		}
	}
	return spans
}

// edges are told with the times of what stands of them.
func (t *telling) edges() {
	spans := t.spans(t.at)
	for e := range t.model.edges {
		if !t.shown(e.lot) {
			continue
		}
		line := ConsumptionLine(e.lot, fmt.Sprint(t.ties[e]), e.run)
		if e.out {
			line = OutputLine(e.run, fmt.Sprint(t.ties[e]), e.lot)
		}
		t.say("%s, minute %d to %d", line, spans[e].first, spans[e].last)
	}
}

func (t *telling) endpoints() {
	for i, e := range t.standing(t.at) {
		for j, l := range e.Lines {
			switch {
			case e.Kind == ledger.KindReceipt && t.received[l.Lot] && t.shown(l.Lot):
				t.parties["from"][e.Party] = true
				t.say("%s, minute %d", ReceiptLine(l.Lot, fmt.Sprint(l.Quantity), e.Party, orderCode(i, true), int32(j+1)), e.Minute)
			case e.Kind == ledger.KindShipment && t.shipped[l.Lot] && t.shown(l.Lot):
				number := int32(0)
				if e.Ordered {
					number = int32(j + 1)
				}
				t.parties["to"][e.Party] = true
				t.say("%s, minute %d", ShipmentLine(l.Lot, fmt.Sprint(l.Quantity), e.Party, paperCode(i), orderCode(i, e.Ordered), number), e.Minute)
			}
		}
	}
}

// paperCode names the receipt or shipment of an event, and orderCode the order that it is
// for, if there is one.
func paperCode(i int) string { return fmt.Sprintf("paper %d", i) }

func orderCode(i int, ordered bool) string {
	if !ordered {
		return ""
	}
	return fmt.Sprintf("order %d", i)
}
