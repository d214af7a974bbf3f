package model_test

import (
	"fmt"
	"slices"
	"strings"
)

// A cycle count is opened, its lines are counted, and its variances posted, if it is not
// given up.
const (
	openCount   kind = "open count"
	readCount   kind = "read count"
	postCount   kind = "post count"
	cancelCount kind = "cancel count"
)

// count is of items at a location, or at all.
type count struct {
	state     string
	items, at string
	blind     bool
	tolerance int // in percent
	lines     []countLine
}

// countLine is a lot at a location, and what the last reading says.
type countLine struct {
	lot, at                     string
	listed                      bool
	state                       string
	readings, counted, expected int
	round                       int
	before                      int // so many movements were before it
}

func (l countLine) variance() int { return l.counted - l.expected }

func (l countLine) String() string { return l.lot + "@" + l.at }

// openCount lists what there is.
func (w *world) openCount(op operation) string {
	n := count{state: "OPEN", items: op.Reason, at: op.By, blind: op.Add, tolerance: op.Number}
	if _, exists := w.counts[op.Case]; exists {
		return "COUNT_EXISTS"
	}
	for _, at := range locations {
		for code, l := range w.lots {
			if n.covers(code, at) && l.onHand[at] > 0 {
				n.lines = append(n.lines, countLine{lot: code, at: at, listed: true, state: "OPEN"})
			}
		}
	}
	slices.SortFunc(n.lines, func(a, b countLine) int { return strings.Compare(a.at+a.lot, b.at+b.lot) })
	w.counts[op.Case] = n
	return fmt.Sprintf("ok: %d lines", len(n.lines))
}

func (n count) covers(lot, at string) bool {
	return strings.Contains(n.items, lot[:1]) && (n.at == "" || n.at == at)
}

// anOpenCount is the count that an operation is about.
func (w *world) anOpenCount(op operation) (count, string) {
	n, exists := w.counts[op.Case]
	switch {
	case !exists:
		return n, "UNKNOWN_COUNT"
	case n.state != "OPEN":
		return n, "COUNT_CLOSED"
	}
	return n, ""
}

// readCount takes readings. What is expected is what there is at this moment; it is told
// here of a blind count, too.
func (w *world) readCount(op operation) string {
	n, refused := w.anOpenCount(op)
	if refused != "" {
		return refused
	}
	if len(op.Lines) == 2 && op.Lines[0].Lot == op.Lines[1].Lot && op.Lines[0].From == op.Lines[1].From {
		return "COUNTED_TWICE"
	}
	var told []string
	for _, r := range op.Lines {
		if !n.covers(r.Lot, r.From) {
			return "OUTSIDE_COUNT"
		}
		i := slices.IndexFunc(n.lines, func(l countLine) bool { return l.lot == r.Lot && l.at == r.From })
		if i < 0 {
			i, n.lines = len(n.lines), append(n.lines, countLine{lot: r.Lot, at: r.From})
		}
		l := &n.lines[i]
		confirmed := l.readings > 0 && r.Quantity-w.lots[r.Lot].onHand[r.From] == l.variance()
		l.readings, l.counted, l.expected = l.readings+1, r.Quantity, w.lots[r.Lot].onHand[r.From]
		l.round, l.before, l.state = w.round, len(w.movements), "COUNTED"
		if off := max(l.variance(), -l.variance()); 100*off > n.tolerance*l.expected && off > 0 && !confirmed {
			l.state = "RECOUNT"
		}
		told = append(told, l.told(i+1, false))
	}
	w.counts[op.Case] = n
	return "ok: " + strings.Join(told, ", ")
}

// told is a line in words. What is expected is not told by a blind count.
func (l countLine) told(number int, blind bool) string {
	expected := fmt.Sprint(l.expected)
	if blind {
		expected = ""
	}
	if l.readings == 0 {
		return fmt.Sprintf("%d. %s listed %v %s", number, l, l.listed, l.state)
	}
	return fmt.Sprintf("%d. %s listed %v %s, reading %d: %d of %s", number, l, l.listed, l.state, l.readings, l.counted, expected)
}

// doubt says whether the records may have been wrong when a line was counted, or
// somebody may have posted the same since. What is posted in the round in which it is
// counted may be before that or behind, and have begun before: nobody can tell (unsure).
func (w *world) doubt(l countLine) (doubtful, unsure bool) {
	there, exists := w.lots[l.lot]
	net := 0
	for i, m := range w.movements {
		if m.Lot != l.lot || m.From != l.at && m.To != l.at {
			continue
		}
		unsure = unsure || m.round == l.round
		if i < l.before {
			continue
		}
		if m.To == l.at {
			net += m.Quantity
		} else {
			net -= m.Quantity
		}
		takesBack := m.Quantity < 0 && slices.ContainsFunc(w.movements[:l.before], func(earlier movement) bool {
			return earlier.Document == m.Document
		})
		doubtful = doubtful || m.Kind == adjust || takesBack || m.late
	}
	return doubtful || !exists || net != 0 && net == l.variance() || there.onHand[l.at]+l.variance() < 0, unsure || there.born == w.round
}

// postCount posts all variances, or all that can be (Add).
func (w *world) postCount(op operation) string {
	n, refused := w.anOpenCount(op)
	if refused != "" {
		return refused
	}
	var all []movement
	var posted, left []string
	reasons := map[string]bool{}
	for i := range n.lines {
		l := &n.lines[i]
		doubtful, unsure := w.doubt(*l)
		if l.readings > 0 && l.variance() == 0 {
			doubtful, unsure = false, false
		}
		if unsure {
			doubtful = op.Seen == "COUNT_DOUBTFUL" || op.Add && strings.Contains(op.Seen, "without "+l.String())
		}
		reason := map[string]string{"OPEN": "COUNT_INCOMPLETE", "RECOUNT": "RECOUNT_REQUIRED"}[l.state]
		if reason == "" && doubtful {
			reason = "COUNT_DOUBTFUL"
		}
		if l.state = "POSTED"; reason != "" {
			l.state, reasons[reason] = "LEFT_OUT", true
			left = append(left, "without "+l.String())
			continue
		}
		m := movement{Kind: adjust, Lot: l.lot, To: l.at, Quantity: l.variance(), Reason: "COUNT", Document: op.Request}
		if l.variance() < 0 {
			m.From, m.To, m.Quantity = m.To, "", -m.Quantity
		}
		if m.Quantity > 0 {
			all, posted = append(all, m), append(posted, fmt.Sprintf("%s to %s, %s: %d", m.From, m.To, m.Lot, m.Quantity))
		}
	}
	for _, reason := range []string{"COUNT_INCOMPLETE", "RECOUNT_REQUIRED", "COUNT_DOUBTFUL"} {
		if reasons[reason] && !op.Add {
			return reason
		}
	}
	// Nobody is asked about nothing.
	if len(all) > 0 {
		if outcome := w.postAdjustment(all, op); outcome != "ok" {
			return outcome
		}
	}
	n.state = "POSTED"
	w.counts[op.Case] = n
	return "ok: " + strings.Join(append(posted, left...), ", ")
}

func (w *world) cancelCount(op operation) string {
	n, refused := w.anOpenCount(op)
	if refused != "" {
		return refused
	}
	n.state = "CANCELLED"
	w.counts[op.Case] = n
	return "ok"
}
