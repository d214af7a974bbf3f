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
	ids *ids
}

// Write runs fn in one READ COMMITTED transaction and commits if it returns
// nil. Locks, taken in the order document, run, lots, balances, make its
// answer certain; it reads a new snapshot in every statement so as to see what
// was committed before a lock was granted.
func (db *DB) Write(ctx context.Context, author Author, fn func(*Tx) error) error {
	return pgx.BeginTxFunc(ctx, db.Pool, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, func(tx pgx.Tx) error {
		return fn(&Tx{Tx: tx, Author: author, ids: &db.ids})
	})
}

// Read runs fn in one read-only transaction whose statements all see the same
// snapshot.
func (db *DB) Read(ctx context.Context, fn func(pgx.Tx) error) error {
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return pgx.BeginTxFunc(ctx, db.Pool, options, fn)
}
