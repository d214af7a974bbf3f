package pg

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// sender sends the statements of a transaction, those that are queued with the next
// that somebody waits for.
type sender struct {
	conn    *pgxpool.Conn
	queued  []*pgx.QueuedQuery
	unasked int // how many of them have a callback for errors alone
}

// Queue has a statement sent with the next that somebody waits for, or with the
// commit; it costs no round trip of its own. What goes wrong with it is returned
// to whoever waits then. The answer is for the callback that can be set on what
// Queue returns; an error of the callback ends the transaction.
func (s *sender) Queue(sql string, args ...any) *pgx.QueuedQuery {
	q := &pgx.QueuedQuery{SQL: sql, Arguments: args}
	s.queued = append(s.queued, q)
	return q
}

// QueueRefusing is Queue for a statement that says with an error alone whether all is
// well. refuse is given what goes wrong with it, and says what to return instead.
// PostgreSQL carries nothing out behind an error, and so the commit may follow at
// once.
func (s *sender) QueueRefusing(refuse func(error) error, sql string, args ...any) {
	s.QueueTold(func(err error) error {
		if err != nil {
			err = refuse(err)
		}
		return err
	}, sql, args...)
}

// QueueTold is QueueRefusing for who wants to be told as well that all is well: told
// is given nil then, and has to return it.
func (s *sender) QueueTold(told func(error) error, sql string, args ...any) {
	s.unasked++
	s.Queue(sql, args...).Fn = func(results pgx.BatchResults) error {
		_, err := results.Exec()
		return told(err)
	}
}

// Queued is a database for sqlc's :exec queries that queues them. refuse, if not
// nil, is given what goes wrong with them, and says what to return instead.
func (s *sender) Queued(refuse func(error) error) Queued { return Queued{s, refuse} }

// Queued queues what it is told to execute, and cannot be asked anything.
type Queued struct {
	sender *sender
	refuse func(error) error
}

// Exec queues a statement. What it returns says nothing yet.
func (q Queued) Exec(_ context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	if q.refuse == nil {
		q.sender.Queue(sql, args...)
	} else {
		q.sender.QueueRefusing(q.refuse, sql, args...)
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
func (s *sender) Flush(ctx context.Context) error {
	return s.SendBatch(ctx, &pgx.Batch{}).Close()
}

// SendBatch sends what is queued, and then a batch, in one round trip. Its
// results are for callbacks: they begin with those of what was queued.
func (s *sender) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	b.QueuedQueries = append(s.queued, b.QueuedQueries...)
	s.queued, s.unasked = nil, 0
	return s.conn.SendBatch(ctx, b)
}

// Exec sends what is queued, and then a statement.
func (s *sender) Exec(ctx context.Context, sql string, args ...any) (tag pgconn.CommandTag, err error) {
	if len(s.queued) == 0 {
		return s.conn.Exec(ctx, sql, args...)
	}
	batch := &pgx.Batch{}
	batch.Queue(sql, args...).Exec(func(t pgconn.CommandTag) error {
		tag = t
		return nil
	})
	err = s.SendBatch(ctx, batch).Close()
	return tag, err
}

// Query sends what is queued, and then a query.
func (s *sender) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if len(s.queued) == 0 {
		return s.conn.Query(ctx, sql, args...) //nolint:rowserrcheck // the caller's
	}
	before := s.queued
	batch := &pgx.Batch{}
	batch.Queue(sql, args...)
	results := s.SendBatch(ctx, batch)
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
func (s *sender) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	rows, err := s.Query(ctx, sql, args...) //nolint:rowserrcheck // Scan does
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

// rollback ends what was begun and not committed, also when ctx has ended. If it
// cannot, the pool closes the connection, which ends the transaction too.
func (s *sender) rollback(ctx context.Context) {
	if conn := s.conn.Conn(); conn.IsClosed() || conn.PgConn().TxStatus() == 'I' {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_, _ = s.conn.Exec(ctx, "rollback")
}
