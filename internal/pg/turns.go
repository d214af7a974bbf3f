package pg

import (
	"context"
	"runtime"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// turns bound the long reads that work at the same time, as seats bound those that are
// under way: however many they are, those who post find half of the processors.
type turns struct {
	once  sync.Once
	taken chan struct{}
}

func (db *DB) turning() chan struct{} {
	db.turns.once.Do(func() { db.turns.taken = make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2)) })
	return db.turns.taken
}

const (
	// slice is how long a turn lasts, unless a statement takes longer.
	slice = 20 * time.Millisecond
	// patience is how long to wait for one. Turns are for fairness: who computes for
	// long between two statements does not hold up the others for ever.
	patience = 2 * time.Second
)

// turn is a place in the line for turns. Who has little to read is through after a few
// of them, whoever else reads, for they are given in the order in which they are asked
// for. It is nil for who does not stand in line.
type turn struct {
	taken chan struct{}
	has   bool
	since time.Time
}

// take waits for a turn. Who calls sees in ctx why there may be none.
func (t *turn) take(ctx context.Context) {
	if t == nil {
		return
	}
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	select {
	case t.taken <- struct{}{}:
		t.has = true
	case <-timeout.C:
	case <-ctx.Done():
	}
	t.since = time.Now()
}

func (t *turn) give() {
	if t != nil && t.has {
		t.has = false
		<-t.taken
	}
}

// renew goes to the end of the line once the turn has lasted.
func (t *turn) renew(ctx context.Context) {
	if t != nil && time.Since(t.since) > slice {
		t.give()
		t.take(ctx)
	}
}

// ReadInTurns is Read for what may be long: between its statements others may have
// their turn.
func (db *DB) ReadInTurns(ctx context.Context, fn func(*Snapshot) error) error {
	return db.Read(ctx, func(tx *Snapshot) error {
		tx.turn = &turn{taken: db.turning()}
		tx.turn.take(ctx)
		defer tx.turn.give()
		return fn(tx)
	})
}

// Rest is for what waits for somebody else, such as a client: others have their turn
// meanwhile.
func (tx *Snapshot) Rest(ctx context.Context, idle func() error) error {
	if tx.turn == nil {
		return idle()
	}
	tx.turn.give()
	err := idle()
	tx.turn.take(ctx)
	return err
}

// SendBatch sends what is queued, and then a batch, in one round trip.
func (tx *Snapshot) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	tx.turn.renew(ctx)
	return tx.sender.SendBatch(ctx, b)
}
