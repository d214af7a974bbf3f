package lineage

// hop is a lot on a way, and how the way came there: by a run, from the hop before. The
// first has neither.
type hop struct {
	lotID, runID int64
	before       *hop
	// arrived is when the material came into the lot, at the earliest.
	arrived int64
	runs    int32
}

// shortest is a way through a web from one lot to another over as few runs as can be; nil
// if there is none. Timed, it is the shortest of those on which the material comes in time:
// of each run it is enough to reach it, for a run that is reached gives all that it put
// out; of lots an earlier arrival over more runs may lead on where the first did not.
func (w *web) shortest(from, to int64, timed bool) *hop {
	level := []*hop{{lotID: from, arrived: always}}
	arrived, reached := map[int64]int64{from: always}, map[int64]bool{}
	for len(level) > 0 {
		var next []*hop
		for _, h := range level {
			if h.lotID == to {
				return h
			}
			for _, into := range w.into[h.lotID] {
				if reached[into.runID] || timed && into.last < h.arrived {
					continue
				}
				reached[into.runID] = true
				for _, out := range w.gave[into.runID] {
					at := int64(always) // untimed, whoever comes first stays
					if timed {
						at = out.first
					}
					if before, met := arrived[out.lotID]; met && before <= at {
						continue
					}
					arrived[out.lotID] = at
					next = append(next, &hop{lotID: out.lotID, runID: out.runID, before: h, arrived: at, runs: h.runs + 1})
				}
			}
		}
		level = next
	}
	return nil
}

// way are the hops from the first on.
func (h *hop) way() []*hop {
	if h == nil {
		return nil
	}
	return append(h.before.way(), h)
}
