package pg

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	// quickWork is how long a read may work in a quick seat. What is wide tells so: this is
	// for what does not know, and many times what a little question takes on a machine that
	// is busy.
	quickWork = 5 * time.Second
	// quickParts is how many parts it may hold back there, each some tens of KiB.
	quickParts = 32
)

// ReadLong is Read for what may take long: because there is much to read, or because
// whoever it is for takes it slowly. It waits for a seat, and works by turns.
//
// Who finds nothing but a quick seat free reads there, with what goes through Emitting held back,
// and sends it once the seat was given back: nobody waits for a client in a quick seat.
// What gets too much there is forgotten, and fn is called again when there is another
// seat, in a snapshot of its own, as if the call had only waited for that. So fn begins
// anew each time with whatever it gathers, and what it cannot take back it does by Emitting.
func (db *DB) ReadLong(ctx context.Context, fn func(*Snapshot) error) error {
	err := db.readSeated(ctx, true, fn)
	if errors.Is(err, errOutgrown) {
		db.seats.outgrown.Add(1)
		err = db.readSeated(ctx, false, fn)
	}
	return err
}

// errOutgrown is why a read is begun anew.
var errOutgrown = errors.New("pg: more than a quick seat is for")

// readSeated returns errOutgrown if a quick seat would do, was all there was, and was not
// enough.
func (db *DB) readSeated(ctx context.Context, quickDoes bool, fn func(*Snapshot) error) error {
	seat, err := db.seats.take(ctx, quickDoes)
	if err != nil {
		return err
	}
	turn := &turn{turns: &db.turns, left: db.seats.work, wide: !quickDoes}
	if !seat.quick {
		defer seat.giveBack()
		return db.readInTurns(ctx, turn, fn)
	}
	held := &held{seats: &db.seats}
	err = func() error {
		defer seat.giveBack()
		return db.readInTurns(ctx, turn, func(tx *Snapshot) error {
			held.bind(tx)
			return fn(tx)
		})
	}()
	return held.send(err)
}

func (db *DB) readInTurns(ctx context.Context, turn *turn, fn func(*Snapshot) error) error {
	return db.Read(ctx, func(tx *Snapshot) error {
		tx.turn = turn
		turn.take(ctx)
		defer turn.give()
		return fn(tx)
	})
}

// held is what a read in a quick seat holds back.
type held struct {
	seats *seats
	sends []func() error
	// outgrown is set for good when it got too much.
	outgrown bool
}

// bind holds a read to what a quick seat is for: no statement lasts longer either.
func (h *held) bind(tx *Snapshot) {
	tx.held = h
	tx.Queue(fmt.Sprintf("SET LOCAL statement_timeout = %d", h.seats.work.Milliseconds()))
}

func (h *held) hold(send func() error) error {
	if h.outgrown || len(h.sends) == quickParts {
		return h.end()
	}
	h.sends = append(h.sends, send)
	return nil
}

// end has the read end and be begun anew.
func (h *held) end() error {
	h.outgrown, h.sends = true, nil
	return errOutgrown
}

// send sends what was held back by a read that returned err, and returns what went wrong
// first; errOutgrown without sending anything if it got too much.
func (h *held) send(err error) error {
	var e *pgconn.PgError
	if h.outgrown || errors.As(err, &e) && e.Code == "57014" { // the statement lasted too long
		return errOutgrown
	}
	for _, send := range h.sends {
		if err := send(); err != nil {
			return err
		}
	}
	return err
}

// Emitting is emit for a read by ReadLong: of somebody who may be slow to take what it is
// given, such as a client. Others have their turn meanwhile. In a quick seat it is held back
// until the read has ended.
func Emitting[T any](ctx context.Context, tx *Snapshot, emit func(T) error) func(T) error {
	return func(part T) error {
		return tx.emit(ctx, func() error { return emit(part) })
	}
}

func (tx *Snapshot) emit(ctx context.Context, send func() error) error {
	if tx.held != nil {
		return tx.held.hold(send)
	}
	return tx.Rest(ctx, send)
}

// Rest is for what waits for others: they have their turn meanwhile. A quick seat is for
// nobody who waits.
func (tx *Snapshot) Rest(ctx context.Context, idle func() error) error {
	switch {
	case tx.held != nil:
		return tx.held.end()
	case tx.turn == nil:
		return idle()
	}
	tx.turn.give()
	err := idle()
	tx.turn.take(ctx)
	return err
}

// Wide is told by a read that has found out that there is much to it: if it is in a quick
// seat it makes way, now or later, for others who wait for one.
func (tx *Snapshot) Wide() error {
	if tx.turn == nil {
		return nil
	}
	tx.turn.wide = true
	return tx.stay()
}

// stay says whether a read may stay in its seat.
func (tx *Snapshot) stay() error {
	if tx.held != nil && (tx.turn.spent() || tx.turn.wide && tx.held.seats.waiting.Load() > 0) {
		return tx.held.end()
	}
	return nil
}

// next is called before a statement: others may have their turn, and what was more than
// a quick seat is for ends.
func (tx *Snapshot) next(ctx context.Context) error {
	if tx.turn == nil {
		return nil
	}
	if err := tx.stay(); err != nil {
		return err
	}
	tx.turn.renew(ctx)
	return nil
}

// SendBatch sends what is queued, and then a batch, in one round trip.
func (tx *Snapshot) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	if err := tx.next(ctx); err != nil {
		return failedBatch{err}
	}
	return tx.sender.SendBatch(ctx, b)
}

// Exec sends what is queued, and then a statement.
func (tx *Snapshot) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	if err := tx.next(ctx); err != nil {
		return pgconn.CommandTag{}, err
	}
	return tx.sender.Exec(ctx, sql, args...)
}

// Query sends what is queued, and then a query.
func (tx *Snapshot) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if err := tx.next(ctx); err != nil {
		return nil, err
	}
	return tx.sender.Query(ctx, sql, args...) //nolint:rowserrcheck // the caller's
}

// QueryRow sends what is queued, and then a query for one row.
func (tx *Snapshot) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	if err := tx.next(ctx); err != nil {
		return failed{err}
	}
	return tx.sender.QueryRow(ctx, sql, args...)
}

// failedBatch is one that was not sent.
type failedBatch struct{ err error }

func (f failedBatch) Exec() (pgconn.CommandTag, error) { return pgconn.CommandTag{}, f.err }
func (f failedBatch) Query() (pgx.Rows, error)         { return nil, f.err }
func (f failedBatch) QueryRow() pgx.Row                { return failed(f) }
func (f failedBatch) Close() error                     { return f.err }
func (f failedBatch) Tx() pgx.Tx                       { return nil }
