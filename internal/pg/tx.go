package pg

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Author is on whose behalf a write is made, and under which request id.
type Author struct {
	TenantID  int64
	Principal string
	RequestID string
}

// Tx is a write transaction: who makes it, and where its ids come from.
type Tx struct {
	pgx.Tx
	Author
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
func (db *DB) Write(ctx context.Context, author Author, fn func(*Tx) error) error {
	own := &Tx{Author: author, ids: &db.ids}
	err := pgx.BeginTxFunc(ctx, db.Pool, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, func(tx pgx.Tx) error {
		own.Tx = tx
		return fn(own)
	})
	if err != nil {
		return err
	}
	for _, tell := range own.onCommit {
		tell()
	}
	return nil
}

// Read runs fn in one read-only transaction whose statements all see the same
// snapshot.
func (db *DB) Read(ctx context.Context, fn func(pgx.Tx) error) error {
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return pgx.BeginTxFunc(ctx, db.Pool, options, fn)
}
