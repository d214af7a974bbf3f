package model_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// world is what the service should know: the model. It is small enough to be
// seen right at a glance, and is copied before every step.
type world struct {
	lots    map[string]lot
	runs    map[int]bool // finished?
	recalls map[string]recall
	done    map[string]request
	papers  map[string]paper
	// moved counts the movements that there should be.
	moved int
}

type lot struct {
	run     int // that made it, 0 if it was bought
	onHand  map[string]int
	holds   []bool       // active?
	cases   []string     // of the holds, empty if they are of no recall
	in, out int          // received and put out; consumed and shipped
	into    map[int]bool // the runs that consumed it
	gone    []int        // what was shipped of it, line by line
	expiry  string       // the date, if it has one
}

// paper is a receipt or a shipment.
type paper struct {
	kind     kind
	lines    []line
	reversed bool
}

// request is one that was carried out, under its id.
type request struct {
	content string
	outcome string
}

func newWorld() world {
	return world{lots: map[string]lot{}, runs: map[int]bool{}, recalls: map[string]recall{}, done: map[string]request{}, papers: map[string]paper{}}
}

func (w world) clone() world {
	c := newWorld()
	c.runs, c.done, c.papers, c.moved = maps.Clone(w.runs), maps.Clone(w.done), maps.Clone(w.papers), w.moved
	for code, l := range w.lots {
		l.onHand, l.holds, l.cases = maps.Clone(l.onHand), slices.Clone(l.holds), slices.Clone(l.cases)
		l.into, l.gone = maps.Clone(l.into), slices.Clone(l.gone)
		c.lots[code] = l
	}
	for number, r := range w.recalls {
		r.runs, r.kept = maps.Clone(r.runs), maps.Clone(r.kept)
		c.recalls[number] = r
	}
	return c
}

func (l lot) held() bool { return slices.Contains(l.holds, true) }

// hold places a hold, of a recall or of none.
func (l *lot) hold(number string) { l.holds, l.cases = append(l.holds, true), append(l.cases, number) }

// apply does an operation and says how it ends: "ok", or the reason of the
// refusal, which leaves nothing behind.
func (w *world) apply(op operation) string {
	if earlier, ok := w.done[op.Request]; ok {
		if earlier.content == op.content() {
			return earlier.outcome
		}
		return "REQUEST_ID_REUSED"
	}
	next := w.clone()
	outcome := next.do(op)
	if strings.HasPrefix(outcome, "ok") {
		next.done[op.Request] = request{op.content(), outcome}
		*w = next
	}
	return outcome
}

func (w *world) do(op operation) string {
	switch op.Kind {
	case receive:
		return w.receive(op)
	case output:
		return w.output(op)
	case consume, ship, move:
		return w.take(op)
	case hold:
		return w.hold(op)
	case release:
		return w.release(op)
	case reverse:
		return w.reverse(op)
	case redate:
		return w.redate(op)
	case adjust, scrap:
		return w.adjust(op)
	case finish:
		if w.runs[op.Run] {
			return "RUN_FINISHED"
		}
		w.runs[op.Run] = true
		return "ok"
	}
	return w.recall(op)
}

func (w *world) receive(op operation) string {
	line := op.Lines[0]
	if _, exists := w.lots[line.Lot]; exists && !op.Add {
		return "LOT_EXISTS"
	}
	w.put(line.Lot, 0, line.From, line.Quantity)
	w.papers[op.Document] = paper{kind: receive, lines: op.Lines}
	return "ok"
}

// reverse takes a receipt or a shipment back.
func (w *world) reverse(op operation) string {
	p, exists := w.papers[op.Document]
	switch {
	case !exists || p.kind != op.Of:
		return map[kind]string{receive: "UNKNOWN_RECEIPT", ship: "UNKNOWN_SHIPMENT"}[op.Of]
	case p.reversed:
		return "ALREADY_REVERSED"
	}
	for _, line := range p.lines {
		l := w.lots[line.Lot]
		if p.kind == receive {
			l.onHand[line.From] -= line.Quantity
			l.in -= line.Quantity
		} else {
			l.onHand[line.From] += line.Quantity
			l.out -= line.Quantity
			at := slices.Index(l.gone, line.Quantity)
			l.gone = slices.Delete(l.gone, at, at+1)
		}
		if l.onHand[line.From] < 0 {
			return "OPERATION_IN_USE"
		}
		w.lots[line.Lot] = l
		w.moved++
	}
	p.reversed = true
	w.papers[op.Document] = p
	return "ok"
}

