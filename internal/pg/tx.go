package pg

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
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

	conn     *pgxpool.Conn
	ids      *ids
	queued   []*pgx.QueuedQuery
	unasked  int // how many of them have a callback for errors alone
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
	tx := &Tx{Author: author, conn: conn, ids: &db.ids}
	defer tx.rollback(ctx) // also if fn panics; after the commit there is nothing to roll back
	tx.Queue("begin isolation level read committed")
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

// Read runs fn in one read-only transaction whose statements all see the same
// snapshot.
func (db *DB) Read(ctx context.Context, fn func(pgx.Tx) error) error {
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return pgx.BeginTxFunc(ctx, db.Pool, options, fn)
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

// rollback ends what was begun and not committed, also when ctx has ended. If it
// cannot, the pool closes the connection, which ends the transaction too.
func (tx *Tx) rollback(ctx context.Context) {
	if conn := tx.conn.Conn(); conn.IsClosed() || conn.PgConn().TxStatus() == 'I' {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_, _ = tx.conn.Exec(ctx, "rollback")
}

// Queue has a statement sent with the next that somebody waits for, or with the
// commit; it costs no round trip of its own. What goes wrong with it is returned
// to whoever waits then. The answer is for the callback that can be set on what
// Queue returns; an error of the callback ends the transaction.
func (tx *Tx) Queue(sql string, args ...any) *pgx.QueuedQuery {
	q := &pgx.QueuedQuery{SQL: sql, Arguments: args}
	tx.queued = append(tx.queued, q)
	return q
}

// QueueRefusing is Queue for a statement that says with an error alone whether all is
// well. refuse is given what goes wrong with it, and says what to return instead.
// PostgreSQL carries nothing out behind an error, and so the commit may follow at
// once.
func (tx *Tx) QueueRefusing(refuse func(error) error, sql string, args ...any) {
	tx.QueueTold(func(err error) error {
		if err != nil {
			err = refuse(err)
		}
		return err
	}, sql, args...)
}

// QueueTold is QueueRefusing for who wants to be told as well that all is well: told
// is given nil then, and has to return it.
func (tx *Tx) QueueTold(told func(error) error, sql string, args ...any) {
	tx.unasked++
	tx.Queue(sql, args...).Fn = func(results pgx.BatchResults) error {
		_, err := results.Exec()
		return told(err)
	}
}

// Queued is a database for sqlc's :exec queries that queues them. refuse, if not
// nil, is given what goes wrong with them, and says what to return instead.
func (tx *Tx) Queued(refuse func(error) error) Queued { return Queued{tx, refuse} }

// Queued queues what it is told to execute, and cannot be asked anything.
type Queued struct {
	tx     *Tx
	refuse func(error) error
}

// Exec queues a statement. What it returns says nothing yet.
func (q Queued) Exec(_ context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	if q.refuse == nil {
		q.tx.Queue(sql, args...)
	} else {
		q.tx.QueueRefusing(q.refuse, sql, args...)
	}
	return pgconn.CommandTag{}, nil
}

var errQueued = errors.New("pg: a query that is to answer cannot be queued")

// Query fails.
func (q Queued) Query(context.Context, string, ...any) (pgx.Rows, error) { return nil, errQueued }

// QueryRow fails.
func (q Queued) QueryRow(context.Context, string, ...any) pgx.Row { return failed{errQueued} }

type failed struct{ err error }

func (f failed) Scan(...any) error { return f.err }

// Flush sends what is queued and waits for it.
func (tx *Tx) Flush(ctx context.Context) error {
	return tx.SendBatch(ctx, &pgx.Batch{}).Close()
}

// SendBatch sends what is queued, and then a batch, in one round trip. Its
// results are for callbacks: they begin with those of what was queued.
func (tx *Tx) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	b.QueuedQueries = append(tx.queued, b.QueuedQueries...)
	tx.queued, tx.unasked = nil, 0
	return tx.conn.SendBatch(ctx, b)
}

// Exec sends what is queued, and then a statement.
func (tx *Tx) Exec(ctx context.Context, sql string, args ...any) (tag pgconn.CommandTag, err error) {
	if len(tx.queued) == 0 {
		return tx.conn.Exec(ctx, sql, args...)
	}
	batch := &pgx.Batch{}
	batch.Queue(sql, args...).Exec(func(t pgconn.CommandTag) error {
		tag = t
		return nil
	})
	err = tx.SendBatch(ctx, batch).Close()
	return tag, err
}

// Query sends what is queued, and then a query.
func (tx *Tx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if len(tx.queued) == 0 {
		return tx.conn.Query(ctx, sql, args...) //nolint:rowserrcheck // the caller's
	}
	before := tx.queued
	batch := &pgx.Batch{}
	batch.Queue(sql, args...)
	results := tx.SendBatch(ctx, batch)
	for _, q := range before {
		if err := answered(q, results); err != nil {
			_ = results.Close() // says the same, or what a callback made of it
			return nil, err
		}
	}
	rows, err := results.Query() //nolint:rowserrcheck // the caller's
	if err != nil {
		_ = results.Close()
		return nil, err
	}
	return &lastRows{rows, results}, nil
}

// answered takes the answer to a queued statement.
func answered(q *pgx.QueuedQuery, results pgx.BatchResults) error {
	if q.Fn != nil {
		return q.Fn(results)
	}
	_, err := results.Exec()
	return err
}

// QueryRow sends what is queued, and then a query for one row.
func (tx *Tx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	rows, err := tx.Query(ctx, sql, args...) //nolint:rowserrcheck // Scan does
	if err != nil {
		return failed{err}
	}
	return oneRow{rows}
}

// lastRows are those of the last statement of a batch, which ends with them.
type lastRows struct {
	pgx.Rows
	results pgx.BatchResults
}

func (r *lastRows) Next() bool {
	if r.Rows.Next() {
		return true
	}
	r.Close()
	return false
}

func (r *lastRows) Close() {
	r.Rows.Close()
	_ = r.results.Close() // what went wrong is in Err
}

type oneRow struct{ rows pgx.Rows }

func (r oneRow) Scan(dest ...any) error {
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return pgx.ErrNoRows
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	r.rows.Close()
	return r.rows.Err()
}
