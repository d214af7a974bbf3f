package lineagetest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/lottrail/lottrail/internal/ledger"
)

// RandomHistory draws any history: with loops, with runs that take nothing or put out
// nothing, with what is taken back long after, runs that are reopened, samples and
// scrap, entries that come late. What it does is what the service allows, and some of what
// the ledger would.
func RandomHistory(t *rapid.T) History {
	d := &drawing{T: t, stock: map[Line]int64{}, origin: map[string]string{}, finish: map[string]int{}, taken: map[int]bool{}}
	runs := 1 + Evenly(t, 5, "runs")
	for i := range runs {
		d.runs = append(d.runs, fmt.Sprintf("p%d#%d", i/2, i))
		d.add(Event{Kind: ledger.KindRunStart, Run: d.runs[i]})
	}
	d.receive()
	steps := []func(){
		d.receive, d.consume, d.consume, d.consume, d.consume, d.consume, d.consume, d.output, d.output, d.output, d.output,
		d.ship, d.ship, d.move, d.scrap, d.adjust, d.adjust, d.end, d.takeBack, d.takeBack,
	}
	for range 6 + Evenly(t, 32, "events") {
		steps[Evenly(t, len(steps), "step")]()
	}
	return d.History
}

// drawing is a history that is being drawn, and what is left after it.
type drawing struct {
	*rapid.T
	History
	runs  []string
	lots  []string
	stock map[Line]int64 // by lot and To
	// origin is the party or the run that a lot is of.
	origin map[string]string
	finish map[string]int // the event that finished the run
	taken  map[int]bool
	wide   bool
}

// add adds an event, most of them as they occur and some late.
func (d *drawing) add(e Event) {
	e.Minute = len(d.History)
	if e.Kind != ledger.KindRunStart && Evenly(d.T, 4, "late") == 0 {
		e.Minute = len(d.runs) + Evenly(d.T, len(d.History)-len(d.runs)+1, "minute")
	}
	d.apply(e.Lines, 1)
	d.History = append(d.History, e)
}

func (d *drawing) apply(lines []Line, sign int64) {
	for _, l := range lines {
		d.stock[Line{Amount{l.Lot, 0}, "", l.From}] -= sign * l.Quantity
		d.stock[Line{Amount{l.Lot, 0}, "", l.To}] += sign * l.Quantity
	}
}

func (d *drawing) place() string {
	return []string{"A", "A", "B"}[Evenly(d.T, 3, "place")]
}

// lotOf is a lot of an origin: one that there is, or a new one.
func (d *drawing) lotOf(origin string) string {
	var lots []string
	for _, lot := range d.lots {
		if d.origin[lot] == origin {
			lots = append(lots, lot)
		}
	}
	if len(lots) > 0 && Evenly(d.T, 2, "more of it") == 0 {
		return rapid.SampledFrom(lots).Draw(d.T, "lot")
	}
	return d.newLot([]string{"a", "b", "c", "~d"}[Evenly(d.T, 4, "item")], origin)
}

func (d *drawing) newLot(item, origin string) string {
	lot := fmt.Sprintf("%s/%d", item, len(d.lots))
	d.lots = append(d.lots, lot)
	d.origin[lot] = origin
	return lot
}

func (d *drawing) party() string {
	return rapid.SampledFrom([]string{"X", "Y", "Z"}).Draw(d.T, "party")
}

func (d *drawing) lines() int { return []int{1, 1, 2, 3}[Evenly(d.T, 4, "lines")] }

func (d *drawing) receive() {
	e := Event{Kind: ledger.KindReceipt, Party: d.party()}
	for range d.lines() {
		e.Lines = append(e.Lines, Line{Amount{d.lotOf(e.Party), rapid.Int64Range(5, 20).Draw(d.T, "quantity")}, "", d.place()})
	}
	d.add(e)
}

// openRun is a run that may take and put out, empty if there is none.
func (d *drawing) openRun() string {
	var open []string
	for _, run := range d.runs {
		if _, finished := d.finish[run]; !finished {
			open = append(open, run)
		}
	}
	if len(open) == 0 {
		return ""
	}
	return open[Evenly(d.T, len(open), "run")]
}

func (d *drawing) output() {
	e := Event{Kind: ledger.KindOutput, Run: d.openRun()}
	if e.Run == "" {
		return
	}
	if !d.wide && Evenly(d.T, 60, "wide") == 0 {
		// More than a walk reads at once of what is near.
		d.wide = true
		for range 210 {
			e.Lines = append(e.Lines, Line{Amount{d.newLot("c", e.Run), 1}, "", "A"})
		}
	}
	for range d.lines() {
		of := e.Run
		if Evenly(d.T, 5, "of another run") == 0 {
			// The ledger would allow it, so there may be several ways in time to a lot.
			of = rapid.SampledFrom(d.runs).Draw(d.T, "other run")
		}
		e.Lines = append(e.Lines, Line{Amount{d.lotOf(of), rapid.Int64Range(5, 20).Draw(d.T, "quantity")}, "", d.place()})
	}
	d.add(e)
}

