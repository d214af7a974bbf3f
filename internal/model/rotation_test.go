package model_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// last is the last day of a lot, behind all others if it has none.
func (l lot) last() string { return cmp.Or(l.expiry, "9999-12-31") }

// earlier is what could be taken instead of a line, from the same site, and is not taken
// by the operation itself: it has an earlier last day.
func (w *world) earlier(op operation, of line) []string {
	taken := map[line]int{}
	for _, l := range op.Lines {
		taken[line{Lot: l.Lot, From: l.From}] += l.Quantity
	}
	var told []string
	for code, l := range w.lots {
		if code[:1] != of.Lot[:1] || l.held() || l.expiry == past || l.last() >= w.lots[of.Lot].last() {
			continue
		}
		for _, at := range locations {
			if left := l.onHand[at] - taken[line{Lot: code, From: at}]; left > 0 {
				told = append(told, fmt.Sprintf("%s until %s: %d at %s", code, l.expiry, left, at))
			}
		}
	}
	slices.Sort(told)
	return told
}

// judged is what is recorded of a line.
func (w *world) judged(op operation, l line) string {
	earlier := w.earlier(op, l)
	return rotationOf(l.Lot, l.From, fmt.Sprint(l.Quantity), len(earlier) == 0, op.Reason, earlier)
}

func rotationOf(lot, at, quantity string, inRotation bool, reason string, earlier []string) string {
	return fmt.Sprintf("%s %s from %s: in rotation %v (%s), before it %s", quantity, lot, at, inRotation, reason, strings.Join(earlier, ", "))
}

// refused says whether an operation is out of rotation where it may not be.
func (w *world) outOfRotation(op operation) bool {
	return op.Reason == "" && slices.ContainsFunc(op.Lines, func(l line) bool {
		return l.Lot[:1] == w.theme.fefo && w.known(op.Lines) && len(w.earlier(op, l)) > 0
	})
}

// seen are the worlds that an operation may have looked at, in whose locks is nothing but
// its own lots: any of the others of the round may have been done.
func (w world) seen(round []played, but int) []world {
	worlds := []world{w}
	for i, p := range round {
		if i == but || !strings.HasPrefix(p.outcome, "ok") {
			continue
		}
		for _, before := range slices.Clone(worlds) {
			after := before.clone()
			op := p.op
			op.Seen = p.outcome
			if after.apply(op) == p.outcome {
				worlds = append(worlds, after)
			}
		}
	}
	return worlds
}

// checkRotation holds against the model what was refused in a round for being out of
// rotation, what was not, and what was recorded of each line that was taken.
func (w world) checkRotation(round []played, recorded []string) error {
	for i, p := range round {
		if _, done := w.done[p.op.Request]; done || p.op.Kind != consume && p.op.Kind != ship {
			continue
		}
		refused := p.outcome == "OUT_OF_ROTATION"
		if !refused && p.outcome != "ok" {
			continue
		}
		worlds := w.seen(round, i)
		if !slices.ContainsFunc(worlds, func(w world) bool { return w.outOfRotation(p.op) == refused }) {
			return fmt.Errorf("%+v ended %s: out of rotation %v", p.op, p.outcome, !refused)
		}
	}
	for _, text := range recorded {
		if !slices.ContainsFunc(round, func(p played) bool { return w.mayRecord(round, p, text) }) {
			return fmt.Errorf("nothing explains the record %q", text)
		}
	}
	return nil
}

func (w world) mayRecord(round []played, p played, text string) bool {
	if p.outcome != "ok" || p.op.Kind != consume && p.op.Kind != ship {
		return false
	}
	i := slices.IndexFunc(round, func(other played) bool { return other.op.Request == p.op.Request && other.outcome == "ok" })
	return slices.ContainsFunc(w.seen(round, i), func(w world) bool {
		return w.known(p.op.Lines) && slices.ContainsFunc(p.op.Lines, func(l line) bool { return w.judged(p.op, l) == text })
	})
}
