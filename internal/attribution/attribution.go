// Package attribution says how much of a lot, the seed, is in everything that it reached,
// or how much of everything that reached it is in the seed: measured in the seed's unit.
//
// Movements are replayed, each lot well mixed: whatever is taken of a lot has its share
// of all that is in the lot at that moment. What went into a run is divided over what the
// run put out (Basis says how), whenever it went in: what is posted into a run after its
// output is in the output all the same. Backward it is the same with time running the
// other way: what is asked of a lot falls on what had come into it, and what is asked of
// a run on what the run had consumed.
//
// The law: what came into the seed is, to the last decimal, what Totals has. Each split is
// made once and the rest is the difference, so nothing is lost or made by rounding.
//
// Beside each figure stand the least and the most that is possible whatever is mixed how:
// see bounds.go.
package attribution

import (
	"context"
	"errors"
	"time"

	"github.com/lottrail/lottrail/internal/qty"
)

// Kind is what a movement does to a lot.
type Kind uint8

// Receipts, outputs, returns and gains bring into a lot, the others take out of it.
const (
	Receipt Kind = iota + 1
	Output
	Return
	Gain // an adjustment up
	found
	Consumption
	Shipment
	Scrap
	Loss // an adjustment down
)

// in says whether a movement brings into its lot.
func (k Kind) in() bool { return k <= found }

// pooled says whether a movement brings back what went out before, or takes out what may
// come back: a shipment line and its returns, adjustments down and up. What is adjusted
// up beyond that is found: it comes from nowhere.
func (k Kind) pooled() bool { return k == Return || k == Gain || k == Shipment || k == Loss }

// runs says whether a movement is into a run or out of it.
func (k Kind) runs() bool { return k == Output || k == Consumption }

// Movement is a movement into or out of a lot. Moves within the warehouse and what was
// reversed, with its reversal, are to be left out.
type Movement struct {
	Kind     Kind
	Quantity qty.Decimal // above zero, in the base unit of the lot's item
	// At is when it happened, Recorded when that became known; ID tells those of one
	// operation apart.
	At, Recorded time.Time
	ID           int64
	// RunID is that of outputs and consumptions, LineID the line of receipts, shipments
	// and returns.
	RunID, LineID int64
	// Weight is nil for what is not weighed.
	Weight *qty.Decimal
	// Share is what was stated of an output: its part of the run's content beside those of
	// the other outputs.
	Share *qty.Decimal
}

// ErrTooLarge is returned for quantities that cannot be added up exactly: those of a
// history are to be below 10^21 in all.
var ErrTooLarge = errors.New("attribution: quantities of more than 21 digits")

// History is what happened to lots and runs: first it is told, by Lot and Run, then
// attributed, then asked.
type History struct {
	backward bool
	lots     []*vessel
	runs     []*process
	lotAt    map[int64]int32
	runAt    map[int64]int32
	items    map[int64]*Item
	total    amount // of all quantities
	seeded   amount // what came into the seeds
	led      amount // what led from them on into runs: nothing has more than that
	settled  bool
}

// NewHistory is a history in which nothing happened, to be attributed forward or
// backward.
func NewHistory(backward bool) *History {
	return &History{backward: backward, lotAt: map[int64]int32{}, runAt: map[int64]int32{}, items: map[int64]*Item{}}
}

// vessel is a lot: what happened to it, in order.
type vessel struct {
	id      int64
	item    *Item
	seed    bool
	assumed bool // something in it comes by an assumption
	steps   []step
	weights []amount // beside the steps, where the item is weighed
	shares  []amount // beside the steps, where some are stated
	onHand  amount   // the quantity that is left
	rest    amount   // the content that is left at the end of the replay
	sinks   []sink
}

// step is a movement, and what it has of the seed.
type step struct {
	quantity, content amount
	link              int64 // the run's place in History.runs, or a line's id
	kind              Kind
}

