package lineagetest

import (
	"slices"
	"time"

	"github.com/lottrail/lottrail/internal/ledger"
)

// History is what happened, operation by operation, in the order in which it was
// recorded: with what was taken back, and with what was recorded late.
type History []Event

// Event is an operation.
type Event struct {
	Kind ledger.Kind
	// Minute is when it occurred, after Began; what is recorded later may have occurred
	// earlier.
	Minute int
	// Run is the run that was started or finished, took or put out.
	Run string
	// Party is who delivered, or got the shipment.
	Party string
	// Ordered says whether a shipment was for an order.
	Ordered bool
	Lines   []Line
	// Takes is the event that a reversal takes back.
	Takes int
}

// Line is so much of a lot from one place to another: A, B, or none, which is outside.
type Line struct {
	Amount
	From, To string
}

// Moment is a point in the past: what was known after so many events, and of that what
// had occurred by a minute.
type Moment struct {
	Known  int
	Minute int
}

// Now is all of it.
func (h History) Now() Moment { return Moment{Known: len(h), Minute: 1 << 30} }

// At is a minute of a history.
func At(minute int) time.Time { return Began.Add(time.Duration(minute) * time.Minute) }

// standing are the events that stand at a moment. A reversal counts as of the time of
// what it takes back: that has never happened, and the reversal is no event by itself.
func (h History) standing(m Moment) map[int]Event {
	events := map[int]Event{}
	for i, e := range h[:m.Known] {
		switch {
		case e.Kind == ledger.KindReversal:
			delete(events, e.Takes)
		case e.Minute <= m.Minute:
			events[i] = e
		}
	}
	return events
}

// graph is what stands as lots and runs.
func (h History) graph(m Moment) Graph { return h.graphOf(h.standing(m)) }

func (h History) graphOf(standing map[int]Event) Graph {
	var g Graph
	runs := map[string]*Run{}
	for _, e := range standing {
		if e.Run != "" && runs[e.Run] == nil {
			runs[e.Run] = &Run{Name: e.Run, Open: true}
		}
	}
	for _, e := range standing {
		for _, l := range e.Lines {
			switch e.Kind {
			case ledger.KindConsumption:
				runs[e.Run].In = append(runs[e.Run].In, l.Amount)
			case ledger.KindOutput:
				runs[e.Run].Out = append(runs[e.Run].Out, l.Amount)
			}
		}
		if e.Kind == ledger.KindRunFinish {
			runs[e.Run].Open = false
		}
	}
	for _, run := range runs {
		g.Runs = append(g.Runs, *run)
	}
	return g
}

// Stocks are what is left of each lot at a moment, place by place.
func (h History) Stocks(m Moment) map[string]map[string]int64 {
	stocks := map[string]map[string]int64{}
	for _, e := range h.standing(m) {
		for _, l := range e.Lines {
			if stocks[l.Lot] == nil {
				stocks[l.Lot] = map[string]int64{}
			}
			stocks[l.Lot][l.From] -= l.Quantity
			stocks[l.Lot][l.To] += l.Quantity
		}
	}
	return stocks
}

// Lots are those that had come about by a moment, in the order in which they did.
func (h History) Lots(m Moment) []string {
	var lots []string
	met := map[string]bool{}
	for _, e := range h[:m.Known] {
		for _, l := range e.Lines {
			if e.Minute <= m.Minute && !met[l.Lot] {
				met[l.Lot] = true
				lots = append(lots, l.Lot)
			}
		}
	}
	return lots
}

// Tied are the lots of Lots that went into runs or came out of them.
func (h History) Tied(m Moment) []string {
	ties := h.graph(m).ties()
	return slices.DeleteFunc(h.Lots(m), func(lot string) bool {
		for t := range ties {
			if t.lot == lot {
				return false
			}
		}
		return true
	})
}

// Runs are those that had been started by a moment.
func (h History) Runs(m Moment) []string {
	var runs []string
	for _, e := range h[:m.Known] {
		if e.Kind == ledger.KindRunStart && e.Minute <= m.Minute {
			runs = append(runs, e.Run)
		}
	}
	return runs
}
