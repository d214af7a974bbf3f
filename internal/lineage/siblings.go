package lineage

import (
	"context"
	"maps"
)

// step is what a pass met at one depth.
type step struct{ lots, runs []int64 }

// record notes what a pass met, if that is needed.
func (p *pass) record(depth int32, lots, runs []int64) {
	if !p.recorded {
		return
	}
	for len(p.steps) <= int(depth) {
		p.steps = append(p.steps, step{})
	}
	s := &p.steps[depth]
	s.lots, s.runs = append(s.lots, lots...), append(s.runs, runs...)
}

// followSiblings walks forward from all that was met backward, each from the depth at
// which it lies, so that depths are runs away from the seed on this way too: back to
// what is shared, and on from there.
//
// It finds again what was found forward, for it may come there by fewer runs and so get
// further within the depth asked for, and sends only what was not sent.
func (w *walk) followSiblings(ctx context.Context, back, fore *pass) error {
	way := w.texts.forward()
	way.direction = Sibling
	p := w.pass(way)
	w.near, w.edges = nil, 0
	for depth := int32(0); int(depth) < len(back.steps) || p.due.awaits(); depth++ {
		p.due.turn()
		if err := w.level(ctx, p, depth); err != nil {
			return err
		}
		if int(depth) < len(back.steps) {
			if err := w.startSiblings(ctx, p, back, depth); err != nil {
				return err
			}
		}
	}
	w.late.add(p.times, back, fore)
	return nil
}

// startSiblings goes on from what was met backward at a depth.
func (w *walk) startSiblings(ctx context.Context, p, back *pass, depth int32) error {
	from := back.steps[depth]
	back.steps[depth] = step{}
	for len(from.runs) > 0 {
		n := min(w.size(), len(from.runs))
		var runs []int64
		for _, id := range from.runs[:n] {
			if p.runs.add(id) {
				runs = append(runs, id)
				p.times.startRun(id, back)
			}
		}
		from.runs = from.runs[n:]
		if err := w.beyond(ctx, p, runs, nil, depth); err != nil {
			return err
		}
	}
	for len(from.lots) > 0 {
		n := min(w.size(), len(from.lots))
		var lots []int64
		for _, id := range from.lots[:n] {
			if p.lots.add(id) {
				lots = append(lots, id)
				p.due.add(id, never)
			}
			p.times.startLot(id, back)
		}
		from.lots = from.lots[n:]
		if err := w.enter(ctx, p, lots, depth); err != nil {
			return err
		}
	}
	return w.flush()
}

// startRun notes that a way starts from a run that was met backward. What it put out is
// a sibling in time only if it can itself have gone into the seed in time.
func (t *times) startRun(id int64, back *pass) {
	if t != nil && back.late.runs[id] {
		t.runs[id] = &lateRun{}
	}
}

// startLot notes the same of a lot.
func (t *times) startLot(id int64, back *pass) {
	if t != nil && !back.late.lots[id] {
		t.improve([]arrival{{id, always}})
	}
}

// unentered are those of some lots that no way has entered that goes the same way to
// the ends: of the others everything was sent.
func (w *walk) unentered(p *pass, ids []int64) []int64 {
	if p.direction != Sibling {
		return ids
	}
	var lots []int64
	for _, id := range ids {
		if !w.lots.has(id, visitedForward) {
			lots = append(lots, id)
		}
	}
	return lots
}

// keepLate keeps what is out of time backward, before another way shows it to be in time.
func (p *pass) keepLate(l *lateness) {
	if p.recorded {
		p.late = lateness{lots: maps.Clone(l.lots), runs: maps.Clone(l.runs)}
	}
}