func (w *world) output(op operation) string {
	if w.runs[op.Run] {
		return "RUN_FINISHED"
	}
	line := op.Lines[0]
	if l, exists := w.lots[line.Lot]; exists && l.run != op.Run {
		return "LOT_EXISTS"
	} else if exists && w.released(l) {
		return "LOT_RELEASED"
	}
	w.put(line.Lot, op.Run, line.From, line.Quantity)
	return "ok"
}

func (w *world) put(code string, run int, location string, quantity int) {
	l, exists := w.lots[code]
	if !exists {
		l = lot{run: run, onHand: map[string]int{}, into: map[int]bool{}}
		for _, number := range w.marking(run) {
			l.hold(number)
		}
	}
	l.onHand[location] += quantity
	l.in += quantity
	w.lots[code] = l
	w.moved++
}

// take is all or nothing: what a line brings counts for the others.
func (w *world) take(op operation) string {
	if op.Kind == consume && w.runs[op.Run] {
		return "RUN_FINISHED"
	}
	for _, line := range op.Lines {
		if _, exists := w.lots[line.Lot]; !exists {
			return "UNKNOWN_LOT"
		}
	}
	for _, line := range op.Lines {
		l := w.lots[line.Lot]
		if l.held() && op.Kind != move {
			return "LOT_HELD"
		}
		if l.expiry == past && op.Kind != move {
			return "LOT_EXPIRED"
		}
		l.onHand[line.From] -= line.Quantity
		if op.Kind == move {
			l.onHand[line.To] += line.Quantity
		} else {
			l.out += line.Quantity
		}
		switch op.Kind {
		case consume:
			l.into[op.Run] = true
		case ship:
			l.gone = append(l.gone, line.Quantity)
		}
		w.lots[line.Lot] = l
		w.moved++
	}
	for _, l := range w.lots {
		for _, quantity := range l.onHand {
			if quantity < 0 {
				return "INSUFFICIENT_STOCK"
			}
		}
	}
	if op.Kind == ship {
		w.papers[op.Document] = paper{kind: ship, lines: op.Lines}
	}
	return "ok"
}

func (w *world) hold(op operation) string {
	code := op.Lines[0].Lot
	l, exists := w.lots[code]
	if !exists {
		return "UNKNOWN_LOT"
	}
	l.hold("")
	w.lots[code] = l
	return fmt.Sprintf("ok: hold %d", len(l.holds))
}

func (w *world) release(op operation) string {
	l, exists := w.lots[op.Lines[0].Lot]
	switch {
	case !exists:
		return "UNKNOWN_LOT"
	case op.Number > len(l.holds):
		return "UNKNOWN_HOLD"
	case !l.holds[op.Number-1]:
		return "HOLD_RELEASED"
	case w.recalls[l.cases[op.Number-1]].state == active:
		return "HOLD_OF_RECALL"
	}
	l.holds[op.Number-1] = false
	return fmt.Sprintf("ok: hold %d", op.Number)
}

// explain looks for an order of the operations in which the model ends each of
// them the way it really ended, and returns the world after them.
func explain(w world, ops []operation, outcomes []string) (world, bool) {
	if len(ops) == 0 {
		return w, true
	}
	for i, op := range ops {
		next := w.clone()
		if next.apply(op) != outcomes[i] {
			continue
		}
		rest := slices.Delete(slices.Clone(ops), i, i+1)
		restOutcomes := slices.Delete(slices.Clone(outcomes), i, i+1)
		if after, ok := explain(next, rest, restOutcomes); ok {
			return after, true
		}
	}
	return world{}, false
}
