package pg

import (
	"context"
	"sync"
	"sync/atomic"
)

// seats bound the reads that last as long as those who read them.
type seats struct {
	once    sync.Once
	taken   chan struct{}
	waiting atomic.Int64 // who stands in line
}

func (db *DB) seated() chan struct{} {
	db.seats.once.Do(func() { db.seats.taken = make(chan struct{}, max(1, db.Config().MaxConns/2)) })
	return db.seats.taken
}

// Seats is how many there are: half of the connections, so that no posting waits
// for readers, however slow they are.
func (db *DB) Seats() int { return cap(db.seated()) }

// TakeSeat waits for a seat, which a read needs that lasts as long as its reader
// takes. It is to be given back by giveBack.
func (db *DB) TakeSeat(ctx context.Context) (giveBack func(), err error) {
	taken := db.seated()
	db.seats.waiting.Add(1)
	defer db.seats.waiting.Add(-1)
	select {
	case taken <- struct{}{}:
		return func() { <-taken }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
