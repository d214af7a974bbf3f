package attribution_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lottrail/lottrail/internal/attribution"
	"github.com/lottrail/lottrail/internal/qty"
)

var began = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// flour is what lots are of unless a test says otherwise.
func flour() *attribution.Item { return &attribution.Item{ID: 1, BaseUnit: "KGM"} }

// history is a history to be told: movements by lot, an hour apart.
type history struct {
	lots  map[int64][]attribution.Movement
	items map[int64]*attribution.Item
	open  map[int64]bool
	runs  map[int64]bool
	in    map[int64][]attribution.Input
	n     int64
}

func newHistory() *history {
	return &history{
		lots: map[int64][]attribution.Movement{}, items: map[int64]*attribution.Item{}, open: map[int64]bool{},
		runs: map[int64]bool{}, in: map[int64][]attribution.Input{},
	}
}

func (h *history) add(lot int64, m attribution.Movement, quantity string) *attribution.Movement {
	h.n++
	m.ID, m.Quantity, m.Recorded = h.n, qty.MustParse(quantity), began.Add(time.Duration(h.n)*time.Hour)
	if m.At.IsZero() {
		m.At = m.Recorded
	}
	if m.RunID != 0 {
		h.runs[m.RunID] = true
	}
	h.lots[lot] = append(h.lots[lot], m)
	return &h.lots[lot][len(h.lots[lot])-1]
}

func (h *history) receive(lot int64, quantity string) {
	h.add(lot, attribution.Movement{Kind: attribution.Receipt, LineID: 300 + h.n}, quantity)
}

func (h *history) consume(lot, run int64, quantity string) *attribution.Movement {
	return h.add(lot, attribution.Movement{RunID: run, Kind: attribution.Consumption}, quantity)
}

func (h *history) put(run, lot int64, quantity string) *attribution.Movement {
	return h.add(lot, attribution.Movement{RunID: run, Kind: attribution.Output}, quantity)
}

func (h *history) ship(lot, line int64, quantity string) {
	h.add(lot, attribution.Movement{LineID: line, Kind: attribution.Shipment}, quantity)
}

func (h *history) of(lot int64, item *attribution.Item) { h.items[lot] = item }

// tell tells it, as far as runs are not left out, and attributes it.
func (h *history) tell(t tester, backward bool, seeds []int64, leftOut ...int64) *attribution.History {
	t.Helper()
	told := h.prepare(t, backward, seeds, leftOut...)
	if err := told.Attribute(context.Background()); err != nil {
		t.Errorf("%v", err)
	}
	return told
}

// prepare only tells it.
func (h *history) prepare(t tester, backward bool, seeds []int64, leftOut ...int64) *attribution.History {
	t.Helper()
	told := attribution.NewHistory(backward)
	for _, run := range slices.Sorted(maps.Keys(h.runs)) {
		if !slices.Contains(leftOut, run) {
			told.Run(run, h.open[run])
		}
		for _, in := range h.in[run] {
			told.Input(run, in)
		}
	}
	for _, lot := range slices.Sorted(maps.Keys(h.lots)) {
		item := h.items[lot]
		if item == nil {
			item = flour()
		}
		if err := told.Lot(lot, item, slices.Contains(seeds, lot), h.lots[lot]); err != nil {
			t.Errorf("lot %d: %v", lot, err)
		}
	}
	return told
}

type tester interface {
	Helper()
	Errorf(string, ...any)
}

// said is what there is of a history, in a line: figures with their bounds.
func (h *history) said(told *attribution.History) string {
	var texts []string
	say := func(format string, id int64, f attribution.Figure) {
		if !f.IsZero() {
			texts = append(texts, fmt.Sprintf(format, id)+" "+tell(f))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(h.lots)) {
		lot := told.LotOf(id)
		say("lot %d has", id, lot.OnHand)
		say("%d scrapped", id, lot.Scrapped)
		say("%d adjusted", id, lot.Adjusted)
		say("%d found", id, lot.Found)
		for _, line := range lot.Lines {
			say(fmt.Sprintf("%d to line %%d", id), line.ID, line.Figure)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(h.runs)) {
		run := told.RunOf(id)
		say("run %d keeps", id, run.Kept)
		if run.Assumed {
			texts = append(texts, fmt.Sprintf("run %d assumed", id))
		}
	}
	totals := told.Totals()
	for _, x := range []struct {
		what string
		n    qty.Decimal
	}{{"beyond", totals.Beyond}, {"back", totals.Back}, {"unexplained", totals.Unexplained}} {
		if !x.n.IsZero() {
			texts = append(texts, x.what+" "+x.n.String())
		}
	}
	return strings.Join(texts, ", ") + " of " + totals.Seeded.String()
}

// tell is a figure, with its bounds where they say something else.
func tell(f attribution.Figure) string {
	if f.Least.Cmp(f.Value) == 0 && f.Most.Cmp(f.Value) == 0 {
		return f.Value.String()
	}
	return fmt.Sprintf("%s [%s-%s]", f.Value, f.Least, f.Most)
}

func check(t *testing.T, name string, h *history, backward bool, seeds []int64, want string, leftOut ...int64) {
	t.Helper()
	told := h.tell(t, backward, seeds, leftOut...)
	totals := told.Totals()
	if got := h.said(told); got != want || !totals.Balanced() || !totals.Settled {
		t.Errorf("%s:\n got %s (%+v)\nwant %s", name, got, totals, want)
	}
}
