package pg

import (
	"context"
	"runtime"
	"sync"
	"time"
)

// turns bound the long reads that work at the same time, as seats bound those that are
// under way: however many they are, those who post find half of the processors.
//
// There are two lines, of those who have not worked for long and of all others. Each line
// gets half of the time, if it needs as much: so a little question waits for few
// others, and a large one is never kept waiting by little ones alone.
type turns struct {
	free  chan struct{} // has one for each turn that nobody has
	quick chan struct{} // a turn that is given to who has not worked for long

	mu sync.Mutex
	// owed is the time that the others were given, less that of those who have not worked
	// for long.
	owed time.Duration
}

// arrange makes the turns.
func (t *turns) arrange() {
	n := max(1, runtime.GOMAXPROCS(0)/2)
	t.free, t.quick = make(chan struct{}, n), make(chan struct{})
	for range n {
		t.free <- struct{}{}
	}
}

const (
	// slice is how long a turn lasts, unless a statement takes longer.
	slice = 20 * time.Millisecond
	// patience is how long to wait for one. Turns are for fairness: who computes for
	// long between two statements does not hold up the others for ever.
	patience = 2 * time.Second
)

// giveBack gives a turn back that somebody had for a while.
func (t *turns) giveBack(quick bool, had time.Duration) {
	if t.owes(quick, had) {
		select {
		case t.quick <- struct{}{}:
			return
		default:
		}
	}
	t.free <- struct{}{} // for whoever has waited longest: who has not worked for long waits here too
}

// owes says whether it is the turn of those who have not worked for long. What was owed
// long ago is forgotten.
func (t *turns) owes(quick bool, had time.Duration) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if quick {
		had = -had
	}
	t.owed = min(max(t.owed+had, -slice), slice)
	return t.owed >= 0
}

// turn is a place in the line for turns. It is nil for who does not stand in line.
type turn struct {
	turns *turns
	has   bool
	since time.Time
	// left is how long there is to work yet as one of those who have not worked for long;
	// wide is set if it will be long in any case.
	left time.Duration
	wide bool
}

func (t *turn) quick() bool { return !t.wide && t.left > 0 }

// take waits for a turn. Who calls sees in ctx why there may be none.
func (t *turn) take(ctx context.Context) {
	var quick chan struct{} // nil is never given
	if t.quick() {
		quick = t.turns.quick
	}
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	select {
	case <-t.turns.free:
		t.has = true
	case <-quick:
		t.has = true
	case <-timeout.C:
	case <-ctx.Done():
	}
	t.since = time.Now()
}

func (t *turn) give() {
	had, quick := time.Since(t.since), t.quick()
	t.left -= had
	if t.has {
		t.has = false
		t.turns.giveBack(quick, had)
	}
}

// spent says whether all is used up that there was to work among those who have not
// worked for long.
func (t *turn) spent() bool { return time.Since(t.since) > t.left }

// renew goes to the end of the line once the turn has lasted.
func (t *turn) renew(ctx context.Context) {
	if time.Since(t.since) > slice {
		t.give()
		t.take(ctx)
	}
}
