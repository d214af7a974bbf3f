package lineagetest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lottrail/lottrail/internal/ledger"
)

// Expect tells what a trace has to say at a moment, as sorted lines: what was found, with
// quantities and times, and what was left out.
func (h History) Expect(at Moment, ask Ask) []string {
	m := h.modelOf(at, ask)
	told := &telling{
		History: h, model: m, at: at, ask: ask, why: h.shows(at, ask), late: map[string]bool{},
		parties: map[string]map[string]bool{"from": {}, "to": {}}, hidden: map[string]int{},
	}
	if ask.InTimeOnly {
		for _, line := range h.OutOfTime(at, ask) {
			told.late[line] = true
		}
	}
	if ask.Backward {
		told.received = m.search(ask, true)
	}
	if ask.Forward {
		told.shipped = m.search(ask, false)
	}
	told.shipped = m.addSiblings(ask, told.shipped)
	told.lotsAndRuns()
	told.tellEdges()
	told.tellEndpoints()
	told.say("deepest %d, %d suppliers, %d customers", m.maxDepth, len(told.parties["from"]), len(told.parties["to"]))
	told.leftOut()
	slices.Sort(told.lines)
	return told.lines
}

// telling is a model whose findings are put in lines.
type telling struct {
	History
	*model
	at                Moment
	ask               Ask
	why               func(lot string) string
	late              map[string]bool // what is left out because it is out of time
	received, shipped map[string]bool
	parties           map[string]map[string]bool
	hidden            map[string]int
	lines             []string
}

func (t *telling) say(format string, args ...any) {
	t.lines = append(t.lines, fmt.Sprintf(format, args...))
}

func (t *telling) shown(lot string) bool { return t.why(lot) == shownLot && !t.late["lot "+lot] }

func (t *telling) lotsAndRuns() {
	stocks := t.Stocks(t.at)
	for lot, f := range t.lots {
		if why := t.why(lot); why != shownLot {
			t.hidden[why]++
		}
		if t.shown(lot) {
			t.lines = append(t.lines, LotLine(lot, f.direction, f.depth, fmt.Sprint(max(stocks[lot]["A"], 0), " ", max(stocks[lot]["B"], 0))))
		}
	}
	beside := map[string]bool{}
	for _, run := range t.ask.Runs {
		beside[run] = true
	}
	for e := range t.model.edges {
		beside[e.run] = beside[e.run] || t.shown(e.lot)
	}
	for _, run := range t.g.Runs {
		if f, ok := t.runs[run.Name]; ok && beside[run.Name] && !t.late["run "+run.Name] {
			t.lines = append(t.lines, RunLine(run.Name, f.direction, f.depth, run.Open))
		}
	}
}

// span is from when to when, by the minute.
type span struct{ first, last int }

// spans are the times of what stands of edges, in the window asked for.
func (h History) spans(m Moment, ask Ask) map[tie]span {
	spans := map[tie]span{}
	for _, e := range h.within(m, ask) {
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

// tellEdges tells edges with the times of what stands of them.
func (t *telling) tellEdges() {
	spans := t.spans(t.at, t.ask)
	for e := range t.model.edges {
		if !t.shown(e.lot) || t.late["run "+e.run] {
			continue
		}
		line := ConsumptionLine(e.lot, fmt.Sprint(t.ties[e]), e.run)
		if e.out {
			line = OutputLine(e.run, fmt.Sprint(t.ties[e]), e.lot)
		}
		t.say("%s, minute %d to %d", line, spans[e].first, spans[e].last)
	}
}

func (t *telling) tellEndpoints() {
	for _, e := range t.papers(t.at) {
		received := e.Kind == ledger.KindReceipt
		if received && !t.received[e.lot()] || !received && !t.shipped[e.lot()] {
			continue
		}
		quantity := fmt.Sprint(e.Lines[e.line].Quantity)
		switch {
		case !t.ask.inWindow(e.Minute):
			t.outside[e.lot()] = true
		case !t.shown(e.lot()) || t.late[e.paper()]:
		case received:
			t.parties["from"][e.Party] = true
			t.say("%s, minute %d", ReceiptLine(e.lot(), quantity, e.Party, orderCode(e.at, true), e.orderLine()), e.Minute)
		default:
			t.parties["to"][e.Party] = true
			t.say("%s, minute %d", ShipmentLine(e.lot(), quantity, e.Party, paperCode(e.at), orderCode(e.at, e.Ordered), e.orderLine()), e.Minute)
		}
	}
}

// leftOut tells why lots were left out, and how many.
func (t *telling) leftOut() {
	t.hidden["further"], t.hidden["outside"] = len(t.stopped), len(t.outside)
	for why, n := range t.hidden {
		if n > 0 {
			t.lines = append(t.lines, LeftOutLine(why, n))
		}
	}
	if len(t.late) > 0 {
		late := 0
		for line := range t.late {
			if strings.HasPrefix(line, "lot ") {
				late++
			}
		}
		t.lines = append(t.lines, LeftOutLine("out of time", late))
	}
}

// LeftOutLine is how Expect tells of how many lots what was left out.
func LeftOutLine(why string, lots int) string { return fmt.Sprintf("left out: %s, %d", why, lots) }

// paperCode names the receipt or shipment of an event, and orderCode the order that it is
// for, if there is one.
func paperCode(i int) string { return fmt.Sprintf("paper %d", i) }

func orderCode(i int, ordered bool) string {
	if !ordered {
		return ""
	}
	return fmt.Sprintf("order %d", i)
}
