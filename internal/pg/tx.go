package pg

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Author is on whose behalf a write is made, and under which request id.
type Author struct {
	TenantID  int64
	Principal string
	RequestID string
}

// Tx is a write transaction: who makes it, and where its ids come from.
//
// Statements whose answer nobody waits for are queued, and go to the database
// with the next one that somebody does wait for: see Queue. All are carried out in
// the order in which they were given.
type Tx struct {
	Author
	// LockedAt is the database's clock as the ledger read it after it had locked lots
	// for this transaction; zero if it has not.
	LockedAt time.Time

	sender
	ids      *ids
	onCommit []func()
}

// OnCommit has fn called once the transaction is committed, and not if it is
// rolled back: what is told of it then is true.
func (tx *Tx) OnCommit(fn func()) { tx.onCommit = append(tx.onCommit, fn) }

// Write runs fn in one READ COMMITTED transaction and commits if it returns
// nil. Locks, taken in the order document, run, lots, balances, make its
// answer certain; it reads a new snapshot in every statement so as to see what
// was committed before a lock was granted.
//
// The statement that begins the transaction is queued, as are others; the one
// that commits it goes with those that are still waiting then.
func (db *DB) Write(ctx context.Context, author Author, fn func(*Tx) error) error {
	conn, err := db.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	tx := &Tx{Author: author, sender: sender{conn: conn}, ids: &db.ids}
	defer tx.rollback(ctx) // also if fn panics; after the commit there is nothing to roll back
	tx.Queue("begin")
	if err := fn(tx); err != nil {
		return err
	}
	if err := tx.commit(ctx); err != nil {
		return err
	}
	for _, tell := range tx.onCommit {
		tell()
	}
	return nil
}

// Snapshot is a read-only transaction whose statements all see the same.
type Snapshot struct {
	sender
	// turn is set while it is read by ReadLong, and held in a quick seat.
	turn *turn
	held *held
}

// Read runs fn in a snapshot, which begins with its first statement. Nobody waits for
// its end.
func (db *DB) Read(ctx context.Context, fn func(*Snapshot) error) error {
	conn, err := db.Acquire(ctx)
	if err != nil {
		return err
	}
	snapshot := &Snapshot{sender: sender{conn: conn}}
	defer func() {
		go func() {
			defer conn.Release()
			snapshot.rollback(ctx) // of what only read, this is the end as any other
		}()
	}()
	snapshot.Queue("begin isolation level repeatable read read only")
	return fn(snapshot)
}

// commit goes with what is queued, unless a callback is to have its say on an answer
// first: its error would come when all was committed.
func (tx *Tx) commit(ctx context.Context) error {
	callbacks := 0
	for _, q := range tx.queued {
		if q.Fn != nil {
			callbacks++
		}
	}
	if callbacks > tx.unasked {
		if err := tx.Flush(ctx); err != nil {
			return err
		}
	}
	tag, err := tx.Exec(ctx, "commit")
	if err == nil && tag.String() == "ROLLBACK" {
		// A statement had failed, and whoever sent it went on.
		return pgx.ErrTxCommitRollback
	}
	return err
}
