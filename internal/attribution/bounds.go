package attribution

// Bounds are what is possible whatever is mixed how: of what is taken out of a lot all or
// nothing may be the seed's, and of what a run puts out likewise. What is certain:
//
//   - what is in a seed is the seed's;
//   - what came into a lot went out of it until it was empty, or is in it: so what is
//     taken last, after all else was taken, has all that came after that;
//   - the only lot that a finished run put out has all that went into it;
//   - nothing has more than led from the seeds on into runs.
//
// They are no probabilities, and far apart where much was mixed.

// sink is where content of a lot went: a run, a line, or one of the kinds that have no
// line. Shipments and returns have one sink together, and adjustments.
type sink struct {
	kind        Kind
	link        int64
	least, most amount
}

type sinkKey struct {
	kind Kind
	link int64
}

// rest is the sink of what is still in the lot.
const rest Kind = 0

func keyOf(s *step) sinkKey {
	switch s.kind {
	case Return:
		return sinkKey{Shipment, s.link}
	case Gain:
		return sinkKey{Loss, 0}
	}
	return sinkKey{s.kind, s.link}
}

// stay is the time from when a lot is empty to when it is empty again.
type stay struct {
	least, most amount             // that came since
	taken       amount             // least that had come when something was taken last
	before      amount             // least that had come when another sink than the last took something last
	last        sinkKey            // who took last
	reach       map[sinkKey]amount // most that came before a sink took last
	sources     map[int64]bool     // runs of which something came
}

// bound finds the bounds of what leaves a lot.
func (h *History) bound(n node) {
	if int(n) >= len(h.lots) {
		return
	}
	v := h.lots[n]
	b := bounding{h: h, v: v, at: map[sinkKey]int{}, left: map[sinkKey]amount{}, backs: map[sinkKey]bool{}, once: h.once(v)}
	b.run()
	for _, s := range v.sinks {
		if s.kind.runs() {
			r := h.runs[s.link]
			r.least, r.most = r.least.add(s.least), r.most.add(s.most).min(h.led)
		}
	}
}

// once are the runs that bring all that they bring within one stay.
func (h *History) once(v *vessel) map[int64]bool {
	stays := map[int64]int{}
	once := map[int64]bool{}
	n, level := 1, amount{}
	if h.backward {
		level = v.onHand
	}
	for i := range v.steps {
		s := h.step(v, i)
		if !h.brings(s.kind) {
			if level = level.sub(s.quantity); level.isZero() {
				n++
			}
			continue
		}
		level = level.add(s.quantity)
		if s.kind.runs() {
			once[s.link] = stays[s.link] == 0 || once[s.link] && stays[s.link] == n
			stays[s.link] = n
		}
	}
	return once
}

type bounding struct {
	h     *History
	v     *vessel
	at    map[sinkKey]int    // places in v.sinks
	left  map[sinkKey]amount // the quantity in pools into which something went
	backs map[sinkKey]bool   // and out of which something came
	once  map[int64]bool
	stay  stay
	level amount
}

func (b *bounding) run() {
	b.begin()
	if b.h.backward {
		b.level = b.v.onHand
	}
	for i := range b.v.steps {
		s := b.h.step(b.v, i)
		if b.v.seed {
			b.exact(s)
			continue
		}
		if b.h.brings(s.kind) {
			b.level = b.level.add(s.quantity)
			b.bring(s)
			continue
		}
		b.level = b.level.sub(s.quantity)
		b.take(keyOf(s))
		if s.kind.pooled() {
			b.left[keyOf(s)] = b.left[keyOf(s)].add(s.quantity)
		}
		if b.level.isZero() {
			b.end()
			b.begin()
		}
	}
	if b.v.seed {
		b.sink(sinkKey{kind: rest}).most, b.sink(sinkKey{kind: rest}).least = b.v.rest, b.v.rest
		return
	}
	if !b.level.isZero() || !b.stay.most.isZero() {
		b.take(sinkKey{kind: rest})
		b.end()
	}
	for key := range b.backs { // what came back may be what did not, unless all did
		k := b.sink(key)
		if k.least = (amount{}); b.left[key].isZero() {
			k.most = k.least
		}
	}
	for i := range b.v.sinks {
		b.v.sinks[i].most = b.v.sinks[i].most.min(b.h.led)
	}
}

// exact is what leaves a seed, and what comes back to it.
func (b *bounding) exact(s *step) {
	if b.h.backward && s.kind.pooled() {
		return
	}
	k := b.sink(keyOf(s))
	switch {
	case !b.h.brings(s.kind):
		k.least, k.most = k.least.add(s.content), k.most.add(s.content)
	case s.kind.pooled():
		k.least, k.most = k.least.sub(s.content), k.most.sub(s.content)
	}
}

func (b *bounding) sink(key sinkKey) *sink {
	i, known := b.at[key]
	if !known {
		i = len(b.v.sinks)
		b.at[key] = i
		b.v.sinks = append(b.v.sinks, sink{kind: key.kind, link: key.link})
	}
	return &b.v.sinks[i]
}

func (b *bounding) begin() {
	b.stay = stay{reach: map[sinkKey]amount{}, sources: map[int64]bool{}}
}

// bring is what a movement may bring. What a run puts out in several goes comes with the
// first of them at the most, and surely if all of them come before the lot is empty.
func (b *bounding) bring(s *step) {
	key := keyOf(s)
	switch left, went := b.left[key]; {
	case s.kind.pooled() && went:
		b.backs[key], b.stay.most = true, b.h.led
		b.left[key] = left.sub(s.quantity.min(left))
	case s.kind.runs() && !b.stay.sources[s.link]:
		b.stay.sources[s.link] = true
		least, most := b.h.runs[s.link].gives(b.h.led)
		b.stay.most = b.stay.most.add(most).min(b.h.led)
		if b.once[s.link] {
			b.stay.least = b.stay.least.add(least)
		}
	}
}

// gives are the bounds of what one lot has of a run.
func (r *process) gives(led amount) (least, most amount) {
	switch {
	case !r.known:
		return amount{}, amount{}
	case r.wild:
		return amount{}, led
	case len(r.groups) == 1 && r.keep.isZero() && !r.open:
		return r.least, r.most
	}
	return amount{}, r.most
}

func (b *bounding) take(key sinkKey) {
	if key != b.stay.last {
		b.stay.last, b.stay.before = key, b.stay.taken
	}
	b.stay.taken = b.stay.least
	b.stay.reach[key] = b.stay.most
}

// end adds a stay to the sinks.
func (b *bounding) end() {
	for key, most := range b.stay.reach {
		k := b.sink(key)
		k.most = k.most.add(most).min(b.h.led)
	}
	k := b.sink(b.stay.last)
	k.least = k.least.add(b.stay.least.sub(b.stay.before))
}
