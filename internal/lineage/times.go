package lineage

import (
	"math"
	"slices"
	"time"
)

// times tells, while a walk goes one way, what the seeds can have reached in time, and
// keeps no more of it than what may still change: when lots that are yet to be followed
// were reached, and what is blocked.
//
// Material reaches a run by a consumption that is not before it came into the lot, and a
// run that is reached reaches all that it put out, whatever the order in which that was
// posted. What counts of a lot is the earliest arrival over all ways: when another way
// turns out to be earlier, what was blocked is looked at again. Backward it is the same
// in a mirror: the latest departure, with time running the other way.
//
// The methods that a walk calls do nothing on nil.
type times struct {
	sign int64 // 1 forward, -1 backward
	due  *agenda
	// lots are those that nothing has reached, and those from which something is blocked.
	lots map[int64]*lateLot
	// runs are those that nothing has reached. What is in none of these, and was met,
	// was reached, and nothing depends on when.
	runs map[int64]*lateRun
	// late is what was found out of time the other way, less what this way reaches.
	late *lateness
}

// never is the arrival in what nothing has reached, always that in the seed.
const (
	never  = math.MaxInt64
	always = math.MinInt64
)

type lateLot struct {
	at   int64
	runs []blockedRun
	ends []blockedEnd
}

// blockedRun is a run that nothing has reached yet, and until when it took of a lot.
type blockedRun struct{ runID, until int64 }

// blockedEnd is a receipt or shipment of a lot and when it was, with its number among
// those that were sent, 0 if it was not.
type blockedEnd struct {
	at     int64
	number int32
}

// lateRun is what a run that nothing has reached leads to.
type lateRun struct{ outputs []arrival }

// arrival is that a lot is reached at a time.
type arrival struct{ lotID, at int64 }

func newTimes(direction Direction, due *agenda, late *lateness) *times {
	t := &times{sign: 1, due: due, lots: map[int64]*lateLot{}, runs: map[int64]*lateRun{}, late: late}
	if direction == Backward {
		t.sign = -1
	}
	return t
}

func (t *times) moment(at time.Time) int64 { return t.sign * at.UnixMicro() }

// first is when the first of an edge moved, as the walk goes, and last when the last did.
func (t *times) first(e *edge) int64 { return min(t.sign*e.first, t.sign*e.last) }
func (t *times) last(e *edge) int64  { return max(t.sign*e.first, t.sign*e.last) }

// follow takes the edges from lots on, sorted by run: those to runs that were met
// before, and those to runs that were not. The lots are not followed again.
func (t *times) follow(lots []int64, met, fresh []edge) {
	if t == nil {
		return
	}
	for group := range groups(met, byRun, one) {
		switch id := group[0].RunID; {
		case t.runs[id] == nil: // reached before
		case t.carries(group):
			t.improve(t.release(id))
		default:
			t.block(group)
		}
	}
	for group := range groups(fresh, byRun, one) {
		id := group[0].RunID
		if t.carries(group) {
			delete(t.late.runs, id)
			continue
		}
		t.runs[id] = &lateRun{}
		t.block(group)
	}
	for _, id := range lots {
		switch lot := t.lots[id]; {
		case lot != nil:
			t.forget(id, lot)
		case t.due.arrival(id) == never:
			t.lots[id] = &lateLot{at: never}
		}
	}
}

func one() int { return 1 }

// carries says whether one of the edges into a run brings something there.
func (t *times) carries(edges []edge) bool {
	return slices.ContainsFunc(edges, func(e edge) bool { return t.last(&e) >= t.arrival(e.LotID) })
}

// block keeps edges into a run that bring nothing there as far as is known.
func (t *times) block(edges []edge) {
	for i := range edges {
		lot := t.keep(edges[i].LotID)
		lot.runs = append(lot.runs, blockedRun{edges[i].RunID, t.last(&edges[i])})
	}
}

// reach takes the edges from runs to lots: those to lots that were met before, and
// those to lots that were not, which are to be followed.
func (t *times) reach(met, fresh []edge) {
	if t == nil {
		return
	}
	for _, edges := range [][]edge{met, fresh} {
		for i := range edges {
			to := arrival{edges[i].LotID, t.first(&edges[i])}
			if run := t.runs[edges[i].RunID]; run == nil {
				t.improve([]arrival{to})
			} else if t.open(to.lotID) {
				run.outputs = append(run.outputs, to)
			}
		}
	}
}

// end takes a receipt or shipment of a lot that is being entered.
func (t *times) end(lotID int64, at time.Time, number int32) {
	if t == nil || t.moment(at) >= t.arrival(lotID) {
		return
	}
	lot := t.keep(lotID)
	lot.ends = append(lot.ends, blockedEnd{t.moment(at), number})
}

// arrival is when a lot that is due, or has something blocked, was reached.
func (t *times) arrival(lotID int64) int64 {
	if lot := t.lots[lotID]; lot != nil {
		return lot.at
	}
	return t.due.arrival(lotID)
}

// open says whether it matters when a lot was reached.
func (t *times) open(lotID int64) bool { return t.arrival(lotID) != always }

// keep is a lot that has something blocked from now on.
func (t *times) keep(lotID int64) *lateLot {
	lot := t.lots[lotID]
	if lot == nil {
		lot = &lateLot{at: t.arrival(lotID)}
		t.lots[lotID] = lot
	}
	return lot
}

// forget drops a lot that was reached and has nothing blocked.
func (t *times) forget(lotID int64, lot *lateLot) {
	if lot.at != never && len(lot.runs)+len(lot.ends) == 0 {
		delete(t.lots, lotID)
	}
}

// release notes that a run is reached, and returns what that reaches.
func (t *times) release(runID int64) []arrival {
	run := t.runs[runID]
	delete(t.runs, runID)
	delete(t.late.runs, runID)
	return run.outputs
}

// improve notes that lots are reached, and all that follows from it.
func (t *times) improve(arrivals []arrival) {
	for len(arrivals) > 0 {
		a := arrivals[len(arrivals)-1]
		arrivals = arrivals[:len(arrivals)-1]
		if a.at >= t.arrival(a.lotID) {
			continue
		}
		delete(t.late.lots, a.lotID)
		t.due.improve(a.lotID, a.at)
		if lot := t.lots[a.lotID]; lot != nil {
			arrivals = append(arrivals, t.unblock(lot, a.at)...)
			t.forget(a.lotID, lot)
		}
	}
}

// unblock takes away what is not blocked any more from a lot now that it is reached
// earlier, and returns where that leads.
func (t *times) unblock(lot *lateLot, at int64) []arrival {
	lot.at = at
	var onward []arrival
	runs, ends := lot.runs[:0], lot.ends[:0]
	for _, b := range lot.runs {
		switch {
		case t.runs[b.runID] == nil: // reached another way
		case b.until < at:
			runs = append(runs, b)
		default:
			onward = append(onward, t.release(b.runID)...)
		}
	}
	for _, e := range lot.ends {
		if e.at < at {
			ends = append(ends, e)
		}
	}
	lot.runs, lot.ends = runs, ends
	return onward
}