// process is a run.
type process struct {
	id           int64
	known        bool // else it lies beyond what is looked at
	open         bool
	basis        Basis
	assumed      bool
	feeds, parts []place // movements that bring content into it, and that it is divided over
	groups       []group
	keep, whole  amount // so much of the whole stays in it
	kept         amount
	inputs       []Input
	content      amount
	least, most  amount
	wild         bool // in a loop: bounds say nothing
}

// place is a step of a lot.
type place struct{ lot, step int32 }

// Lot tells what happened to a lot. A lot is told once.
func (h *History) Lot(id int64, item *Item, seed bool, movements []Movement) error {
	v := &vessel{id: id, item: h.item(item), seed: seed}
	for i := range movements {
		n := measure(movements[i].Quantity)
		if n.BitLen() > maxBits {
			return ErrTooLarge
		}
		if h.total = h.total.add(fromBig(n)); h.total.big().BitLen() > maxBits {
			return ErrTooLarge
		}
	}
	v.tell(inOrder(movements), h.run)
	h.lotAt[id] = int32(len(h.lots))
	h.lots = append(h.lots, v)
	return nil
}

// Run tells of a run. Runs of which nothing is told lie beyond what is looked at: what
// goes there is counted as beyond.
func (h *History) Run(id int64, open bool) {
	r := h.runs[h.run(id)]
	r.known, r.open = true, open
}

// Input tells of something that a run consumed of a lot that is not told of: where a run
// is under way, what it consumed says how much is still in it.
func (h *History) Input(runID int64, in Input) {
	in.Item = h.item(in.Item)
	r := h.runs[h.run(runID)]
	r.inputs = append(r.inputs, in)
}

func (h *History) run(id int64) int64 {
	at, known := h.runAt[id]
	if !known {
		at = int32(len(h.runs))
		h.runAt[id] = at
		h.runs = append(h.runs, &process{id: id})
	}
	return int64(at)
}

// item is the one of its id that was met first: so each is measured once.
func (h *History) item(item *Item) *Item {
	if met := h.items[item.ID]; met != nil {
		return met
	}
	item.learn()
	h.items[item.ID] = item
	return item
}

// brings says whether a kind of movement brings content into its lot, the way that the
// history is gone through.
func (h *History) brings(k Kind) bool { return k.in() != h.backward }

// Attribute finds out how much of the seed is where. Once ctx has ended it stops, with the
// reason for that, and the history is good for nothing.
func (h *History) Attribute(ctx context.Context) error {
	h.settled = true
	w := &watch{ctx: ctx}
	h.link()
	for _, v := range h.lots {
		if !v.seed {
			continue
		}
		h.seeded = h.seeded.add(v.cameIn())
		for i := range v.steps {
			if s := &v.steps[i]; s.kind.runs() && !h.brings(s.kind) {
				h.led = h.led.add(s.quantity)
			}
		}
	}
	for _, r := range h.runs {
		h.plan(r)
		if err := w.after(len(r.feeds) + len(r.parts)); err != nil {
			return err
		}
	}
	components, err := h.components(w)
	if err != nil {
		return err
	}
	for _, nodes := range components {
		if err := h.flow(nodes, w); err != nil {
			return err
		}
		for _, n := range nodes {
			h.bound(n)
			if err := w.after(h.size(n)); err != nil {
				return err
			}
		}
	}
	return nil
}

// flow finds what comes into some nodes and what leaves them: one alone, or a loop.
func (h *History) flow(nodes []node, w *watch) error {
	if len(nodes) > 1 {
		return h.circle(nodes, w)
	}
	h.visit(nodes[0])
	return w.after(h.size(nodes[0]))
}

// Led is what led from the seeds on into runs: what is beyond them has no more than that, all
// together.
func (h *History) Led() qty.Decimal { return h.led.decimal() }

// link gathers the movements of runs.
func (h *History) link() {
	for i, v := range h.lots {
		for j := range v.steps {
			s := &v.steps[j]
			if !s.kind.runs() {
				continue
			}
			r := h.runs[s.link]
			if h.brings(s.kind) {
				r.parts = append(r.parts, place{int32(i), int32(j)})
			} else {
				r.feeds = append(r.feeds, place{int32(i), int32(j)})
			}
		}
	}
}
