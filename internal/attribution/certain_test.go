package attribution_test

import (
	"testing"
	"time"

	"github.com/lottrail/lottrail/internal/attribution"
	"github.com/lottrail/lottrail/internal/qty"
)

// What bounds are where something comes in several goes, goes in several, comes back, or
// goes round.
func TestBoundsOfSeveralGoes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		tell func(*history)
		want string
	}{
		{"more may have come before it was taken again", func(h *history) {
			h.receive(1, "10")
			h.receive(2, "10")
			h.consume(1, 5, "4")
			h.put(5, 2, "4")
			h.ship(2, 7, "1")
			h.consume(1, 6, "6")
			h.put(6, 2, "6")
			h.ship(2, 7, "9")
		}, "lot 2 has 5.112781956 [0-10], 2 to line 7 4.887218044 [0-10] of 10"},
		{"what was taken in two stays may have all of both", func(h *history) {
			h.receive(1, "10")
			h.receive(2, "4")
			h.consume(1, 5, "4")
			h.put(5, 2, "4")
			h.ship(2, 7, "4")
			h.ship(2, 8, "4")
			h.receive(2, "6")
			h.consume(1, 6, "6")
			h.put(6, 2, "6")
			h.ship(2, 8, "6")
			h.ship(2, 7, "6")
		}, "2 to line 7 5 [0-10], 2 to line 8 5 [0-10] of 10"},
		{"of what came back it is not known what it is", func(h *history) {
			h.receive(1, "10")
			h.consume(1, 5, "10")
			h.put(5, 2, "10")
			h.ship(2, 7, "10")
			h.add(2, attribution.Movement{LineID: 7, Kind: attribution.Return}, "4")
		}, "lot 2 has 4 [0-10], 2 to line 7 6 [0-10] of 10"},
		{"no more goes round than led into it", func(h *history) {
			h.receive(1, "20")
			h.ship(1, 9, "4")
			h.consume(1, 5, "10")
			h.put(5, 2, "20")
			h.consume(2, 5, "10")
			h.ship(2, 7, "10")
		}, "lot 1 has 6, 1 to line 9 4, 2 to line 7 10 [0-10] of 20"},
		{"what goes round through two lots", func(h *history) {
			h.receive(1, "10")
			h.receive(4, "10")
			h.consume(1, 5, "10")
			h.consume(4, 5, "10")
			h.put(5, 2, "20")
			h.consume(2, 6, "20")
			h.put(6, 3, "20")
			h.consume(3, 8, "5")
			h.put(8, 2, "5")
			h.consume(2, 6, "5")
			h.put(6, 3, "5")
			h.ship(3, 7, "10")
		}, "lot 3 has 5 [0-10], 3 to line 7 5 [0-10] of 10"},
		{"the same, told the other way round", func(h *history) {
			h.receive(1, "10")
			h.receive(4, "10")
			h.consume(1, 5, "10")
			h.consume(4, 5, "10")
			h.put(5, 3, "20")
			h.consume(3, 6, "20")
			h.put(6, 2, "20")
			h.consume(2, 4, "5")
			h.put(4, 3, "5")
			h.consume(3, 6, "5")
			h.put(6, 2, "5")
			h.ship(2, 7, "10")
		}, "lot 2 has 5 [0-10], 2 to line 7 5 [0-10] of 10"},
	} {
		h := newHistory()
		c.tell(h)
		check(t, c.name, h, false, []int64{1}, c.want)
	}
}

// What lots have in all is not bounded by more than there is: of a lot that went into two
// runs, and of one that a run put out in two goes.
func TestBoundsInAll(t *testing.T) {
	t.Parallel()
	h := newHistory()
	h.receive(1, "10")
	h.receive(2, "10")
	h.consume(1, 5, "6")
	h.put(5, 2, "3")
	h.put(5, 2, "3")
	h.consume(1, 6, "4")
	h.put(6, 3, "4")
	h.consume(2, 7, "8")
	h.consume(2, 8, "8")
	told := h.tell(t, false, []int64{1})
	if lot := told.LotOf(2); tell(lot.Through) != "6" || tell(lot.Consumed) != "6 [0-10]" {
		t.Errorf("%s came, of which %s was consumed", tell(lot.Through), tell(lot.Consumed))
	}
	if lot := told.LotOf(1); tell(lot.Through) != "10" || told.Led().String() != "10" {
		t.Errorf("%s of the seed, of which %s led on", tell(lot.Through), told.Led())
	}
}

