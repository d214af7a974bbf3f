package pg

import (
	"context"
	"sync/atomic"
	"time"
)

// seats bound the long reads that are under way, each of which may last as long as who
// it is for: half of the connections, so that no posting waits for readers, however slow
// they are. Some of them are quick seats, where nobody stays for long, so that little
// questions do not wait for the large ones either.
type seats struct {
	long, quick chan struct{}
	// waiting is who stands in line for whatever is free first, remaining for a long seat
	// alone.
	waiting, remaining atomic.Int64
	outgrown           atomic.Int64 // reads that a quick seat was not enough for
	// work is how long a read may work in a quick seat.
	work time.Duration
}

// arrange makes the seats of so many connections. A seat that is the only one is no
// quick one.
func (s *seats) arrange(conns int32) {
	all := max(1, conns/2)
	quick := min(all-1, max(1, all/4))
	s.long, s.quick = make(chan struct{}, all-quick), make(chan struct{}, quick)
	s.work = quickWork
}

// Seats is how many there are, quick ones included.
func (db *DB) Seats() int { return cap(db.seats.long) + cap(db.seats.quick) }

// seat is one that was taken.
type seat struct {
	row   chan struct{}
	quick bool
}

func (s seat) giveBack() { <-s.row }

// take waits for a seat, for a quick one too if that does. Who comes first is served
// first, of either kind.
func (s *seats) take(ctx context.Context, quickDoes bool) (seat, error) {
	select {
	case s.long <- struct{}{}:
		return seat{row: s.long}, nil
	default:
	}
	line, quick := &s.remaining, chan struct{}(nil) // which is never free
	if quickDoes {
		line, quick = &s.waiting, s.quick
	}
	line.Add(1)
	defer line.Add(-1)
	select {
	case s.long <- struct{}{}:
		return seat{row: s.long}, nil
	case quick <- struct{}{}:
		return seat{row: s.quick, quick: true}, nil
	case <-ctx.Done():
		return seat{}, ctx.Err()
	}
}
