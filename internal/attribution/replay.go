package attribution

import "slices"

// Where rework leads back into what it came from, the same content comes by again and
// again, less of it each time. maxSweeps and maxWork bound how often a loop is replayed:
// what is still on its way round then is in the runs, and Totals.Settled is false.
const (
	maxSweeps = 5000
	maxWork   = 50_000_000 // steps
)

// circle replays a loop until nothing more comes of it. It begins with nothing in it, and
// what is where only grows: so it comes to an end, and no run ever gives more than it has.
func (h *History) circle(nodes []node, w *watch) error {
	work := 0
	for _, n := range nodes {
		if int(n) < len(h.lots) {
			work += len(h.lots[n].steps)
		} else {
			h.runs[int(n)-len(h.lots)].wild = true
		}
	}
	for range min(maxSweeps, 100+maxWork/max(1, work)) {
		changed := false
		for _, n := range nodes {
			if h.visit(n) {
				changed = true
			}
			if err := w.after(h.size(n)); err != nil {
				return err
			}
		}
		if !changed {
			return nil
		}
	}
	h.settled = false
	for _, n := range nodes { // what was given last is to be where it came to
		if int(n) < len(h.lots) {
			h.replay(h.lots[n])
		}
	}
	for _, n := range nodes {
		if int(n) >= len(h.lots) {
			h.gather(h.runs[int(n)-len(h.lots)])
		}
	}
	return nil
}

// visit replays a lot or divides what is in a run, and says whether anything goes another
// way than the last time.
func (h *History) visit(n node) bool {
	if int(n) < len(h.lots) {
		return h.replay(h.lots[n])
	}
	return h.pour(h.runs[int(n)-len(h.lots)])
}

// content is what is in a lot, or out of it and may come back: so much of the quantity
// that is there.
type content struct{ quantity, content amount }

// take takes a quantity out, and the share of the content that goes with it, rounded
// down: the rest stays.
func (c *content) take(quantity amount) amount {
	moved := c.content
	if quantity.cmp(c.quantity) < 0 {
		moved, _ = c.content.part(quantity, c.quantity)
	}
	c.quantity, c.content = c.quantity.sub(quantity), c.content.sub(moved)
	return moved
}

func (c *content) put(quantity, moved amount) {
	c.quantity, c.content = c.quantity.add(quantity), c.content.add(moved)
}

// replay goes through what happened to a lot; backward from the end, at which nothing is
// asked of what is left. All that is in a seed is content.
func (h *History) replay(v *vessel) (changed bool) {
	inside, out := h.start(v)
	for i := range v.steps {
		s := h.step(v, i)
		switch {
		case h.brings(s.kind):
			if s.kind.pooled() {
				s.content = out[s.link].take(s.quantity)
			} else if v.seed {
				inside.put(s.quantity, s.quantity)
				continue
			}
			inside.put(s.quantity, s.content)
			if s.kind == Output || s.kind == Consumption {
				v.assumed = v.assumed || h.runs[s.link].assumed && !s.content.isZero()
			}
		default:
			moved := inside.take(s.quantity)
			if s.content != moved {
				s.content, changed = moved, true
			}
			if s.kind.pooled() {
				if out[s.link] == nil {
					out[s.link] = &content{}
				}
				out[s.link].put(s.quantity, moved)
			}
		}
	}
	v.rest = inside.content
	return changed
}

// step is the one that comes at i, the way that the history is gone through.
func (h *History) step(v *vessel, i int) *step {
	if h.backward {
		i = len(v.steps) - 1 - i
	}
	return &v.steps[i]
}

// start is what is in a lot, and out of it, where the replay begins.
func (h *History) start(v *vessel) (inside content, out map[int64]*content) {
	out = map[int64]*content{}
	if !h.backward {
		return inside, out
	}
	for i := range v.steps {
		switch s := &v.steps[i]; {
		case !s.kind.pooled():
		case s.kind.in():
			out[s.link].quantity = out[s.link].quantity.sub(s.quantity)
		case out[s.link] == nil:
			out[s.link] = &content{quantity: s.quantity}
		default:
			out[s.link].quantity = out[s.link].quantity.add(s.quantity)
		}
	}
	inside.quantity = v.onHand
	if v.seed {
		inside.content = inside.quantity
		for _, c := range out {
			c.content = c.quantity
		}
	}
	return inside, out
}

// pour divides what is in a run over its parts: first what stays in it, then by lots, then
// by the movements of each.
func (h *History) pour(r *process) (changed bool) {
	h.gather(r)
	if !r.known || len(r.groups) == 0 {
		return false
	}
	two := []amount{r.kept, r.given()}
	divide(r.content, []amount{r.keep, r.whole.sub(r.keep)}, two)
	r.kept = two[0]
	parts, weights := make([]amount, len(r.groups)), make([]amount, len(r.groups))
	for i := range r.groups {
		parts[i], weights[i] = r.groups[i].content, r.groups[i].weight
	}
	divide(two[1], weights, parts)
	for i := range r.groups {
		if parts[i] != r.groups[i].content {
			r.groups[i].content, changed = parts[i], true
			h.share(&r.groups[i])
		}
	}
	return changed
}

// gather sums up what went into a run.
func (h *History) gather(r *process) {
	r.content, r.assumed = amount{}, r.basis == Evenly
	for _, p := range r.feeds {
		v := h.lots[p.lot]
		s := &v.steps[p.step]
		r.content = r.content.add(s.content)
		r.assumed = r.assumed || v.assumed && !s.content.isZero()
	}
}

// given is what a run gave the last time.
func (r *process) given() (sum amount) {
	for i := range r.groups {
		sum = sum.add(r.groups[i].content)
	}
	return sum
}

// share divides what a lot has of a run over the movements.
func (h *History) share(g *group) {
	if len(g.members) == 1 {
		h.stepAt(g.members[0]).content = g.content
		return
	}
	parts := make([]amount, len(g.members))
	for i, p := range g.members {
		parts[i] = h.stepAt(p).content
	}
	divide(g.content, g.weights, parts)
	for i, p := range g.members {
		h.stepAt(p).content = parts[i]
	}
}

func (h *History) stepAt(p place) *step { return &h.lots[p.lot].steps[p.step] }

// divide divides a content by weights, of which one at least is above zero: by the largest
// remainder, the first of equals. parts are those of the last time, of a content that was
// not larger, and none becomes smaller.
func divide(content amount, weights, parts []amount) {
	if len(parts) == 1 {
		parts[0] = content
		return
	}
	var total, given amount
	for _, w := range weights {
		total = total.add(w)
	}
	type share struct {
		i         int
		remainder amount
		floor     amount
	}
	before := slices.Clone(parts)
	shares := make([]share, len(parts))
	for i, w := range weights {
		floor, remainder := content.part(w, total)
		shares[i] = share{i, remainder, floor}
		parts[i] = parts[i].max(floor)
		given = given.add(parts[i])
	}
	slices.SortStableFunc(shares, func(a, b share) int { return b.remainder.cmp(a.remainder) })
	one := amount{0, 1}
	for given.cmp(content) < 0 {
		for _, s := range shares {
			if parts[s.i] == s.floor && given.cmp(content) < 0 && !weights[s.i].isZero() {
				parts[s.i], given = parts[s.i].add(one), given.add(one)
			}
		}
	}
	for given.cmp(content) > 0 {
		for _, s := range slices.Backward(shares) {
			if parts[s.i].cmp(before[s.i]) > 0 && given.cmp(content) > 0 {
				parts[s.i], given = parts[s.i].sub(one), given.sub(one)
			}
		}
	}
}