// take draws lines of what is there.
func (d *drawing) take(e Event, most int, to func(from string) string) {
	left := maps.Clone(d.stock)
	for range most {
		var there []Line
		for _, lot := range d.lots {
			for _, place := range []string{"A", "B"} {
				if at := (Line{Amount{lot, 0}, "", place}); left[at] > 0 {
					there = append(there, at)
				}
			}
		}
		if len(there) == 0 {
			break
		}
		if made := d.madeElsewhere(there, e.Run); len(made) > 0 && Evenly(d.T, 3, "goes on") > 0 {
			there = made
		}
		at := there[Evenly(d.T, len(there), "stock")]
		quantity := rapid.Int64Range(1, min(left[at], 6)).Draw(d.T, "quantity")
		left[at] -= quantity
		e.Lines = append(e.Lines, Line{Amount{at.Lot, quantity}, at.To, to(at.To)})
	}
	if len(e.Lines) > 0 {
		d.add(e)
	}
}

// madeElsewhere are the stocks of which a run may take so that ways get long: those of what
// other runs made.
func (d *drawing) madeElsewhere(stocks []Line, run string) (made []Line) {
	for _, at := range stocks {
		if of := d.origin[at.Lot]; run != "" && of != run && strings.Contains(of, "#") {
			made = append(made, at)
		}
	}
	return made
}

func outside(string) string { return "" }

func (d *drawing) consume() {
	if run := d.openRun(); run != "" {
		d.take(Event{Kind: ledger.KindConsumption, Run: run}, d.lines(), outside)
	}
}

// ship sends to a customer, with an order or as a sample.
func (d *drawing) ship() {
	d.take(Event{Kind: ledger.KindShipment, Party: d.party(), Ordered: rapid.Bool().Draw(d.T, "ordered")}, d.lines(), outside)
}

func (d *drawing) move() {
	d.take(Event{Kind: ledger.KindTransfer}, d.lines(), func(from string) string { return map[string]string{"A": "B", "B": "A"}[from] })
}

func (d *drawing) scrap() { d.take(Event{Kind: ledger.KindScrap}, 1, outside) }

// adjust misses something, or finds it: often what was missed before, else what a customer
// sent back, say.
func (d *drawing) adjust() {
	if len(d.lots) == 0 || Evenly(d.T, 2, "missed") == 0 {
		d.take(Event{Kind: ledger.KindAdjustment}, 1, outside)
		return
	}
	lots := d.lots
	for _, e := range d.History {
		if e.Kind == ledger.KindAdjustment && e.Lines[0].To == "" && Evenly(d.T, 2, "found again") == 0 {
			lots = []string{e.Lines[0].Lot}
		}
	}
	lot := lots[Evenly(d.T, len(lots), "lot")]
	d.add(Event{Kind: ledger.KindAdjustment, Lines: []Line{{Amount{lot, 1 + int64(Evenly(d.T, 4, "quantity"))}, "", d.place()}}})
}

func (d *drawing) end() {
	if run := d.openRun(); run != "" {
		d.finish[run] = len(d.History)
		d.add(Event{Kind: ledger.KindRunFinish, Run: run})
	}
}

// takeBack reverses something of which all is still there, or has a run reopened.
func (d *drawing) takeBack() {
	var standing []int
	for i, e := range d.History {
		if !d.taken[i] && (len(e.Lines) > 0 || e.Kind == ledger.KindRunFinish) && d.isThere(e) {
			standing = append(standing, i)
		}
	}
	if len(standing) == 0 {
		return
	}
	i := standing[Evenly(d.T, len(standing), "takes back")]
	e := d.History[i]
	d.taken[i] = true
	d.apply(e.Lines, -1)
	if e.Kind == ledger.KindRunFinish {
		delete(d.finish, e.Run)
	}
	d.add(Event{Kind: ledger.KindReversal, Takes: i})
}

func (d *drawing) isThere(e Event) bool {
	d.apply(e.Lines, -1)
	defer d.apply(e.Lines, 1)
	return !slices.ContainsFunc(e.Lines, func(l Line) bool { return l.To != "" && d.stock[Line{Amount{l.Lot, 0}, "", l.To}] < 0 })
}
