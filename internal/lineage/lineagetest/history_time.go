package lineagetest

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/lottrail/lottrail/internal/ledger"
)

// OutOfTime tells, as sorted lines, what of a trace what was asked for cannot have
// reached, or come from, by the times: until nothing changes any more, whatever is
// reached in time reaches on. In a trace both ways, what is in time either way is in time.
func (h History) OutOfTime(at Moment, ask Ask) []string {
	var lines []string
	why := h.shows(at, ask)
	shown, inTime := map[string]bool{}, map[string]bool{}
	for _, back := range []bool{true, false} {
		if back && !ask.Backward || !back && !ask.Forward {
			continue
		}
		m := h.modelOf(at, ask)
		visited := m.search(ask, back)
		for lot := range visited {
			visited[lot] = why(lot) == shownLot
		}
		t := h.timesOf(at, ask, m, back)
		for lot, is := range visited {
			_, reached := t.lots[lot]
			shown["lot "+lot] = shown["lot "+lot] || is
			inTime["lot "+lot] = inTime["lot "+lot] || reached
		}
		for edge := range m.edges {
			shown["run "+edge.run] = shown["run "+edge.run] || visited[edge.lot]
			inTime["run "+edge.run] = inTime["run "+edge.run] || t.runs[edge.run]
		}
		lines = append(lines, h.lateEndpoints(at, ask, t, visited)...)
	}
	if ask.Siblings {
		lines = append(lines, h.lateSiblings(at, ask, shown, inTime)...)
	}
	for line, is := range shown {
		if is && !inTime[line] {
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	return lines
}

// lateEndpoints are the shipments, backward the receipts, of lots that are shown.
func (h History) lateEndpoints(at Moment, ask Ask, t times, shown map[string]bool) (lines []string) {
	kind := map[int]ledger.Kind{-1: ledger.KindReceipt, 1: ledger.KindShipment}[t.sign]
	for _, e := range h.papers(at) {
		if reached, ok := t.lots[e.lot()]; e.Kind == kind && ask.inWindow(e.Minute) && shown[e.lot()] && (!ok || t.sign*e.Minute < reached) {
			lines = append(lines, e.paper())
		}
	}
	return lines
}

// paper is how OutOfTime tells a line of a receipt or shipment.
func (e *endpoint) paper() string { return PaperLine(string(e.Kind), paperCode(e.at), e.lot()) }

// PaperLine is how OutOfTime tells a line of a receipt or shipment, which is its kind.
func PaperLine(kind, code, lot string) string { return fmt.Sprintf("%s %s of %s", kind, code, lot) }

// times are the lots that are reached in time, with when at the earliest, and the runs.
// Backward, time runs the other way: its sign is minus.
type times struct {
	lots map[string]int
	runs map[string]bool
	sign int
}

func (h History) timesOf(at Moment, ask Ask, m *model, back bool) times {
	t := newTimes(back)
	for _, lot := range ask.seeds() {
		t.lots[lot] = math.MinInt
	}
	for _, run := range ask.Runs {
		t.runs[run] = true
	}
	t.spread(h.spans(at, ask), m)
	return t
}

func newTimes(back bool) times {
	t := times{map[string]int{}, map[string]bool{}, 1}
	if back {
		t.sign = -1
	}
	return t
}

// spread has whatever is reached in time reach on, until nothing changes any more.
func (t *times) spread(spans map[tie]span, m *model) {
	back := t.sign < 0
	for changed := true; changed; {
		changed = false
		for edge := range m.edges {
			// Into the run at the latest, and out of it at the earliest, as time runs.
			in, out := spans[edge].last, spans[edge].first
			if back {
				in, out = -spans[edge].first, -spans[edge].last
			}
			reached, ok := t.lots[edge.lot]
			switch {
			case edge.out == back && ok && in >= reached && !t.runs[edge.run]:
				t.runs[edge.run], changed = true, true
			case edge.out != back && t.runs[edge.run] && (!ok || out < reached):
				t.lots[edge.lot], changed = out, true
			}
		}
	}
}

// lateSiblings are the shipments that are out of time of lots whose shipments are not told
// forward. It notes siblings that are shown, and those in time: reached from what itself
// is in time backward.
func (h History) lateSiblings(at Moment, ask Ask, shown, inTime map[string]bool) []string {
	m, why := h.modelOf(at, ask), h.shows(at, ask)
	m.search(ask, true)
	before := h.timesOf(at, ask, m, true)
	forward := m.search(ask, false)
	found := m.addSiblings(ask, nil)
	t := newTimes(false)
	for lot := range before.lots {
		t.lots[lot] = math.MinInt
	}
	maps.Copy(t.runs, before.runs)
	t.spread(h.spans(at, ask), m)
	note := func(line, direction string, is, reached bool) {
		shown[line] = shown[line] || is
		inTime[line] = inTime[line] || direction == "sibling" && reached
	}
	unshipped := map[string]bool{}
	for lot := range found {
		is := why(lot) == shownLot
		_, reached := t.lots[lot]
		note("lot "+lot, m.lots[lot].direction, is, reached)
		unshipped[lot] = is && !forward[lot]
	}
	for edge := range m.edges {
		note("run "+edge.run, m.runs[edge.run].direction, why(edge.lot) == shownLot, t.runs[edge.run])
	}
	return h.lateEndpoints(at, ask, t, unshipped)
}