// An assumption counts where something of the seed went through it.
func TestAssumptionsAboutNothing(t *testing.T) {
	t.Parallel()
	h := newHistory()
	h.of(4, item(4, "H87", ""))
	h.receive(1, "10")
	h.consume(1, 5, "10")
	h.put(5, 2, "10")
	h.receive(9, "10") // nothing of the seed
	h.consume(9, 6, "10")
	h.put(6, 2, "5")
	h.put(6, 4, "5")
	h.consume(2, 7, "15")
	h.put(7, 3, "15")
	told := h.tell(t, false, []int64{1})
	if told.Totals().Assumed || told.LotOf(2).Assumed || told.LotOf(3).Assumed || told.RunOf(7).Assumed || !told.RunOf(6).Assumed {
		t.Errorf("%+v, %+v, %+v", told.Totals(), told.LotOf(2), told.RunOf(7))
	}
	// What was taken before that came is not of it either.
	early := newHistory()
	early.of(3, item(3, "H87", ""))
	early.receive(2, "5")
	early.receive(1, "10")
	early.consume(2, 7, "2")
	early.put(7, 8, "2")
	early.consume(1, 5, "10")
	early.put(5, 2, "5")
	early.put(5, 3, "5")
	told = early.tell(t, false, []int64{1})
	if !told.LotOf(2).Assumed || told.RunOf(7).Assumed || told.LotOf(8).Assumed {
		t.Errorf("%+v, %+v", told.LotOf(2), told.RunOf(7))
	}
}

// A lot's part of a run is that of all its movements together.
func TestSeveralGoesOfOneLotCount(t *testing.T) {
	t.Parallel()
	h := newHistory()
	h.receive(1, "10")
	h.consume(1, 5, "10")
	h.put(5, 2, "2")
	h.put(5, 2, "1")
	h.put(5, 3, "1")
	check(t, "three to one", h, false, []int64{1}, "lot 2 has 7.5 [0-10], lot 3 has 2.5 [0-10] of 10")
}

// What left by a line and what came back are told apart.
func TestGoneAndReturned(t *testing.T) {
	t.Parallel()
	h := newHistory()
	h.receive(1, "10")
	h.ship(1, 7, "8")
	h.add(1, attribution.Movement{LineID: 7, Kind: attribution.Return}, "3")
	line := h.tell(t, false, []int64{1}).LotOf(1).Lines[0]
	if line.Gone.String() != "8" || line.Returned.String() != "3" || line.Figure.Value.String() != "5" {
		t.Errorf("%+v", line)
	}
}

// What an operation did at one moment is replayed in the order in which it was recorded.
func TestOrderWithinOneOperation(t *testing.T) {
	t.Parallel()
	at := func(id int64, m attribution.Movement, quantity string) attribution.Movement {
		m.ID, m.At, m.Recorded, m.Quantity = id, began.Add(time.Hour), began.Add(time.Hour), qty.MustParse(quantity)
		return m
	}
	told := attribution.NewHistory(false)
	told.Run(5, false)
	for id, movements := range map[int64][]attribution.Movement{
		1: {at(1, attribution.Movement{Kind: attribution.Receipt}, "10"), at(2, attribution.Movement{Kind: attribution.Consumption, RunID: 5}, "10")},
		2: { // 10 of others, of which 4 are scrapped before those of the seed come
			at(6, attribution.Movement{Kind: attribution.Shipment, LineID: 7}, "8"), at(5, attribution.Movement{Kind: attribution.Output, RunID: 5}, "10"),
			at(4, attribution.Movement{Kind: attribution.Scrap}, "4"), at(3, attribution.Movement{Kind: attribution.Receipt}, "10"),
		},
	} {
		if err := told.Lot(id, flour(), id == 1, movements); err != nil {
			t.Fatal(err)
		}
	}
	if err := told.Attribute(t.Context()); err != nil {
		t.Fatal(err)
	}
	if lot := told.LotOf(2); !lot.Scrapped.Value.IsZero() || lot.OnHand.Value.String() != "5" {
		t.Errorf("scrapped %s, on hand %s", lot.Scrapped.Value, lot.OnHand.Value)
	}
}

// A law that always held would say nothing.
func TestUnbalanced(t *testing.T) {
	t.Parallel()
	ten := qty.MustParse("10")
	one := qty.MustParse("0.000000001")
	for name, change := range map[string]func(*attribution.Totals){
		"on hand": func(t *attribution.Totals) { t.OnHand = t.OnHand.Add(one) }, "in process": func(t *attribution.Totals) { t.InProcess = one },
		"shipped": func(t *attribution.Totals) { t.Shipped = one }, "returned": func(t *attribution.Totals) { t.Returned = one },
		"scrapped": func(t *attribution.Totals) { t.Scrapped = one }, "adjusted": func(t *attribution.Totals) { t.Adjusted = one },
		"lost": func(t *attribution.Totals) { t.Lost = one }, "beyond": func(t *attribution.Totals) { t.Beyond = one },
		"back": func(t *attribution.Totals) { t.Back = one }, "received": func(t *attribution.Totals) { t.Received = one },
		"found": func(t *attribution.Totals) { t.Found = one }, "unexplained": func(t *attribution.Totals) { t.Unexplained = one },
		"came in": func(t *attribution.Totals) { t.Seeded = t.Seeded.Add(one) },
	} {
		totals := attribution.Totals{Seeded: ten, OnHand: ten}
		if !totals.Balanced() {
			t.Error("ten of ten are not balanced")
		}
		if change(&totals); totals.Balanced() {
			t.Errorf("balanced with more %s", name)
		}
	}
}
