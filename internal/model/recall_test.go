package model_test

import (
	"fmt"
	"maps"
	"slices"
)

// The operations on recalls, and how far one is.
const (
	open     kind = "open"
	activate kind = "activate"
	decide   kind = "decide"
	end      kind = "end"

	opened = "opened"
	active = "active"
	ended  = "ended"
)

// recall is a case. Its affected lots are those with a hold of it.
type recall struct {
	state     string
	activated bool
	seeds     []string
	runs      map[int]bool // marked
	kept      map[string]bool
}

// cases are the numbers of recalls.
var cases = []string{"C1", "C2"}

// ofRecall is a step on a recall that has to be there.
func ofRecall(do func(w *world, op operation, r *recall) string) func(w *world, op operation) string {
	return func(w *world, op operation) string {
		r, exists := w.recalls[op.Case]
		if !exists {
			return "UNKNOWN_RECALL"
		}
		outcome := do(w, op, &r)
		w.recalls[op.Case] = r
		return outcome
	}
}

func (w *world) open(op operation) string {
	r := recall{state: opened, runs: map[int]bool{}, kept: map[string]bool{}}
	if !w.known(op.Lines) {
		return "UNKNOWN_LOT"
	}
	for _, line := range op.Lines {
		r.seeds = append(r.seeds, line.Lot)
	}
	if _, exists := w.recalls[op.Case]; exists {
		return "RECALL_EXISTS"
	}
	w.recalls[op.Case] = r
	return "ok"
}

// cone is all that lots went into.
func (w *world) cone(seeds []string) (lots []string, runs map[int]bool) {
	met, runs := map[string]bool{}, map[int]bool{}
	for next := seeds; len(next) > 0; {
		code := next[0]
		next = next[1:]
		if met[code] {
			continue
		}
		met[code] = true
		for run := range w.into(code) {
			runs[run] = true
			for other, l := range w.lots {
				if l.run == run {
					next = append(slices.Clip(next), other)
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(met)), runs
}

func (w *world) activate(op operation, r *recall) string {
	switch r.state {
	case active:
		return "RECALL_ACTIVE"
	case ended:
		return "RECALL_CLOSED"
	}
	lots, runs := w.cone(r.seeds)
	r.state, r.activated, r.runs = active, true, runs
	for _, code := range lots {
		l := w.lots[code]
		l.hold(op.Case)
		w.lots[code] = l
	}
	s, gone := w.scope(op.Case, r)
	return fmt.Sprintf("ok: %s; gone %v", s, gone)
}

// scope tells of a recall that was activated how many lots and runs it affects, and
// what had gone of each lot.
func (w *world) scope(number string, r *recall) (string, map[string]int) {
	lots, left, inProcess, lines, gone := 0, 0, 0, 0, map[string]int{}
	for code, l := range w.lots {
		if !slices.Contains(l.cases, number) {
			continue
		}
		lots++
		if l.total() > 0 {
			left++
		}
		for _, quantity := range w.gone(code) {
			gone[code] += quantity
			lines++
		}
	}
	for run := range r.runs {
		if !w.runs[run] {
			inProcess++
		}
	}
	return fmt.Sprintf("%d lots, %d left, %d runs, %d in process, %d lines", lots, left, len(r.runs), inProcess, lines), gone
}

// heldBy says whether a recall holds a lot.
func (l lot) heldBy(number string) bool {
	for i, c := range l.cases {
		if c == number && l.holds[i] {
			return true
		}
	}
	return false
}

// marking are the active recalls that have marked a run.
func (w *world) marking(run int) []string {
	var numbers []string
	for _, number := range cases {
		if r := w.recalls[number]; r.state == active && r.runs[run] {
			numbers = append(numbers, number)
		}
	}
	return numbers
}

// released says whether a lot was released from a recall that marked its run.
func (w *world) released(l lot) bool {
	return slices.ContainsFunc(w.marking(l.run), func(number string) bool { return !l.heldBy(number) })
}

func (w *world) decide(op operation, r *recall) string {
	if r.state != active {
		return "RECALL_NOT_ACTIVE"
	}
	code := op.Lines[0].Lot
	l := w.lots[code]
	switch {
	case !slices.Contains(l.cases, op.Case):
		return "LOT_NOT_IN_RECALL"
	case !l.heldBy(op.Case):
		return "HOLD_RELEASED"
	case op.Keep:
		r.kept[code] = true
	default:
		l.holds[slices.Index(l.cases, op.Case)] = false
	}
	return "ok"
}

func (w *world) end(op operation, r *recall) string {
	number := op.Case
	if r.state == ended {
		return "RECALL_CLOSED"
	}
	for run := range r.runs {
		if !w.runs[run] {
			return "RUNS_IN_PROCESS"
		}
	}
	for code, l := range w.lots {
		if l.heldBy(number) && l.total() > 0 && !r.kept[code] {
			return "LOTS_UNDECIDED"
		}
	}
	for code, l := range w.lots {
		if l.heldBy(number) && !r.kept[code] {
			l.holds[slices.Index(l.cases, number)] = false
		}
	}
	r.state = ended
	return "ok"
}
