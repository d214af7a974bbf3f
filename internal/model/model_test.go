package model_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
)

// world is what the service should know: the model. It is small enough to be
// seen right at a glance, and is copied before every step.
type world struct {
	lots    map[string]lot
	runs    map[int]bool // finished?
	recalls map[string]recall
	done    map[string]request
	papers  map[string]paper
	// finishes are those of runs, by the request that did it.
	finishes map[string]finishing
	// movements are all that there should be, those that take others back with
	// quantities below zero.
	movements []movement
	counts    map[string]count
	codes     map[string]int // the last number given out, by item
	theme     *theme
	name      string // of the plant
	round     int
	// loose is for the order of the log, in which not all is that is given out.
	loose bool
}

type lot struct {
	born   int // the round
	run    int // that made it, 0 if it was bought
	onHand map[string]int
	weight map[string]int // of that, where it is weighed
	in     int            // received and put out
	holds  []bool         // active?
	cases  []string       // of the holds, empty if they are of no recall
	expiry string         // the date, if it has one
	dated  int            // the round in which it was changed
	looked bool           // whether a look has held it for its date
	kept   []keeping
}

// movement is a quantity of a lot from one location to another. What lies outside is "".
type movement struct {
	Kind          kind
	Lot, From, To string
	Quantity      int
	Weight        int
	Share         int
	Run           int
	Document      string
	Reason        string // of adjusting and scrapping
	late          bool   // it happened before anything was counted, whenever it is told
	round         int
}

// paper is a receipt, a shipment, or what was adjusted, by its request.
type paper struct {
	kind     kind
	reversed bool
}

// request is one that was carried out, under its id.
type request struct {
	content string
	outcome string
}

func newWorld(th *theme, name string) world {
	return world{
		lots: map[string]lot{}, runs: map[int]bool{}, recalls: map[string]recall{}, done: map[string]request{}, papers: map[string]paper{},
		counts: map[string]count{}, codes: map[string]int{}, finishes: map[string]finishing{}, theme: th, name: name,
	}
}

func (w world) clone() world {
	c := newWorld(w.theme, w.name)
	c.round, c.loose, c.codes = w.round, w.loose, maps.Clone(w.codes)
	c.runs, c.done, c.papers, c.movements = maps.Clone(w.runs), maps.Clone(w.done), maps.Clone(w.papers), slices.Clip(w.movements)
	c.finishes = maps.Clone(w.finishes)
	for code, l := range w.lots {
		l.onHand, l.weight, l.holds, l.cases, l.kept = maps.Clone(l.onHand), maps.Clone(l.weight), slices.Clone(l.holds), slices.Clone(l.cases), slices.Clone(l.kept)
		for i, k := range l.kept {
			l.kept[i].at = maps.Clone(k.at)
		}
		c.lots[code] = l
	}
	for number, r := range w.recalls {
		r.runs, r.kept = maps.Clone(r.runs), maps.Clone(r.kept)
		c.recalls[number] = r
	}
	for code, n := range w.counts {
		n.lines = slices.Clone(n.lines)
		c.counts[code] = n
	}
	return c
}

// total is what is left of a lot.
func (l lot) total() int {
	total := 0
	for _, n := range l.onHand {
		total += n
	}
	return total
}

func (l lot) held() bool { return slices.Contains(l.holds, true) }

// hold places a hold, of a recall or of none.
func (l *lot) hold(number string) { l.holds, l.cases = append(l.holds, true), append(l.cases, number) }

// apply does an operation and says how it ends: "ok", or the reason of the
// refusal, which leaves nothing behind.
func (w *world) apply(op operation) string {
	unasked := steps[op.Kind].unasked
	if earlier, ok := w.done[op.Request]; ok && !unasked {
		if earlier.content == op.content() {
			return earlier.outcome
		}
		return "REQUEST_ID_REUSED"
	}
	next := w.clone()
	outcome := steps[op.Kind].do(&next, op)
	if strings.HasPrefix(outcome, "ok") {
		if !unasked {
			next.done[op.Request] = request{op.content(), outcome}
		}
		*w = next
	}
	return outcome
}

// known says whether there are all the lots.
func (w *world) known(lines []line) bool {
	return !slices.ContainsFunc(lines, func(l line) bool {
		_, exists := w.lots[l.Lot]
		return !exists
	})
}

