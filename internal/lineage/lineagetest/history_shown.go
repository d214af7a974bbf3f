package lineagetest

import (
	"slices"

	"github.com/lottrail/lottrail/internal/ledger"
)

// Window is from a minute of a History on, and before another.
type Window struct{ From, Until int }

// within are the events that stand at a moment and lie in the window asked for, if there
// is one.
func (h History) within(m Moment, ask Ask) map[int]Event {
	events := h.standing(m)
	for i, e := range events {
		if w := ask.Window; w != nil && (e.Minute < w.From || e.Minute >= w.Until) {
			delete(events, i)
		}
	}
	return events
}

// whether a lot is told, or why it is not.
const (
	shownLot     = ""
	otherItem    = "other items"
	otherKind    = "other categories"
	neverAtPlace = "never there"
)

// shows says whether a lot is told: those that are asked for are, whatever they are.
func (h History) shows(m Moment, ask Ask) func(lot string) string {
	stood := map[string]map[string]bool{}
	for _, e := range h.standing(m) {
		for _, l := range e.Lines {
			if stood[l.Lot] == nil {
				stood[l.Lot] = map[string]bool{}
			}
			stood[l.Lot][l.To] = true
			stood[l.Lot]["SITE"] = stood[l.Lot]["SITE"] || l.To != ""
		}
	}
	return func(lot string) string {
		all := len(ask.Items)+len(ask.Categories) == 0
		switch {
		case slices.Contains(ask.seeds(), lot):
			return shownLot
		case !all && !slices.Contains(ask.Items, Item(lot)) && !slices.Contains(ask.Categories, Category(Item(lot))):
			if len(ask.Items) == 0 {
				return otherKind
			}
			return otherItem
		case len(ask.Places) > 0 && !slices.ContainsFunc(ask.Places, func(place string) bool { return stood[lot][place] }):
			return neverAtPlace
		}
		return shownLot
	}
}

// modelOf is a history as lots and runs, with those edges that lie within the window.
func (h History) modelOf(m Moment, ask Ask) *model {
	found := newModel(h.graph(m))
	if ask.Window != nil {
		found.ties = h.graphOf(h.within(m, ask)).ties()
	}
	return found
}

// endpoint is a line of a receipt or shipment.
type endpoint struct {
	Event
	at   int // the event
	line int
}

// papers are all lines that stand, in whatever window.
func (h History) papers(m Moment) []endpoint {
	var all []endpoint
	for i, e := range h.standing(m) {
		for j := range e.Lines {
			if e.Kind == ledger.KindReceipt || e.Kind == ledger.KindShipment {
				all = append(all, endpoint{e, i, j})
			}
		}
	}
	return all
}

func (e *endpoint) lot() string { return e.Lines[e.line].Lot }

// orderLine is the line's number in its order, 0 if it was for none.
func (e *endpoint) orderLine() int32 {
	if e.Kind == ledger.KindShipment && !e.Ordered {
		return 0
	}
	return int32(e.line + 1)
}

func (ask Ask) inWindow(minute int) bool {
	return ask.Window == nil || minute >= ask.Window.From && minute < ask.Window.Until
}