// bring makes a lot if there is none by that code. What a run makes is held by the
// recalls that have marked it.
func (w *world) bring(of line, run int) {
	if _, exists := w.lots[of.Lot]; exists {
		return
	}
	l := lot{born: w.round, run: run, onHand: map[string]int{}, weight: map[string]int{}, expiry: of.Date}
	for _, number := range w.marking(run) {
		l.hold(number)
	}
	w.lots[of.Lot] = l
}

// differs says whether more of a lot is of another date than it has.
func (w *world) differs(of line) bool {
	l, exists := w.lots[of.Lot]
	return exists && of.Date != "" && of.Date != l.expiry
}

// post does a movement of a lot that there is.
func (w *world) post(m movement) {
	m.round = w.round
	l := w.lots[m.Lot]
	if m.From != "" {
		l.onHand[m.From] -= m.Quantity
		l.weight[m.From] -= m.Weight
	}
	if m.To != "" {
		l.onHand[m.To] += m.Quantity
		l.weight[m.To] += m.Weight
	}
	if m.Kind == receive || m.Kind == output {
		l.in += m.Quantity
	}
	w.lots[m.Lot] = l
	w.movements = append(w.movements, m)
}

// short says whether somewhere is less than nothing.
func (w *world) short() bool {
	for _, l := range w.lots {
		for _, quantity := range l.onHand {
			if quantity < 0 {
				return true
			}
		}
	}
	return false
}

// standing are the movements that were not taken back.
func (w *world) standing() []movement {
	return slices.DeleteFunc(slices.Clone(w.movements), func(m movement) bool { return w.papers[m.Document].reversed })
}

// gone is what was shipped of a lot, line by line.
func (w *world) gone(code string) []int {
	var lines []int
	for _, m := range w.standing() {
		if m.Kind == ship && m.Lot == code {
			lines = append(lines, m.Quantity)
		}
	}
	return lines
}

// into are the runs that consumed a lot.
func (w *world) into(code string) map[int]bool {
	runs := map[int]bool{}
	for _, m := range w.standing() {
		if m.Kind == consume && m.Lot == code {
			runs[m.Run] = true
		}
	}
	return runs
}

// played is an operation, how it ended, and its place in the log: 0 if it is in none, or
// that is not known.
type played struct {
	op      operation
	outcome string
	answer  proto.Message // nil if it was refused
	place   int
	// nth it was of those that came in one call, if they did.
	nth, call int
}

// explain looks for an order of the operations, which is that of the log, in which the
// model ends each of them the way it really ended. It returns the world after each of
// those that have a place in the log, and after them all, when the facts are as they were
// read, unless that is nil.
func explain(w world, round []played, facts []string) ([]world, bool) {
	if len(round) == 0 {
		return []world{w}, facts == nil || slices.Equal(facts, w.facts())
	}
	for i, p := range round {
		if slices.ContainsFunc(round, p.comesAfter) {
			continue
		}
		next, op := w.clone(), p.op
		op.Seen = p.outcome
		if next.apply(op) != p.outcome {
			continue
		}
		after, explained := explain(next, slices.Delete(slices.Clone(round), i, i+1), facts)
		if explained && p.place > 0 {
			after = append([]world{next}, after...)
		}
		if explained {
			return after, true
		}
	}
	return nil, false
}

// comesAfter says whether one operation was carried out after another of the same call, or
// the log has it after that, or has it as the repeat of that.
func (p played) comesAfter(other played) bool {
	if p.call == other.call && p.nth > other.nth {
		return true
	}
	if p.place == 0 {
		return other.place > 0 && p.op.Request == other.op.Request && p.outcome == other.outcome
	}
	return other.place > 0 && other.place < p.place
}

func unexplained(w world, round []played, facts []string) error {
	text := fmt.Sprintf("no serial order explains it, from\n  %s", strings.Join(w.facts(), "\n  "))
	for _, p := range round {
		before, op := w.clone(), p.op
		op.Seen = p.outcome
		text += fmt.Sprintf("\n  %+v: %s, by itself it would have been %s", p.op, p.outcome, before.apply(op))
		if p.place > 0 {
			text += fmt.Sprintf(" (%d. in the log)", p.place)
		}
	}
	if facts != nil {
		text += "\nto\n  " + strings.Join(facts, "\n  ")
	}
	return errors.New(text)
}
